export type { HistoryEvent } from '@riposte/asl';
export type { Clock } from './ports/clock.ts';
export type { Activity, ExecutionHost, Page, StateTestRequest } from './ports/execution-host.ts';
export type {
  Execution,
  ExecutionChange,
  ExecutionOrigin,
  ExecutionStatus,
  StartExecution,
  SyncExecution,
} from './ports/executions.ts';
export type {
  LoggingConfiguration,
  LogLevel,
  MachineSettings,
  Route,
  StateMachine,
  StateMachineAlias,
  StateMachineType,
  StateMachineVersion,
} from './ports/state-machines.ts';
export type {
  ChangedChild,
  Item,
  ItemChange,
  ItemStatus,
  MapRun,
  MapRunChange,
  MapRunCounts,
  MapRunDescription,
  MapRunLimits,
  MapRunPhase,
  MapRunStatus,
  MapRunStore,
  NewItem,
  NewMapRun,
} from './ports/map-runs.ts';
export type { Ids } from './ports/ids.ts';
export { ObjectStorageFailure } from './ports/object-storage.ts';
export type {
  ListedObject,
  NewObject,
  ObjectAddress,
  ObjectListing,
  ObjectStorage,
  ObjectStorageCaller,
} from './ports/object-storage.ts';
export type { StatusChange, StatusChangePublisher } from './ports/status-changes.ts';
export { ServiceError } from './ports/service-error.ts';
export { StoreUnavailable } from './ports/store-unavailable.ts';
export type { StepReference, TaskOutcome, TaskRequest, TaskRunner } from './ports/tasks.ts';
export type {
  Claim,
  CommitResult,
  Effect,
  EffectKind,
  ExecutionFilter,
  ExecutionHead,
  NewEffect,
  NewExecution,
  NewNotice,
  Notice,
  NoticeKind,
  ParkedEffect,
  ResourceChange,
  ResourceKind,
  Store,
  StoredExecution,
  StoredResource,
  StoredStateMachine,
  Transition,
} from './ports/store.ts';
export type { ExecutionLogBatch, ExecutionLogs } from './ports/execution-logs.ts';
export { withoutExecutionData } from './execution-data.ts';
export { settingsOf } from './machine-settings.ts';
export { createExecutionHost } from './store-host.ts';
export type { StoreHost, StoreHostOptions } from './store-host-options.ts';
export type { Interpreter } from './interpreter.ts';
export { seededIds } from './simulation/seeded-ids.ts';
export { SimulatedClock } from './simulation/simulated-clock.ts';
export type { Settling } from './simulation/simulated-clock.ts';
export { redriveStatusOf } from './redrivable.ts';
export { SIMULATED_MARK } from './simulated-mark.ts';
