import type { EventContext } from '../context.ts';

/** How long stored events are kept. */
export interface Retention {
  /** Days; 0: for ever. */
  eventDays: number;
  /** Bytes of all that is stored of events, above which the oldest go; 0: no limit. */
  eventBytesMax: number;
}

const DAY_MS = 86_400_000;
const LOOK_MS = 3_600_000;
/** After something was stored, where there is a limit to the size. */
const LOOK_AT_SIZE_MS = 60_000;
/** Events of one transaction: what else is to be written does not wait long. */
const BATCH = 500;

/**
 * Forgets events that are older than configured, the oldest where all are too large, and archived events when the
 * RetentionDays of their archive are over. What sources brought that was no event is kept as events are. An event with a
 * delivery that is still to be made stays. It looks at the start, a minute after something was stored where the size has
 * a limit, and once an hour while anything is there.
 */
export class EventRetention {
  readonly #context: EventContext;
  readonly #retention: Retention | undefined;
  #open = false;
  #running: Promise<void> | undefined;
  #wake: { atMs: number; cancel: () => void } | undefined;

  /** @param retention  absent: nothing is ever forgotten */
  constructor(context: EventContext, retention: Retention | undefined) {
    this.#context = context;
    this.#retention = retention;
  }

  start(): void {
    this.#open = true;
    this.#look();
  }

  /** Something was stored. */
  notify(): void {
    this.#wakeAfter(this.#retention?.eventBytesMax === 0 ? LOOK_MS : LOOK_AT_SIZE_MS);
  }

  async close(): Promise<void> {
    this.#open = false;
    this.#wake?.cancel();
    await this.#running;
  }

  #look(): void {
    this.#wake = undefined;
    const retention = this.#retention;
    if (!this.#open || !retention) return;
    this.#running ??= this.#run(retention).finally(() => {
      this.#running = undefined;
    });
  }

  /** Or earlier, where that was asked for. */
  #wakeAfter(ms: number): void {
    if (!this.#open || !this.#retention) return;
    const { clock } = this.#context;
    const atMs = clock.now() + ms;
    if (this.#wake && this.#wake.atMs <= atMs) return;
    this.#wake?.cancel();
    this.#wake = { atMs, cancel: clock.wakeAt(atMs, () => this.#look()) };
  }

  async #run(retention: Retention): Promise<void> {
    const { store, report } = this.#context;
    try {
      await this.#forgetOld(retention);
      await this.#forgetLarge(retention);
      const isArchiveLeft = await this.#forgetArchived();
      const { bytes } = await store.storedEvents();
      if (bytes > 0 || isArchiveLeft) this.#wakeAfter(LOOK_MS);
    } catch (error) {
      report({ kind: 'store-failed', error });
      this.#wakeAfter(LOOK_MS);
    }
  }

  async #forgetOld({ eventDays }: Retention): Promise<void> {
    if (eventDays === 0) return;
    const { store, clock } = this.#context;
    const beforeMs = clock.now() - eventDays * DAY_MS;
    await this.#inBatches(() => store.forgetEvents({ beforeMs, limit: BATCH }));
  }

  async #forgetLarge({ eventBytesMax }: Retention): Promise<void> {
    if (eventBytesMax === 0) return;
    const { store, clock } = this.#context;
    const which = { beforeMs: clock.now() + 1, limit: BATCH, aboveBytes: eventBytesMax };
    await this.#inBatches(() => store.forgetEvents(which));
  }

  /** @returns whether an archive is left that will forget something some day */
  async #forgetArchived(): Promise<boolean> {
    const { store, clock } = this.#context;
    const expiring = await store.expiringArchives();
    for (const { region, archive } of expiring) {
      const beforeMs = clock.now() - archive.RetentionDays * DAY_MS;
      await this.#inBatches(() => store.forgetArchived(region, archive.ArchiveName, beforeMs, BATCH));
    }
    return expiring.length > 0;
  }

  async #inBatches(forget: () => Promise<number>): Promise<void> {
    while (this.#open && (await forget()) === BATCH) await this.#context.pause();
  }
}
