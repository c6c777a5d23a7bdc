import { ServiceError } from '@riposte/engine';
import { eventBusNameOf, eventsArn, parseArn } from '../arns.ts';
import { Constraints, validationError } from '../constraints.ts';
import type { EventContext } from '../context.ts';
import { pageOf, type PageRequest } from '../pages.ts';
import type { Archive, Replay, ReplayPreview, StartReplayInput } from '../ports/archives.ts';
import { limitExceeded, type EventBuses } from '../rules/event-buses.ts';
import { matchRules } from '../rules/matching.ts';
import { Turns } from '../turns.ts';
import { refuseTwoFilters } from './archives.ts';
import { isChosen } from './running-replays.ts';

const NAME_MAX = 64;
const ACTIVE_MAX = 10; // in one region
const STATES = ['STARTING', 'RUNNING', 'CANCELLING', 'COMPLETED', 'CANCELLED', 'FAILED'];
/** A replay begins that long after it was asked for: time to cancel one that was started by mistake. */
const STARTING_MS = 5000;
const PREVIEW_PAGE = 500;

/** Replays: what an archive holds is put on its bus again. The runner does it. */
export class Replays {
  readonly #context: EventContext;
  readonly #buses: EventBuses;
  readonly #changed: () => void;

  /** @param changed  called when a replay was started or is to end */
  constructor(context: EventContext, buses: EventBuses, changed: () => void) {
    this.#context = context;
    this.#buses = buses;
    this.#changed = changed;
  }

  async start(
    region: string,
    input: StartReplayInput,
    { simulated = false }: { simulated?: boolean } = {},
  ): Promise<Replay> {
    const { ReplayName, Description } = input;
    new Constraints()
      .name(ReplayName, 'replayName', NAME_MAX)
      .length(Description, 'description', { max: 512 })
      .enforce();
    const { store, clock, change, home } = this.#context;
    const replay = await change(async () => {
      if (await store.replay(region, ReplayName))
        throw new ServiceError('ResourceAlreadyExistsException', `Replay ${ReplayName} already exists.`);
      await this.#check(region, input);
      const active = await store.activeReplays();
      if (active.filter((other) => other.region === region).length >= ACTIVE_MAX) throw limitExceeded();
      const nowMs = clock.now();
      const started: Replay = {
        ...input,
        ReplayArn: eventsArn(home, region, 'replay', ReplayName),
        State: 'STARTING',
        replayStartTimeMs: nowMs,
        ...(simulated && { simulated }),
      };
      await store.putReplay({ region, replay: started, dueAtMs: nowMs + STARTING_MS }, []);
      return started;
    });
    this.#changed();
    return replay;
  }

  async describe(region: string, name: string): Promise<Replay> {
    new Constraints().name(name, 'replayName', NAME_MAX).enforce();
    const replay = await this.#context.store.replay(region, name);
    if (!replay) throw new ServiceError('ResourceNotFoundException', `Replay ${name} does not exist.`);
    return replay;
  }

  /** It ends when its turn comes; what has been put already stays. */
  async cancel(region: string, name: string): Promise<Replay> {
    const { store, change } = this.#context;
    const replay = await change(async () => {
      const before = await this.describe(region, name);
      const active = (await store.activeReplays()).find(
        (other) => other.region === region && other.replay.ReplayName === name,
      );
      if (!active || before.State === 'CANCELLING')
        throw new ServiceError(
          'IllegalStatusException',
          `Replay ${name} is not in a valid state for this operation.`,
        );
      const cancelling: Replay = { ...before, State: 'CANCELLING' };
      await store.putReplay({ ...active, replay: cancelling }, []);
      return cancelling;
    });
    this.#changed();
    return replay;
  }

  async list(
    region: string,
    request: PageRequest & { EventSourceArn?: string; State?: string },
  ): Promise<{ Replays: Replay[]; NextToken?: string }> {
    const { EventSourceArn, State } = request;
    new Constraints().oneOf(State, 'state', STATES).enforce();
    refuseTwoFilters('ListReplays', request);
    const replays = (await this.#context.store.replays(region)).filter(
      (replay) =>
        (EventSourceArn === undefined || replay.EventSourceArn === EventSourceArn) &&
        (State === undefined || replay.State === State),
    );
    const { items, ...next } = pageOf(replays, ({ ReplayName }) => ReplayName, request);
    return { Replays: items, ...next };
  }

  async preview(region: string, input: Omit<StartReplayInput, 'ReplayName'>): Promise<ReplayPreview> {
    const archive = await this.#check(region, input);
    const { store, catalogue, pause } = this.#context;
    const bus = eventBusNameOf(archive.EventSourceArn);
    const rules = await catalogue.rules(region, bus);
    const { FilterArns } = input.Destination;
    const chosen = rules.all.map(({ stored }) => stored).filter((stored) => isChosen(stored, FilterArns));
    const matched = new Map<string, number>();
    const range = { fromMs: input.eventStartTimeMs, toMs: input.eventEndTimeMs, limit: PREVIEW_PAGE };
    const turns = new Turns(this.#context);
    let events = 0;
    let page = await store.archivedEvents(region, archive.ArchiveName, range);
    while (page.length > 0) {
      events += page.length;
      for (const { event } of page) {
        const found = await matchRules(rules, { ...event, 'replay-name': 'preview' }, turns);
        for (const { rule } of found.rules) matched.set(rule.Arn, (matched.get(rule.Arn) ?? 0) + 1);
      }
      await pause();
      const after = page.at(-1)?.position;
      page = await store.archivedEvents(region, archive.ArchiveName, { ...range, ...(after && { after }) });
    }
    return {
      events,
      rules: chosen.map(({ rule }) => ({
        ruleArn: rule.Arn,
        ruleName: rule.Name,
        matched: matched.get(rule.Arn) ?? 0,
      })),
    };
  }

  /** @returns the archive */
  async #check(region: string, input: Omit<StartReplayInput, 'ReplayName'>): Promise<Archive> {
    const { EventSourceArn, Destination } = input;
    if (input.eventStartTimeMs >= input.eventEndTimeMs)
      throw validationError(
        'Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.',
      );
    const name = archiveNameOf(EventSourceArn);
    const archive = name === undefined ? undefined : await this.#context.store.archive(region, name);
    if (!archive || archive.ArchiveArn !== EventSourceArn)
      throw validationError(
        `Parameter EventSourceArn is not valid. Reason: Archive ${name ?? EventSourceArn} does not exist.`,
      );
    if (Destination.Arn !== archive.EventSourceArn) {
      const bus = eventBusNameOf(Destination.Arn);
      await this.#buses.describe(region, bus);
      throw validationError(
        'Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.',
      );
    }
    const rules = await this.#context.store.rules(region, eventBusNameOf(archive.EventSourceArn));
    const unknown = Destination.FilterArns?.find((arn) => !rules.some(({ rule }) => rule.Arn === arn));
    if (unknown !== undefined)
      throw validationError(
        `Parameter Destination.FilterArns is not valid. Reason: ${unknown} is no rule on event bus ${eventBusNameOf(archive.EventSourceArn)}.`,
      );
    return archive;
  }
}

function archiveNameOf(archiveArn: string): string | undefined {
  const arn = parseArn(archiveArn);
  const isArchive = arn?.service === 'events' && arn.resource.startsWith('archive/');
  return isArchive ? arn.resource.slice('archive/'.length) : undefined;
}
