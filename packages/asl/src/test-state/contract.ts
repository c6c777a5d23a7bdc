import type { Json } from '@riposte/json';
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
  /** At `TRACE` the report tells of the HTTP exchange that a Task makes. Default: `INFO`. */
  inspectionLevel?: 'INFO' | 'DEBUG' | 'TRACE';
  /** At `TRACE`, with what an EventBridge connection adds to the request. Default: false. */
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

/** The work of a tested Task that no mock stands for. */
export interface StateTask {
  stateName: string;
  resource: string;
  /** JSON text. */
  parameters: string;
  timeoutSeconds?: number;
  /** Of the state's Credentials. */
  taskRoleArn?: string;
  /** Set where the exchange of an HTTP task is to be told. */
  trace?: HttpTrace;
}

/** Hears of the HTTP exchange of a task as it is made: also of one that fails, or that nobody waits for any more. */
export interface HttpTrace {
  /** Whether what an EventBridge connection adds is told too. */
  revealsSecrets: boolean;
  requested(request: InspectionDataRequest): void;
  answered(response: InspectionDataResponse): void;
}

/** An HTTP request as TestState shows it. */
export interface InspectionDataRequest {
  /** E.g. `https`. */
  protocol: string;
  method: string;
  url: string;
  /** E.g. `[X-Team: blue, Range: bytes=0-262144]`. */
  headers: string;
  body?: string;
}

/** An HTTP response as TestState shows it. */
export interface InspectionDataResponse {
  /** E.g. `https`. */
  protocol: string;
  /** E.g. `200`. */
  statusCode: string;
  /** E.g. `OK`. */
  statusMessage: string;
  /** As those of the request. */
  headers: string;
  body?: string;
}

/** How the work of a tested Task ended. A failure is data, never an exception. */
export type TaskEnd =
  { kind: 'succeeded'; /** JSON text */ output: string } | { kind: 'failed'; error?: string; cause?: string };

/** What became of a tested state, as the API's answer tells it. */
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
  /** At TRACE only. */
  request?: InspectionDataRequest;
  /** At TRACE only. */
  response?: InspectionDataResponse;
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
