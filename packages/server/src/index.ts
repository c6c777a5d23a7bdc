import './linear-regular-expressions.ts'; // first: it sets up V8 before any other module's code runs
export { readAdministratorKey, WELL_KNOWN_KEY } from './administrator-key.ts';
export {
  bucketFolders,
  checkConfiguration,
  type Configuration,
  defaultConfiguration,
  queuesOf,
} from './configuration.ts';
export type {
  Backtest,
  BacktestRequest,
  CallSummary,
  CreatedSource,
  ExecutionDetail,
  ExecutionStreamMessage,
  ExecutionSummary,
  ExplainedEvent,
  InjectedEvent,
  KeptStack,
  MailSummary,
  PeopleError,
  RejectedArrival,
  ReplayPreview,
  ReplayPreviewRequest,
  ResendResult,
  SampleName,
  SourceStatus,
  SimulatedEvents,
  StackChange,
  StoredEvent,
  StoredEvents,
  Upcoming,
} from './people/shapes.ts';
export { integrationsOfAnyServer } from '@riposte/gateway';
export { printable, printableLines } from './printable.ts';
export { type RunningServer, startServer } from './start.ts';
export {
  openSimulatedSystem,
  type SentMail,
  type SimulatedExecution,
  type SimulatedSystem,
  type SimulationOptions,
} from './simulation/simulated-system.ts';
export type { ExplainRequest } from './people/explain.ts';
export type { SourceRequest } from './people/source-pages.ts';
export type { SimulateRequest } from './people/simulate.ts';
export type { MockedAttempt, Mocks } from './simulation/mocked-tasks.ts';
