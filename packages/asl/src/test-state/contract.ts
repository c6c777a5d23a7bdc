import type { Json } from '../json.ts';
import type { Environment, ExecutionContext } from '../step/contract.ts';

/**
 * One request of the TestState API. Texts are JSON where the API says so, and are checked here.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html
 */
export interface StateTest {
  /** One state, or a machine with `stateName`. */
  definition: string;
  stateName?: string;
  roleArn?: string;
  /** JSON text; default `{}`. */
  input?: string;
  /** JSON text of an object: values by name. */
  variables?: string;
  /** JSON text of an object: what `$$` is to show in place of the made-up one. With a mock only. */
  context?: string;
  mock?: StateMock;
  stateConfiguration?: StateConfiguration;
  revealSecrets?: boolean;
}

/** The answer of the work that is not done: one of the two. */
interface StateMock {
  /** JSON text. */
  result?: string;
  errorOutput?: { error?: string; cause?: string };
}

interface StateConfiguration {
  /** Retries that the matching retrier has made. */
  retrierRetryCount?: number;
  /** A state inside the Map or Parallel that the mocked error comes from. */
  errorCausedByState?: string;
  /** Iterations of the Map that failed. */
  mapIterationFailureCount?: number;
  /** What the ItemReader read, as it stands in its source. */
  mapItemReaderData?: string;
}

/** The outside of one test. */
export interface StateTestWorld {
  environment: Environment;
  /** The execution that the context object tells of; its input is the test's. */
  execution: Omit<ExecutionContext, 'input' | 'redriveCount' | 'roleArn'>;
  /** Does the work of a Task without a mock. */
  runTask(task: StateTask): Promise<TaskEnd>;
  /**
   * Resolves at an instant, in milliseconds since the epoch, or when a test may take no longer.
   * @returns whether the instant was reached
   */
  waitUntil(ms: number): Promise<boolean>;
  /**
   * Whether the service behind a Task's resource could answer so.
   * @returns what is wrong
   */
  checkMockedResult?(resource: string, result: Json): string | undefined;
}

export interface StateTask {
  stateName: string;
  resource: string;
  /** JSON text. */
  parameters: string;
  timeoutSeconds?: number;
  /** Of the state's Credentials. */
  taskRoleArn?: string;
}

export type TaskEnd =
  { kind: 'succeeded'; /** JSON text */ output: string } | { kind: 'failed'; error?: string; cause?: string };

export interface StateTestReport {
  status: 'SUCCEEDED' | 'FAILED' | 'RETRIABLE' | 'CAUGHT_ERROR';
  /** JSON text. */
  output?: string;
  error?: string;
  cause?: string;
  nextState?: string;
  inspectionData: InspectionData;
}

/** What DEBUG and TRACE show. Texts are JSON. */
export interface InspectionData {
  input: string;
  afterArguments?: string;
  afterInputPath?: string;
  afterParameters?: string;
  result?: string;
  afterResultSelector?: string;
  afterResultPath?: string;
  afterItemsPath?: string;
  afterItemsPointer?: string;
  afterItemSelector?: string;
  afterItemBatcher?: string;
  maxConcurrency?: number;
  toleratedFailureCount?: number;
  toleratedFailurePercentage?: number;
  variables?: string;
  errorDetails?: { catchIndex?: number; retryIndex?: number; retryBackoffIntervalSeconds?: number };
}

/** The request cannot be carried out; told to the caller under the API's code. */
export class StateTestRefusal extends Error {
  readonly code: 'InvalidDefinition' | 'InvalidExecutionInput' | 'ValidationException';

  constructor(code: StateTestRefusal['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export function invalid(message: string): StateTestRefusal {
  return new StateTestRefusal('ValidationException', message);
}
