import type { Rule, RuleMatch, StoredEvent } from './event-service.ts';

/** Which stored events are wanted; what is left out does not matter. */
export interface EventFilter {
  source?: string;
  detailType?: string;
  eventBusName?: string;
  /** A rule that matched, by ARN or name. */
  rule?: string;
  /** Of a delivery of the event. */
  status?: 'pending' | 'delivered' | 'dead';
  /** Anywhere in the event, in any case. */
  text?: string;
  /** When the event came, in milliseconds since the epoch: from the first to before the second. */
  fromMs?: number;
  toMs?: number;
}

/** A place among all events, which lie in the order in which they came. */
export interface EventPosition {
  receivedAtMs: number;
  sequence: number;
}

/** A page of stored events. */
export interface EventPage {
  /** Newest first. */
  events: StoredEvent[];
  /** Where to go on, when there are older events. A page may hold fewer than were asked for, or none, and go on. */
  before?: EventPosition;
}

/** What a pattern would have matched. */
export interface Backtest {
  /** Events that were looked at. */
  examined: number;
  matched: number;
  /** Events that count as not matching, since there was more to compare than is tried. */
  undecided: number;
  /** The newest that matched, fewer than were asked for where they are large. */
  events: StoredEvent[];
}

/** What came of sending an event again. */
export interface ResendResult {
  /** How each rule judges the event now. */
  rules: RuleMatch[];
  deliveryIds: string[];
}

/** The part of the service that finds what came, and what it would cause. */
export interface EventSearch {
  /**
   * One page, newest first.
   * @param page.before  from the page before
   */
  searchEvents(filter: EventFilter, page: { limit: number; before?: EventPosition }): Promise<EventPage>;
  /**
   * New deliveries of a stored event to the targets of the rules that match it now, or of one of them.
   * @param rule  ARN or name
   * @throws ServiceError ResourceNotFoundException for an unknown event or rule, ValidationException when no rule matches
   */
  resendEvent(eventId: string, rule?: string): Promise<ResendResult>;
  /**
   * Looks through stored events as a rule would have, were it there and not disabled; causes nothing. An event counts
   * once, whether or not it was replayed, and on another bus only where that bus is asked for.
   * @param tried.State  of the rule: read-only calls of CloudTrail are not for every one
   * @param limit  of the events that are told
   * @throws ServiceError InvalidEventPatternException
   */
  backtest(
    tried: { EventPattern: string; State?: Rule['State'] },
    filter: Pick<EventFilter, 'eventBusName' | 'fromMs' | 'toMs'>,
    limit: number,
  ): Promise<Backtest>;
}
