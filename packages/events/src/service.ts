import type { Clock, Ids } from '@riposte/engine';
import { oneAtATime, type EventContext } from './context.ts';
import { Archives } from './archives/archives.ts';
import { DeletedArchives } from './archives/deleted-archives.ts';
import { RunningReplays } from './archives/running-replays.ts';
import { Replays } from './archives/replays.ts';
import { ApiDestinations } from './connections/api-destinations.ts';
import { Connections } from './connections/connections.ts';
import { Dispatcher } from './deliveries/dispatcher.ts';
import type { ConnectionAuthorizer } from './ports/connections.ts';
import { DueRunner } from './due-runner.ts';
import type { EventService } from './ports/event-service.ts';
import type { EventStore } from './ports/event-store.ts';
import type { SchedulerService, SchedulerStore } from './ports/scheduler.ts';
import type { EventReport } from './ports/report.ts';
import type { TargetInvoker } from './ports/targets.ts';
import { EventRetention, type Retention } from './retention/event-retention.ts';
import { Publisher } from './publisher.ts';
import { RuleCatalogue } from './rules/catalogue.ts';
import { BusPolicies } from './rules/bus-policies.ts';
import { EventBuses } from './rules/event-buses.ts';
import { RuleTargets } from './rules/rule-targets.ts';
import { Rules } from './rules/rules.ts';
import { ResourceTags } from './rules/tags.ts';
import { ScheduledRules } from './rules/scheduled-rules.ts';
import { ScheduleGroups } from './scheduler/schedule-groups.ts';
import { Schedules } from './scheduler/schedules.ts';
import { ScheduleInvocations } from './scheduler/schedule-invocations.ts';
import { StoredEvents } from './search/search.ts';
import { upcoming } from './upcoming.ts';
import { testEventPattern } from './test-event-pattern.ts';
import { Watch } from './watch/watch.ts';

export interface EventServiceOptions {
  store: EventStore;
  schedulerStore: SchedulerStore;
  clock: Clock;
  ids: Ids;
  /** 12 digits. */
  account: string;
  /** `aws` when left out. */
  partition?: string;
  invoker: TargetInvoker;
  /** Absent: connections with OAuth wait for their first request. */
  authorizer?: ConnectionAuthorizer;
  /** How long stored events are kept; absent: for ever. */
  retention?: Retention;
  /** Tells of failing targets and quiet rules with events of its own. Default: no. */
  watch?: boolean;
  /** Hears what operators should know; must not throw. */
  report?: (report: EventReport) => void;
}

/** The service, and the switch of its timers and deliveries. */
export interface RunningEventService extends EventService, SchedulerService {
  /** Takes up deliveries and schedules from the store. Events can be put before; nothing is delivered until then. */
  start(): Promise<void>;
  /** Stops timers and waits a little for attempts under way. Nothing is lost: the next start goes on. */
  close(): Promise<void>;
}

/** EventBridge for one account over a store. */
export function createEventService(options: EventServiceOptions): RunningEventService {
  const report = options.report ?? (() => undefined);
  const context: EventContext = {
    store: options.store,
    clock: options.clock,
    ids: options.ids,
    home: { partition: options.partition ?? 'aws', account: options.account },
    catalogue: new RuleCatalogue(options.store, report),
    change: oneAtATime(),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    report,
  };
  const watch: DueRunner = new DueRunner(context, [new Watch(context, () => recorded())]);
  const dispatcher = new Dispatcher(context, options.invoker, () => watch.notify());
  const retention = new EventRetention(context, options.retention);
  const recorded = (): void => {
    dispatcher.notify();
    retention.notify();
    watch.notify();
  };
  const due = new DueRunner(context, [
    new ScheduledRules(context, recorded),
    new ScheduleInvocations(context, options.schedulerStore, recorded),
  ]);
  const groups = new ScheduleGroups(context, options.schedulerStore);
  const schedules = new Schedules(context, options.schedulerStore, groups, () => due.notify());
  const ruleChanged = (): void => {
    due.notify();
    watch.notify();
  };
  const buses = new EventBuses(context);
  const rules = new Rules(context, buses, ruleChanged);
  const targets = new RuleTargets(context, buses, rules);
  const policies = new BusPolicies(buses);
  const tags = new ResourceTags(context, buses, rules, ruleChanged);
  const archiveRunner = new DueRunner(context, [
    new RunningReplays(context, recorded),
    new DeletedArchives(context),
  ]);
  const archives = new Archives(context, buses, () => archiveRunner.notify());
  const replays = new Replays(context, buses, () => archiveRunner.notify());
  const connections = new Connections(context, options.authorizer);
  const destinations = new ApiDestinations(context, connections);
  const storedEvents = new StoredEvents(context, recorded);
  const publisher = new Publisher(context, buses, recorded);
  return {
    async start() {
      await dispatcher.start();
      due.start();
      archiveRunner.start();
      retention.start();
      if (options.watch) watch.start();
    },
    async close() {
      await due.close();
      await archiveRunner.close();
      await retention.close();
      await watch.close();
      await dispatcher.close();
    },
    putEvents: (region, entries, how) => publisher.putEvents(region, entries, how),
    explainEvent: (region, envelope, where) => publisher.explain(region, envelope, where),
    injectEvent: (region, envelope, how) => publisher.inject(region, envelope, how),
    takeIn: (region, from, arrivals) => publisher.takeIn(region, from, arrivals),
    forwardEvent: (region, event, how) => publisher.forward(region, event, how),
    describeEvent: (eventId) => options.store.event(eventId),
    searchEvents: (filter, page) => storedEvents.search(filter, page),
    resendEvent: (eventId, rule) => storedEvents.resend(eventId, rule),
    backtest: (pattern, filter, limit) => storedEvents.backtest(pattern, filter, limit),
    testEventPattern,
    createEventBus: (region, input) => buses.create(region, input),
    updateEventBus: (region, name, description) => buses.update(region, name, description),
    describeEventBus: (region, name) => buses.describe(region, name),
    listEventBuses: (region, input) => buses.list(region, input),
    deleteEventBus: (region, name) => buses.delete(region, name),
    putPermission: (region, input) => policies.put(region, input),
    removePermission: (region, input) => policies.remove(region, input),
    listTags: (arn) => tags.list(arn),
    tagResource: (arn, added) => tags.add(arn, added),
    untagResource: (arn, keys) => tags.remove(arn, keys),
    putRule: (region, input, how) => rules.put(region, input, how),
    describeRule: (region, name, bus) => rules.describe(region, name, bus),
    upcoming: (region, count) => upcoming(context, options.schedulerStore, region, count),
    listRules: (region, input) => rules.list(region, input),
    setRuleState: (region, name, enabled, bus) => rules.setState(region, name, enabled, bus),
    deleteRule: (region, name, bus) => rules.delete(region, name, bus),
    putTargets: (region, rule, list, bus) => targets.put(region, rule, list, bus),
    removeTargets: (region, rule, ids, bus) => targets.remove(region, rule, ids, bus),
    listTargetsByRule: (region, rule, bus) => targets.list(region, rule, bus),
    listRuleNamesByTarget: (region, arn, bus) => targets.ruleNamesFor(region, arn, bus),
    createArchive: (region, input) => archives.create(region, input),
    describeArchive: (region, name) => archives.describe(region, name),
    updateArchive: (region, name, change) => archives.update(region, name, change),
    deleteArchive: (region, name) => archives.delete(region, name),
    listArchives: (region, request) => archives.list(region, request),
    startReplay: (region, input, how) => replays.start(region, input, how),
    describeReplay: (region, name) => replays.describe(region, name),
    cancelReplay: (region, name) => replays.cancel(region, name),
    listReplays: (region, request) => replays.list(region, request),
    previewReplay: (region, input) => replays.preview(region, input),
    createConnection: (region, input) => connections.create(region, input),
    updateConnection: (region, input) => connections.update(region, input),
    describeConnection: (region, name) => connections.describe(region, name),
    listConnections: (region, request) => connections.list(region, request),
    deauthorizeConnection: (region, name) => connections.deauthorize(region, name),
    deleteConnection: (region, name) => connections.delete(region, name),
    createApiDestination: (region, input) => destinations.create(region, input),
    updateApiDestination: (region, input) => destinations.update(region, input),
    describeApiDestination: (region, name) => destinations.describe(region, name),
    listApiDestinations: (region, request) => destinations.list(region, request),
    deleteApiDestination: (region, name) => destinations.delete(region, name),
    connectionByArn: (arn) => connections.byArn(arn),
    apiDestinationByArn: (arn) => destinations.byArn(arn),
    connectionAuthorized: (arn, refusal) => connections.authorized(arn, refusal),
    createSchedule: (region, input, how) => schedules.create(region, input, how),
    updateSchedule: (region, input, how) => schedules.update(region, input, how),
    getSchedule: (region, name, group) => schedules.get(region, name, group),
    deleteSchedule: (region, name, group) => schedules.delete(region, name, group),
    listSchedules: (region, filter) => schedules.list(region, filter),
    nextInvocations: (region, name, group, count) => schedules.nextInvocations(region, name, group, count),
    createScheduleGroup: (region, name, tags) => groups.create(region, name, tags),
    getScheduleGroup: (region, name) => groups.get(region, name),
    deleteScheduleGroup: (region, name) => groups.delete(region, name),
    listScheduleGroups: (region, filter) => groups.list(region, filter),
    tagScheduleGroup: (region, arn, tags) =>
      groups.changeTags(region, arn, (before) => ({ ...before, ...tags })),
    untagScheduleGroup: (region, arn, keys) =>
      groups.changeTags(region, arn, (before) =>
        Object.fromEntries(Object.entries(before).filter(([key]) => !keys.includes(key))),
      ),
    listScheduleGroupTags: (region, arn) => groups.tags(region, arn),
  };
}
