import { eventBusNameOf, parseArn } from '../arns.ts';
import type { EventContext } from '../context.ts';
import type { ActiveReplay, ArchivedEvent, Replay } from '../ports/archives.ts';
import type { EventRecord, StoredRule } from '../ports/event-store.ts';
import { recordOf } from '../records.ts';
import { matchingRules } from '../rules/matching.ts';

const PAGE = 100;
const STORE_PAUSE_MS = 1000;

/**
 * Puts archived events on their bus again, in order of their time, marked with `replay-name`. Each page is one
 * transaction with the place where the replay stands: after a crash it goes on there, and repeats nothing.
 */
export class ReplayRunner {
  readonly #context: EventContext;
  readonly #recorded: () => void;
  #open = false;
  #running: Promise<void> | undefined;
  #again = false;
  #cancelWake: () => void = () => undefined;

  /** @param recorded  called when deliveries are on disk */
  constructor(context: EventContext, recorded: () => void) {
    this.#context = context;
    this.#recorded = recorded;
  }

  start(): void {
    this.#open = true;
    this.notify();
  }

  /** Replays may have changed, or time has come. */
  notify(): void {
    if (!this.#open) return;
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#again) this.notify();
    });
  }

  async close(): Promise<void> {
    this.#open = false;
    this.#again = false;
    this.#cancelWake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { store, clock, report } = this.#context;
    this.#again = false;
    let nextMs: number | undefined;
    try {
      let due = await this.#due();
      while (due.length > 0 && this.#open) {
        // a page of each in turn: a long replay does not hold up a short one
        for (const active of due) await this.#step(active);
        due = await this.#due();
      }
      const waiting = (await store.activeReplays()).map(({ dueAtMs }) => dueAtMs);
      nextMs = waiting.length > 0 ? Math.min(...waiting) : undefined;
    } catch (error) {
      report({ kind: 'store-failed', error });
      nextMs = clock.now() + STORE_PAUSE_MS;
    }
    this.#cancelWake();
    if (nextMs !== undefined && this.#open) this.#cancelWake = clock.wakeAt(nextMs, () => this.notify());
  }

  async #due(): Promise<ActiveReplay[]> {
    const nowMs = this.#context.clock.now();
    return (await this.#context.store.activeReplays()).filter(({ dueAtMs }) => dueAtMs <= nowMs);
  }

  async #step({ region, replay: { ReplayName } }: ActiveReplay): Promise<void> {
    const { store, change } = this.#context;
    // as a change of rules: what is cancelled or altered meanwhile counts
    await change(async () => {
      const active = (await store.activeReplays()).find(
        (other) => other.region === region && other.replay.ReplayName === ReplayName,
      );
      if (!active) return;
      if (active.replay.State === 'CANCELLING') await this.#end(active, { State: 'CANCELLED' });
      else await this.#replayPage(active);
    });
    this.#recorded();
  }

  async #replayPage(active: ActiveReplay): Promise<void> {
    const { region, replay, after } = active;
    const { store } = this.#context;
    const name = parseArn(replay.EventSourceArn)?.resource.slice('archive/'.length) ?? '';
    if (!(await store.archive(region, name)))
      return this.#end(active, { State: 'FAILED', StateReason: `Archive ${name} was deleted.` });
    const page = await store.archivedEvents(region, name, {
      fromMs: replay.eventStartTimeMs,
      toMs: replay.eventEndTimeMs,
      ...(after && { after }),
      limit: PAGE,
    });
    const last = page.at(-1)?.position;
    if (!last) return this.#end(active, { State: 'COMPLETED' });
    const records = await Promise.all(page.map((archived) => this.#recordOf(region, replay, archived)));
    const running: Replay = { ...replay, State: 'RUNNING', eventLastReplayedTimeMs: last.eventTimeMs };
    await store.putReplay({ ...active, replay: running, after: last }, records);
  }

  async #recordOf(region: string, replay: Replay, archived: ArchivedEvent): Promise<EventRecord> {
    const eventBusName = eventBusNameOf(replay.Destination.Arn);
    const event = { ...archived.event, 'replay-name': replay.ReplayName };
    const rules = await this.#context.catalogue.rules(region, eventBusName);
    const { FilterArns } = replay.Destination;
    const matched = matchingRules(rules, event).filter((stored) => isChosen(stored, FilterArns));
    const { simulated } = archived;
    return recordOf(this.#context, { region, eventBusName, event, simulated, matched });
  }

  #end(active: ActiveReplay, end: Pick<Replay, 'State' | 'StateReason'>): Promise<void> {
    const replay = { ...active.replay, ...end, replayEndTimeMs: this.#context.clock.now() };
    return this.#context.store.putReplay({ ...active, replay }, []);
  }
}

/** Whether a replay to these rules (none named: to all) reaches this one; never one that fills an archive. */
export function isChosen(stored: StoredRule, filterArns: readonly string[] = []): boolean {
  return (
    stored.archiveName === undefined && (filterArns.length === 0 || filterArns.includes(stored.rule.Arn))
  );
}
