import type { EventContext } from '../context.ts';

/** How long stored events are kept. */
export interface Retention {
  /** Days; 0: for ever. */
  eventDays: number;
  /** Bytes of all events together, above which the oldest go; 0: no limit. */
  eventBytesMax: number;
}

const DAY_MS = 86_400_000;
const LOOK_MS = 3_600_000;
/** Events of one transaction: what else is to be written does not wait long. */
const BATCH = 500;

/**
 * Forgets events that are older than configured, the oldest where all are too large, and archived events when the
 * RetentionDays of their archive are over. An event with a delivery that is still to be made stays. It looks at the
 * start, and once an hour while anything is stored.
 */
export class EventRetention {
  readonly #context: EventContext;
  readonly #retention: Retention | undefined;
  #open = false;
  #running: Promise<void> | undefined;
  #cancelWake: (() => void) | undefined;

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
    if (this.#running || this.#cancelWake) return;
    this.#wakeLater();
  }

  async close(): Promise<void> {
    this.#open = false;
    this.#cancelWake?.();
    await this.#running;
  }

  #look(): void {
    this.#cancelWake = undefined;
    const retention = this.#retention;
    if (!this.#open || !retention) return;
    this.#running ??= this.#run(retention).finally(() => {
      this.#running = undefined;
    });
  }

  #wakeLater(): void {
    if (!this.#open || !this.#retention) return;
    const { clock } = this.#context;
    this.#cancelWake = clock.wakeAt(clock.now() + LOOK_MS, () => this.#look());
  }

  async #run(retention: Retention): Promise<void> {
    const { store, report } = this.#context;
    try {
      await this.#forgetOld(retention);
      await this.#forgetLarge(retention);
      const isArchiveLeft = await this.#forgetArchived();
      const { events } = await store.storedEvents();
      if (events > 0 || isArchiveLeft) this.#wakeLater();
    } catch (error) {
      report({ kind: 'store-failed', error });
      this.#wakeLater();
    }
  }

  async #forgetOld({ eventDays }: Retention): Promise<void> {
    if (eventDays === 0) return;
    const { store, clock } = this.#context;
    const beforeMs = clock.now() - eventDays * DAY_MS;
    await this.#inBatches(() => store.forgetEvents(beforeMs, BATCH));
  }

  async #forgetLarge({ eventBytesMax }: Retention): Promise<void> {
    if (eventBytesMax === 0) return;
    const { store, clock, pause } = this.#context;
    while (this.#open && (await store.storedEvents()).bytes > eventBytesMax) {
      if ((await store.forgetEvents(clock.now() + 1, BATCH)) === 0) return;
      await pause();
    }
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
