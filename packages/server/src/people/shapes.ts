import type { CallRecord, Notification } from '@riposte/account';
import type { Execution } from '@riposte/engine';
import type { EventEnvelope, EventPage, RuleMatch, SampleDescription, SourceStatus } from '@riposte/events';
import type { HistoryEvent } from '@riposte/asl';

export type { RejectedArrival, SourceStatus, Upcoming } from '@riposte/events';
export type { Backtest, ReplayPreview, ResendResult, StoredEvent } from '@riposte/events';

/** What the people's door answers, shared with its clients. Times are milliseconds since the epoch. */

export interface ServerDescription {
  version: string;
  account: string;
  region: string;
  awsUrl: string;
  peopleUrl: string;
  /** Where others send events; absent: that door is off. */
  sourcesUrl?: string;
  dataFolder: string;
  mail: { kind: 'smtp'; url: string } | { kind: 'outbox'; folder: string };
}

/** An event that `simulate` can make. */
export type SampleName = SampleDescription;

/** A row of the list of executions: no payloads. */
export interface ExecutionSummary {
  executionArn: string;
  stateMachineArn: string;
  name: string;
  status: Execution['status'];
  startDate: number;
  stopDate?: number;
  error?: string;
  simulated: boolean;
  eventId?: string;
  parentArn?: string;
}

/** An execution with those that its steps started. */
export interface ExecutionDetail extends Execution {
  children: ExecutionSummary[];
}

/** One AWS call that passed the gateway, without its recorded answer. */
export type CallSummary = Omit<CallRecord, 'answer' | 'journalKey'>;

/** Messages of the live stream of one execution, in order; `end` is the last. */
export type ExecutionStreamMessage =
  | { type: 'events'; events: readonly HistoryEvent[] }
  | { type: 'call'; call: CallSummary }
  | { type: 'child'; execution: ExecutionSummary }
  | { type: 'end'; execution: ExecutionSummary };

/** What each rule of a bus makes of an event. */
export interface ExplainedEvent {
  event: EventEnvelope;
  eventBusName: string;
  rules: RuleMatch[];
}

/** A page of stored events, newest first. `before` is where the next one begins, as the query takes it. */
export interface StoredEvents extends Omit<EventPage, 'before'> {
  before?: string;
}

/** A pattern or a rule to try on stored events; times in milliseconds since the epoch. */
export interface BacktestRequest {
  /** The name of a rule, or `pattern`. */
  rule?: string;
  /** JSON text. */
  pattern?: string;
  eventBusName?: string;
  fromMs?: number;
  toMs?: number;
  /** Of the events that are told. */
  limit?: number;
}

/** A replay to try without doing it; times in milliseconds since the epoch. */
export interface ReplayPreviewRequest {
  /** Of the archive. */
  EventSourceArn: string;
  Destination: { Arn: string; FilterArns?: string[] };
  fromMs: number;
  toMs: number;
}

/** An event that was put on a bus, and what its rules make of it. */
export interface InjectedEvent {
  event: EventEnvelope;
  rules: RuleMatch[];
}

/** The first event that a simulation injected, and what came after it: pages, copies, repetitions. */
export interface SimulatedEvents extends InjectedEvent {
  further: InjectedEvent[];
}

/** A source that was made, with its API key or HMAC secret: shown this once. */
export interface CreatedSource {
  source: SourceStatus['source'];
  secret: string;
  /** Where to send; absent while the sources' door is off. */
  url?: string;
}

/** A mail to a subscriber of a topic, and how far it has come. */
export interface MailSummary extends Omit<Notification, 'message'> {
  /** As the mail has it: with the mark of a simulation, and the one of SNS where the publisher gave none. */
  subject: string;
  /** The whole mail as written to the outbox, when it lies there. */
  eml?: string;
  message: string;
}

/** What `riposte up` keeps of a stack, as the templates room writes it. */
interface KeptStackRecord {
  name: string;
  region: string;
}

/** A stack as it is kept, with the number that a change of it must name. */
export interface KeptStack<T extends KeptStackRecord = KeptStackRecord> {
  /** Counts the changes, from 1. */
  revision: number;
  record: T;
}

/** `revision` is the one that the change builds on; 0: there was no such stack. */
export type StackChange<T extends KeptStackRecord = KeptStackRecord> = KeptStack<T>;

/** What every refusal of the people's door has as its body. */
export interface PeopleError {
  /** What kind of error, e.g. `NotFound`, `InvalidRequest`, or an AWS service's code. */
  error: string;
  /** What happened, where, and what to do. */
  message: string;
}
