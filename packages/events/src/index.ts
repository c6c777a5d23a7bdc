export type {
  EventBusDescription,
  EventEnvelope,
  EventService,
  PutEventsEntry,
  PutEventsResultEntry,
  Rule,
  RuleMatch,
  StoredEvent,
} from './ports/event-service.ts';
export type { InvocationOutcome, Target, TargetInvocation, TargetInvoker } from './ports/targets.ts';
