import type { ArchiveOperations } from './archives.ts';
import type { ConnectionOperations } from './connections.ts';
import type { EventSearch } from './search.ts';
import type { Arrival, ArrivalOutcome } from './sources.ts';
import type { Target } from './targets.ts';

/** The envelope of §"Event structure": https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
export interface EventEnvelope {
  version: string;
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  /** `YYYY-MM-DDTHH:MM:SSZ` */
  time: string;
  region: string;
  resources: string[];
  detail: Record<string, unknown>;
  'replay-name'?: string;
}

/** An entry of PutEvents. What is missing or wrong in it fails this entry alone. */
export interface PutEventsEntry {
  Time?: Date;
  Source?: string;
  Resources?: string[];
  DetailType?: string;
  Detail?: string;
  EventBusName?: string;
  TraceHeader?: string;
}

/** What became of an entry, in its place: an id, or an error. */
export interface PutEventsResultEntry {
  EventId?: string;
  ErrorCode?: string;
  ErrorMessage?: string;
}

/** A rule of a bus, as the EventBridge API tells of it: it has a pattern, a schedule, or both. */
export interface Rule {
  Name: string;
  Arn: string;
  EventBusName: string;
  EventPattern?: string;
  ScheduleExpression?: string;
  State: 'ENABLED' | 'DISABLED' | 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';
  Description?: string;
  RoleArn?: string;
  /** The account; told by describeRule only. */
  CreatedBy?: string;
  /** The service that made it for its own use, and alone changes it. */
  ManagedBy?: string;
}

/** An event bus, as DescribeEventBus tells of it. */
export interface EventBusDescription {
  Name: string;
  Arn: string;
  Description?: string;
  /** Who else may put events, as JSON text. */
  Policy?: string;
  tags?: Record<string, string>;
  /** Milliseconds since the epoch. */
  creationTimeMs: number;
  lastModifiedTimeMs: number;
}

/** A statement for the policy of a bus, or the whole policy. */
export interface PutPermissionInput {
  EventBusName?: string;
  Action?: string;
  /** 12 digits or `*`. */
  Principal?: string;
  StatementId?: string;
  Condition?: { Type: string; Key: string; Value: string };
  /** JSON text. */
  Policy?: string;
}

/** A scheduled rule, or a schedule of EventBridge Scheduler, and when it runs next. */
export interface Upcoming {
  kind: 'rule' | 'schedule';
  /** A schedule's with its group before it: `default/nightly`. */
  name: string;
  arn: string;
  /** Absent where nothing of what is stored can be read. */
  expression?: string;
  timeZone: string;
  isEnabled: boolean;
  targetArns: string[];
  /** Milliseconds since the epoch; none when it is disabled or has ended. */
  nextMs: number[];
  /** It is enabled, but the last time that its expression names has passed, and nothing of it is still to run. */
  isPast?: boolean;
  /** It never runs: its one local time does not exist, since clocks are put forward over it. */
  isInClockGap?: boolean;
  /** A rehearsal put it: what it does is marked. */
  simulated?: boolean;
  /** Why its next times cannot be told: another version accepted it. It does not run until it is changed. */
  unreadable?: string;
}

/** How one rule judged one event. */
export interface RuleMatch {
  ruleArn: string;
  ruleName: string;
  matched: boolean;
  /** One sentence: the first field that decided, wanted and seen. */
  explanation: string;
  /** The field that decided, when one did: its dotted path, what the pattern wants and what the event has, in words. */
  decidedBy?: { path: string; wanted: string; seen: string };
}

/** A stored event with what became of it. */
export interface StoredEvent {
  event: EventEnvelope;
  region: string;
  eventBusName: string;
  receivedAtMs: number;
  simulated: boolean;
  /** It came from another bus. */
  forwarded?: true;
  /** Buses that it was forwarded to, each once, in the order in which it came there; told of one event, not in lists. */
  forwardedTo?: { region: string; eventBusName: string }[];
  /** Rules that matched, also those without targets. */
  matchedRuleArns: string[];
  /** Rules that count as not matching, since there was more to compare than is tried. Absent where there is none. */
  undecidedRuleArns?: string[];
  deliveries: {
    deliveryId: string;
    ruleArn: string;
    targetId: string;
    targetArn: string;
    status: 'pending' | 'delivered' | 'dead';
    attempts: number;
    lastError?: string;
    resultArn?: string;
    /** When it was asked for by hand, after the event. */
    resentAtMs?: number;
    /** The replay that caused it. */
    replayName?: string;
    /**
     * Attempts that have ended, in order; told of one event, not in lists. The target was not asked in those that sent
     * the dead letter.
     */
    attemptLog?: { number: number; endedAtMs: number; error?: string; isOfDeadLetter?: boolean }[];
  }[];
}

/** EventBridge for one account. All methods are per region. Errors are `ServiceError`s in EventBridge's own words. */
export interface EventService extends ArchiveOperations, ConnectionOperations, EventSearch {
  /** @param options.simulated  a step of a simulated execution puts them: they are marked like their cause */
  putEvents(
    region: string,
    entries: PutEventsEntry[],
    options?: { simulated?: boolean },
  ): Promise<PutEventsResultEntry[]>;
  /**
   * The administrator's own door: any source, also `aws.…`. Stored with the mark `simulated`. Resolves when the
   * event and its deliveries are on disk.
   * @throws ServiceError ValidationException when the envelope is not one
   */
  injectEvent(
    region: string,
    envelope: unknown,
    options: { simulated: boolean; eventBusName?: string },
  ): Promise<{ eventId: string; rules: RuleMatch[] }>;
  /**
   * Takes in what came by a source: real events, any source of AWS included, each once for its key. Resolves when they
   * and their deliveries are on disk.
   * @returns what became of each, in order
   * @throws ServiceError ResourceNotFoundException when the bus does not exist; then nothing is stored
   */
  takeIn(
    region: string,
    from: { name: string; eventBusName: string },
    arrivals: readonly Arrival[],
  ): Promise<ArrivalOutcome[]>;
  /**
   * What each rule of a bus would make of an event, in the order of their names. Nothing is stored, nothing delivered.
   * @throws ServiceError ValidationException when the envelope is not one, ResourceNotFoundException for an unknown bus
   */
  explainEvent(
    region: string,
    envelope: unknown,
    options: { eventBusName?: string },
  ): Promise<{ event: EventEnvelope; eventBusName: string; rules: RuleMatch[] }>;
  /**
   * Takes an event from another bus as it is: id, source, account, time and region stay. Once for each delivery,
   * however often it is repeated. Resolves when the event and its deliveries are on disk.
   * @throws ServiceError ResourceNotFoundException when the bus does not exist
   */
  forwardEvent(
    region: string,
    event: EventEnvelope,
    options: { eventBusName: string; deliveryId: string; simulated: boolean },
  ): Promise<void>;
  /** With what became of it on the buses it was forwarded to. */
  describeEvent(eventId: string): Promise<StoredEvent | undefined>;
  testEventPattern(pattern: string, event: string): boolean;

  createEventBus(
    region: string,
    input: { Name: string; Description?: string; tags?: Record<string, string> },
  ): Promise<{ EventBusArn: string }>;
  /** What is left out is reset. */
  updateEventBus(
    region: string,
    name: string | undefined,
    description?: string,
  ): Promise<EventBusDescription>;
  describeEventBus(region: string, name?: string): Promise<EventBusDescription>;
  listEventBuses(
    region: string,
    input: { NamePrefix?: string; NextToken?: string; Limit?: number },
  ): Promise<{ EventBuses: EventBusDescription[]; NextToken?: string }>;
  deleteEventBus(region: string, name: string): Promise<void>;
  /** A statement with an id that is there is replaced. */
  putPermission(region: string, input: PutPermissionInput): Promise<void>;
  removePermission(
    region: string,
    input: { EventBusName?: string; StatementId?: string; RemoveAllPermissions?: boolean },
  ): Promise<void>;

  /** Of a rule or an event bus. */
  listTags(resourceArn: string): Promise<Record<string, string>>;
  tagResource(resourceArn: string, tags: Record<string, string>): Promise<void>;
  untagResource(resourceArn: string, tagKeys: readonly string[]): Promise<void>;

  /**
   * @param how.simulated  a rehearsal asks for it: what the rule does by the clock is marked like its cause, until the rule
   *   is put by another. Of a real scheduled rule that a rehearsal replaces, the report tells.
   */
  putRule(
    region: string,
    input: {
      Name: string;
      EventPattern?: string;
      ScheduleExpression?: string;
      State?: string;
      Description?: string;
      RoleArn?: string;
      EventBusName?: string;
      /** Only of a new rule: those of one that is there stay. */
      tags?: Record<string, string>;
    },
    how?: { simulated?: boolean },
  ): Promise<{ RuleArn: string }>;
  describeRule(region: string, name: string, eventBusName?: string): Promise<Rule>;
  /** What runs by the clock, with so many of its next times. */
  upcoming(region: string, count: number): Promise<Upcoming[]>;
  listRules(
    region: string,
    input: { NamePrefix?: string; EventBusName?: string; NextToken?: string; Limit?: number },
  ): Promise<{ Rules: Rule[]; NextToken?: string }>;
  setRuleState(region: string, name: string, enabled: boolean, eventBusName?: string): Promise<void>;
  deleteRule(region: string, name: string, eventBusName?: string): Promise<void>;
  putTargets(
    region: string,
    rule: string,
    targets: Target[],
    eventBusName?: string,
  ): Promise<{ TargetId?: string; ErrorCode?: string; ErrorMessage?: string }[]>;
  removeTargets(
    region: string,
    rule: string,
    ids: string[],
    eventBusName?: string,
  ): Promise<{ TargetId?: string; ErrorCode?: string; ErrorMessage?: string }[]>;
  listTargetsByRule(region: string, rule: string, eventBusName?: string): Promise<Target[]>;
  listRuleNamesByTarget(region: string, targetArn: string, eventBusName?: string): Promise<string[]>;
}
