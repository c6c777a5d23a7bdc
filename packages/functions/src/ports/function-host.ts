import type { Clock, Ids, StepReference } from '@riposte/engine';

/** What the host must know to run a function. */
export interface FunctionConfiguration {
  functionName: string;
  functionArn: string;
  /** E.g. `nodejs24.x`. */
  runtime: string;
  /** E.g. `index.handler`. */
  handler: string;
  timeoutSeconds: number;
  memorySizeMb: number;
  environment: Record<string, string>;
  roleArn: string;
  /** Base64 SHA-256 of the deployment package. Another value: new processes. */
  codeSha256: string;
  region: string;
}

/** One call of a function. One that comes again runs it again. */
export interface Invocation {
  configuration: FunctionConfiguration;
  /** JSON text. */
  payload: string;
  requestId: string;
  /** The step on whose behalf it runs; every AWS call it makes is attributed to it. */
  step?: StepReference;
  /** An injected event caused it; so the calls of a function that works for no step say SIMULATED too. */
  simulated?: boolean;
  /** JSON text, as `context.clientContext` shows it. */
  clientContext?: string;
  /** Nobody waits for the answer any more: what has not begun does not begin. What runs goes on, as on AWS. */
  signal?: AbortSignal;
}

/** Lambda's answer. A failing function is an answer, not an exception. */
export interface InvocationResult {
  /** JSON text: the function's answer, or its error object. */
  payload: string;
  functionError?: 'Unhandled';
  /** The last 4 KB of this invocation's log. */
  logTail: string;
  durationMs: number;
}

/** Runs functions. Which function is meant, and whether the caller may, was decided before. */
export interface FunctionHost {
  /** @throws ServiceError for what Lambda refuses before the function runs, when `close` ended it meanwhile, and when it was withdrawn */
  invoke(invocation: Invocation): Promise<InvocationResult>;
  /** Ends every function process. */
  close(): Promise<void>;
}

/** Credentials of one function process. Its calls are those of whatever step it works for at that moment. */
export interface ProcessCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  /**
   * Names the step that the process works for from now on; `undefined` between invocations and for an invocation that
   * no step made.
   * @param simulated of such an invocation: an injected event caused it
   */
  attributeTo(step: StepReference | undefined, simulated?: boolean): void;
  /** False once the role is gone, was made anew, or no longer trusts Lambda: the process must not be used again. */
  isCurrent(): Promise<boolean>;
  revoke(): void;
}

/** Implemented by the gateway, which checks the role's trust policy. */
export interface CredentialsIssuer {
  /** @throws ServiceError when `lambda.amazonaws.com` may not assume the role */
  issue(input: { roleArn: string; functionName: string }): Promise<ProcessCredentials>;
}

/** Where log lines go: the log group `/aws/lambda/<name>` of the account. */
export interface LogSink {
  append(input: {
    region: string;
    logGroup: string;
    logStream: string;
    events: { timestampMs: number; message: string }[];
  }): void;
}

/** The ports that a host works with, and how much it takes on at a time. */
export interface FunctionHostOptions {
  /** What time it is, for functions and their logs. */
  clock: Clock;
  /**
   * Measures processes: timeouts, how long they stay warm. Default `clock`. Where it is another, the time of `clock` is
   * not the machine's: functions are told it, and see it stand still while they run.
   */
  processClock?: Clock;
  ids: Ids;
  credentials: CredentialsIssuer;
  logs: LogSink;
  /** Absolute path of a deployment package's unpacked files, by its hash. */
  codeFolderOf(codeSha256: string): string;
  /** The AWS door, e.g. `http://127.0.0.1:4566`. Asked when a process starts: the port is known only then. */
  endpointUrl(): string;
  /** Processes at one time over all functions; more invocations wait. Default 50. */
  processesMax?: number;
  compileCacheFolder?: string;
  /**
   * Where functions get folders for temporary files. It is the host's own: what a killed server left in it is removed.
   * Default: the system's folder, where nothing is removed but what this host made.
   */
  tempFolder?: string;
}
