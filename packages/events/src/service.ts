import type { Clock, Ids } from '@riposte/engine';
import { oneAtATime, type EventContext } from './context.ts';
import { Dispatcher } from './deliveries/dispatcher.ts';
import type { EventService } from './ports/event-service.ts';
import type { EventStore } from './ports/event-store.ts';
import type { EventReport } from './ports/report.ts';
import type { TargetInvoker } from './ports/targets.ts';
import { Publisher } from './publisher.ts';
import { RuleCatalogue } from './rules/catalogue.ts';
import { EventBuses } from './rules/event-buses.ts';
import { RuleTargets } from './rules/rule-targets.ts';
import { Rules } from './rules/rules.ts';
import { ScheduleRunner } from './rules/schedule-runner.ts';
import { testEventPattern } from './test-event-pattern.ts';

export interface EventServiceOptions {
  store: EventStore;
  clock: Clock;
  ids: Ids;
  /** 12 digits. */
  account: string;
  /** `aws` when left out. */
  partition?: string;
  invoker: TargetInvoker;
  /** Hears what operators should know; must not throw. */
  report?: (report: EventReport) => void;
}

/** The service, and the switch of its timers and deliveries. */
export interface RunningEventService extends EventService {
  /** Takes up deliveries and schedules from the store. Events can be put before; nothing is delivered until then. */
  start(): Promise<void>;
  /** Stops timers and waits a little for attempts under way. Nothing is lost: the next start goes on. */
  close(): Promise<void>;
}

/** EventBridge for one account over a store. */
export function createEventService(options: EventServiceOptions): RunningEventService {
  const context: EventContext = {
    store: options.store,
    clock: options.clock,
    ids: options.ids,
    home: { partition: options.partition ?? 'aws', account: options.account },
    catalogue: new RuleCatalogue(options.store),
    change: oneAtATime(),
    report: options.report ?? (() => undefined),
  };
  const dispatcher = new Dispatcher(context, options.invoker);
  const recorded = (): void => dispatcher.notify();
  const schedules = new ScheduleRunner(context, recorded);
  const buses = new EventBuses(context);
  const rules = new Rules(context, buses, () => schedules.notify());
  const targets = new RuleTargets(context, buses, rules);
  const publisher = new Publisher(context, buses, recorded);
  return {
    async start() {
      await dispatcher.start();
      schedules.start();
    },
    async close() {
      await schedules.close();
      await dispatcher.close();
    },
    putEvents: (region, entries, how) => publisher.putEvents(region, entries, how),
    injectEvent: (region, envelope, how) => publisher.inject(region, envelope, how),
    forwardEvent: (region, event, how) => publisher.forward(region, event, how),
    describeEvent: (eventId) => options.store.event(eventId),
    listEvents: ({ limit }) => options.store.events(limit),
    testEventPattern,
    createEventBus: (region, input) => buses.create(region, input),
    describeEventBus: (region, name) => buses.describe(region, name),
    listEventBuses: (region, input) => buses.list(region, input),
    deleteEventBus: (region, name) => buses.delete(region, name),
    putRule: (region, input) => rules.put(region, input),
    describeRule: (region, name, bus) => rules.describe(region, name, bus),
    listRules: (region, input) => rules.list(region, input),
    setRuleState: (region, name, enabled, bus) => rules.setState(region, name, enabled, bus),
    deleteRule: (region, name, bus) => rules.delete(region, name, bus),
    putTargets: (region, rule, list, bus) => targets.put(region, rule, list, bus),
    removeTargets: (region, rule, ids, bus) => targets.remove(region, rule, ids, bus),
    listTargetsByRule: (region, rule, bus) => targets.list(region, rule, bus),
    listRuleNamesByTarget: (region, arn, bus) => targets.ruleNamesFor(region, arn, bus),
  };
}
