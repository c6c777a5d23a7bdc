export type { Clock } from './ports/clock.ts';
export type {
  Execution,
  ExecutionChange,
  ExecutionHost,
  ExecutionOrigin,
  ExecutionStatus,
  Page,
  StartExecution,
  StateMachine,
  StateMachineType,
} from './ports/execution-host.ts';
export type { Ids } from './ports/ids.ts';
export { ServiceError } from './ports/service-error.ts';
export type { StepReference, TaskOutcome, TaskRequest, TaskRunner } from './ports/tasks.ts';
