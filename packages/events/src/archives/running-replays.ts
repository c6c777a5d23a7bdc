import { eventBusNameOf, parseArn } from '../arns.ts';
import type { EventContext } from '../context.ts';
import type { DueWork } from '../due-runner.ts';
import type { ActiveReplay, ArchivedEvent, Replay } from '../ports/archives.ts';
import type { EventRecord, StoredRule } from '../ports/event-store.ts';
import { recordOf } from '../records.ts';
import { matchRules } from '../rules/matching.ts';
import { Turns } from '../turns.ts';

const PAGE = 100;

/**
 * Puts archived events on their bus again, in order of their time, marked with `replay-name`. Each page is one
 * transaction with the place where the replay stands: after a crash it goes on there, and repeats nothing.
 */
export class RunningReplays implements DueWork {
  readonly #context: EventContext;
  readonly #recorded: () => void;

  /** @param recorded  called when deliveries are on disk */
  constructor(context: EventContext, recorded: () => void) {
    this.#context = context;
    this.#recorded = recorded;
  }

  /** In the past while a replay has more to put. */
  async nextMs(): Promise<number | undefined> {
    return (await this.#context.store.activeReplays())[0]?.dueAtMs;
  }

  /** A page of each in turn: a long replay does not hold up a short one, nor changes of rules. */
  async fireDue(nowMs: number): Promise<void> {
    const active = await this.#context.store.activeReplays();
    for (const replay of active.filter(({ dueAtMs }) => dueAtMs <= nowMs)) {
      if (replay.replay.State === 'CANCELLING') await this.#end(replay, { State: 'CANCELLED' });
      else await this.#replayPage(replay);
    }
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
    const turns = new Turns(this.#context);
    const records: EventRecord[] = [];
    for (const archived of page) records.push(await this.#recordOf(region, replay, archived, turns));
    const running: Replay = { ...replay, State: 'RUNNING', eventLastReplayedTimeMs: last.eventTimeMs };
    await store.putReplay({ ...active, replay: running, after: last }, records);
  }

  async #recordOf(
    region: string,
    replay: Replay,
    archived: ArchivedEvent,
    turns: Turns,
  ): Promise<EventRecord> {
    const eventBusName = eventBusNameOf(replay.Destination.Arn);
    const event = { ...archived.event, 'replay-name': replay.ReplayName };
    const rules = await this.#context.catalogue.rules(region, eventBusName);
    const { FilterArns } = replay.Destination;
    const found = await matchRules(rules, event, turns);
    const chosen = (stored: StoredRule) => isChosen(stored, FilterArns);
    const matched = { rules: found.rules.filter(chosen), undecided: found.undecided.filter(chosen) };
    const simulated = archived.simulated || replay.simulated === true;
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
