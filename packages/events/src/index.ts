export type {
  EventBusDescription,
  EventEnvelope,
  EventService,
  PutEventsEntry,
  PutEventsResultEntry,
  Rule,
  RuleMatch,
  StoredEvent,
  Upcoming,
} from './ports/event-service.ts';
export type {
  DeadLetter,
  DeadLetterMessage,
  InvocationOutcome,
  Target,
  TargetInvocation,
  TargetInvoker,
} from './ports/targets.ts';
export type { ArchiveDescription, Archive, ReplayPreview, Replay } from './ports/archives.ts';
export type { ActiveReplay, ArchivedEvent } from './ports/archives.ts';
export type {
  ApiDestination,
  ApiDestinationDescription,
  Connection,
  ConnectionAuthorizer,
  ConnectionDescription,
  HttpParameters,
} from './ports/connections.ts';
export type {
  ArchiveSize,
  ClaimedDelivery,
  EventDocuments,
  EventRecord,
  EventStore,
  Lane,
  LaneShare,
  ReadyLane,
  RuleKey,
  Settlement,
  StoredRule,
} from './ports/event-store.ts';
export type {
  Schedule,
  ScheduleGroup,
  ScheduleInput,
  ScheduleKey,
  SchedulerService,
  SchedulerStore,
  StoredSchedule,
  StoredScheduleGroup,
  UnreadableSchedule,
} from './ports/scheduler.ts';
export type { Backtest, EventFilter, EventPage, EventPosition, ResendResult } from './ports/search.ts';
export { isConfidential } from './connections/confidential.ts';
export { Lanes } from './deliveries/lanes.ts';
export { lanePlace, type LanePlace } from './deliveries/lane-place.ts';
export { ruleOfArn, scheduleOfArn } from './arns.ts';
export { healthAfterAttempt, healthAfterTelling, type TargetHealth } from './watch/target-health.ts';
export {
  ruleAnnouncement,
  tellAtMs,
  watchAfterChange,
  watchAfterMatch,
  watchAfterTelling,
  type RuleWatch,
} from './watch/rule-quiet.ts';
export type { Announcement } from './ports/announcements.ts';
export type {
  ArrivalOutcome,
  EventSource,
  Intake,
  QueueSource,
  RejectedArrival,
  SourceCounts,
  SourceMessage,
  SourceQueue,
  SourceStatus,
} from './ports/sources.ts';
export type { PushSourceInput, QueueSourceInput, WebhookSourceInput } from './sources/checks.ts';
export { EventSources, type PushAnswer } from './sources/sources.ts';
export type { EventReport } from './ports/report.ts';
export type { Retention } from './retention/event-retention.ts';
export { createEventService } from './service.ts';
export type { RunningEventService } from './service.ts';
export { sampleEvents, sampleNames, type SampleDescription } from './samples/catalogue.ts';
export type { SampleRequest } from './samples/sample-request.ts';
