import './linear-regular-expressions.ts'; // first: it sets up V8 before any other module's code runs
export { readAdministratorKey, WELL_KNOWN_KEY } from './administrator-key.ts';
export {
  bucketFolders,
  checkConfiguration,
  type Configuration,
  defaultConfiguration,
} from './configuration.ts';
export type {
  Backtest,
  BacktestRequest,
  CallSummary,
  ExecutionDetail,
  ExecutionStreamMessage,
  ExecutionSummary,
  ExplainedEvent,
  InjectedEvent,
  KeptStack,
  MailSummary,
  PeopleError,
  ReplayPreview,
  ReplayPreviewRequest,
  ResendResult,
  SampleName,
  SimulatedEvents,
  StackChange,
  StoredEvent,
  StoredEvents,
} from './people/shapes.ts';
export { type RunningServer, startServer } from './start.ts';
export {
  openSimulatedSystem,
  type SentMail,
  type SimulatedExecution,
  type SimulatedSystem,
  type SimulationOptions,
} from './simulation/simulated-system.ts';
export type { ExplainRequest } from './people/explain.ts';
export type { SimulateRequest } from './people/simulate.ts';
export type { MockedAttempt, Mocks } from './simulation/mocked-tasks.ts';
