import type { Announcement } from './announcements.ts';
import type { ActiveReplay, Archive, ArchivedEvent, ArchivePosition, Replay } from './archives.ts';
import type { ApiDestination, Connection } from './connections.ts';
import type { EventFilter, EventPage, EventPosition } from './search.ts';
import type { ArrivalOutcome, EventSource, Intake, RejectedArrival, SourceCounts } from './sources.ts';
import type { EventBusDescription, EventEnvelope, Rule, StoredEvent } from './event-service.ts';
import type { DeadLetter, Target } from './targets.ts';

/** A rule with its targets, as one document. */
export interface StoredRule {
  region: string;
  rule: Rule;
  targets: Target[];
  /** When a scheduled rule is due, milliseconds since the epoch; absent for disabled and unscheduled rules. */
  nextFireMs?: number;
  /** What a rate counts from. */
  createdAtMs: number;
  tags?: Record<string, string>;
  /** A rehearsal put it last: what it does by the clock is marked. */
  simulated?: true;
  /** Instead of targets: the archive that keeps what the rule matches. */
  archiveName?: string;
}

/** Names one rule. */
export interface RuleKey {
  region: string;
  eventBusName: string;
  name: string;
}

/** An event with the deliveries it caused: written together or not at all. */
export interface EventRecord {
  event: EventEnvelope;
  region: string;
  eventBusName: string;
  receivedAtMs: number;
  simulated: boolean;
  matchedRuleArns: string[];
  /** Absent where there is none. */
  undecidedRuleArns?: string[];
  deliveries: { deliveryId: string; ruleArn: string; target: Target }[];
  /** Archives of the region that keep a copy. */
  archiveNames: string[];
  /** The delivery that brought it from another bus: it brings an event once, so a repeated record writes nothing. */
  forwardedBy?: string;
  /** What it tells; noted as told with it. */
  announces?: Announcement;
  /** The scheduled rule that fired, and when it is due next. */
  fired?: RuleKey & { nextFireMs: number | undefined };
}

/** A delivery handed out for one attempt. */
export interface ClaimedDelivery {
  deliveryId: string;
  eventId: string;
  /** Read anew each time from its text: parsed it takes twenty times as much, and many deliveries wait for answers at once. */
  readonly event: EventEnvelope;
  /** When the event came, or when it was sent again by hand. */
  receivedAtMs: number;
  simulated: boolean;
  /** The event came from another bus. */
  forwarded: boolean;
  region: string;
  ruleArn: string;
  target: Target;
  /** Attempts that have ended before this one, those of sending the dead letter included. */
  attempts: number;
  /** The target was given up: what is left to do is to send this to its dead-letter queue. */
  deadLetter?: DeadLetter;
}

/** What waits behind one another: the deliveries of one target of a rule (or schedule). */
export interface Lane {
  ruleArn: string;
  targetId: string;
}

/** A lane with deliveries that are due. */
export interface ReadyLane extends Lane {
  /** How many, counted only as far as was asked for. */
  due: number;
}

/** How many deliveries of a lane are to be handed out. */
export interface LaneShare extends Lane {
  deliveries: number;
}

/** How an attempt ended. */
export type Ending =
  | { kind: 'delivered'; resultArn?: string }
  | { kind: 'retry'; dueAtMs: number; error: string }
  /** Its dead letter is due at once; the delivery stays pending until that is sent, or cannot be. */
  | { kind: 'dead-letter'; error: string; deadLetter: DeadLetter }
  /** It was not tried: no attempt is counted. */
  | { kind: 'later'; dueAtMs: number }
  | { kind: 'dead'; error: string };

/** An end with its time, in milliseconds since the epoch, and how long the attempt took. */
export type Settlement = Ending & { atMs: number; tookMs: number };

/** Small documents that are found by their name. */
export interface EventDocuments {
  connection: Connection;
  'api-destination': ApiDestination;
  source: EventSource;
}

/** What an archive holds. */
export interface ArchiveSize {
  events: number;
  bytes: number;
}

/**
 * Where buses, rules, events and deliveries live.
 *
 * A promise of a write resolves when the write is on disk; writes that are asked for in one turn of the event loop share
 * a commit, each undone alone where it fails. The caller changes one rule or bus at a time.
 */
export interface EventStore {
  eventBus(region: string, name: string): Promise<EventBusDescription | undefined>;
  /** By name. */
  eventBuses(region: string): Promise<EventBusDescription[]>;
  putEventBus(region: string, bus: EventBusDescription): Promise<void>;
  deleteEventBus(region: string, name: string): Promise<void>;

  rule(key: RuleKey): Promise<StoredRule | undefined>;
  /** By name. */
  rules(region: string, eventBusName: string): Promise<StoredRule[]>;
  putRule(rule: StoredRule): Promise<void>;
  deleteRule(key: RuleKey): Promise<void>;
  /** Rules whose `nextFireMs` is at or before `nowMs`, the longest overdue first; where they are large, fewer than `limit`. */
  dueRules(nowMs: number, limit: number): Promise<StoredRule[]>;
  nextFireMs(): Promise<number | undefined>;
  /** A missed schedule was skipped. */
  setNextFire(key: RuleKey, nextFireMs: number | undefined): Promise<void>;

  archive(region: string, name: string): Promise<(Archive & ArchiveSize) | undefined>;
  /** By name. */
  archives(region: string): Promise<(Archive & ArchiveSize)[]>;
  /** The archive and the rule that fills it, together. */
  putArchive(region: string, archive: Archive, rule: StoredRule): Promise<void>;
  /** With its rule. Its events are out of reach at once, also for an archive of the same name, and are to be forgotten. */
  deleteArchive(region: string, name: string, rule: RuleKey): Promise<void>;
  /** Whether events of archives that were deleted are still to be forgotten. */
  hasDeletedArchives(): Promise<boolean>;
  /** Forgets up to `limit` of them. */
  forgetDeletedArchives(limit: number): Promise<void>;
  /**
   * In order of their time: as many as were asked for, or fewer, where they are large; none: there are no more.
   * @param range  times in milliseconds since the epoch: from the first to before the second
   */
  archivedEvents(
    region: string,
    name: string,
    range: { fromMs: number; toMs: number; after?: ArchivePosition; limit: number },
  ): Promise<ArchivedEvent[]>;
  replay(region: string, name: string): Promise<Replay | undefined>;
  /** By name. */
  replays(region: string): Promise<Replay[]>;
  /** Those that have not ended, the longest due first. */
  activeReplays(): Promise<ActiveReplay[]>;
  /** Writes a replay as far as it has come, with the events it has put. */
  putReplay(active: ActiveReplay, records: EventRecord[]): Promise<void>;

  document<K extends keyof EventDocuments>(
    kind: K,
    region: string,
    name: string,
  ): Promise<EventDocuments[K] | undefined>;
  /** By name. */
  documents<K extends keyof EventDocuments>(kind: K, region: string): Promise<EventDocuments[K][]>;
  putDocument<K extends keyof EventDocuments>(
    kind: K,
    region: string,
    name: string,
    document: EventDocuments[K],
  ): Promise<void>;
  deleteDocument(kind: keyof EventDocuments, region: string, name: string): Promise<void>;

  /** All records in one transaction. Their deliveries are due at once. */
  record(records: EventRecord[]): Promise<void>;
  /**
   * Writes what came by a source, each event with its deliveries: once for each key, whichever source brings it. What
   * is no event is kept once for each source and key.
   * @returns what became of each arrival, in order
   */
  takeIn(intake: Intake): Promise<ArrivalOutcome[]>;
  /** By the source's name; a source that nothing came by is left out. */
  sourceCounts(): Promise<Map<string, SourceCounts>>;
  /** Newest first; where they are large, fewer than `limit`, and one at least. */
  rejectedArrivals(source: string, limit: number): Promise<RejectedArrival[]>;
  /** As it was put, with the deliveries also of the buses it was forwarded to. */
  event(eventId: string): Promise<StoredEvent | undefined>;
  /** Newest first; looks at so many events, and so many bytes of them, at a time as do not hold up anything else. */
  searchEvents(filter: EventFilter, page: { limit: number; before?: EventPosition }): Promise<EventPage>;
  /** Adds deliveries, due at once, to the event that is stored under the id of this one, as `event` finds it. */
  recordResend(record: EventRecord): Promise<void>;
  /** What is to be told: targets that keep failing or work again, rules that have become quiet by `nowMs` or match again. */
  announcements(nowMs: number): Promise<Announcement[]>;
  /** When the next of the watched rules becomes quiet, or matched again where that is not told yet. */
  nextQuietMs(): Promise<number | undefined>;
  /** How many events are stored, and the bytes of their texts, of their targets', of the errors of attempts and of what was no event. */
  storedEvents(): Promise<{ events: number; bytes: number }>;
  /**
   * Forgets events, and what sources brought that was none, the oldest first, with all that belongs to them; never an
   * event with a delivery that is still to be made.
   * @param which.aboveBytes  stops as soon as no more than that is stored
   * @returns how many; fewer than `limit`: there are no more
   */
  forgetEvents(which: { beforeMs: number; limit: number; aboveBytes?: number }): Promise<number>;
  /** Archives that do not keep their events for ever, of all regions. */
  expiringArchives(): Promise<{ region: string; archive: Archive }[]>;
  /** As `forgetEvents`, for the copies of an archive. */
  forgetArchived(region: string, name: string, beforeMs: number, limit: number): Promise<number>;

  /**
   * Lanes with deliveries that are due, in the order of their places (`lanePlace`). What it costs goes with what is
   * asked for, however many lanes wait for a later time.
   * @param lookAt  lanes to tell of, and deliveries of one to count
   */
  readyLanes(nowMs: number, lookAt: { lanes: number; deliveries: number }): Promise<ReadyLane[]>;
  /**
   * Hands out due deliveries until `leaseUntilMs`; one not settled by then is due again. Of each lane the longest due
   * first, and the lanes in turns. Where they are large it hands out fewer than are asked for, and one at least: what is
   * started in one turn of the event loop is not to hold up the rest.
   */
  claimDeliveries(claim: {
    nowMs: number;
    leaseUntilMs: number;
    shares: readonly LaneShare[];
  }): Promise<ClaimedDelivery[]>;
  /**
   * Ends an attempt. One that is out of date (`attempts` has moved on) changes nothing. Of a long error the start and
   * the end are kept.
   * @param attempts  as claimed
   */
  settleDelivery(deliveryId: string, attempts: number, settlement: Settlement): Promise<void>;
  /** The first instant after `nowMs` at which a lane becomes ready. */
  nextReadyMs(nowMs: number): Promise<number | undefined>;
  /** Makes deliveries due that were handed out by a process which is gone, and every lane ready that has any due. */
  releaseClaims(nowMs: number): Promise<void>;
}
