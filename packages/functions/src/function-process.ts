import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@riposte/engine';
import { logGroupOf, processEnvironment } from './environment.ts';
import { InvocationLog } from './invocation-log.ts';
import { reportLines } from './invocation-report.ts';
import type {
  FunctionConfiguration,
  Invocation,
  InvocationResult,
  LogSink,
  ProcessCredentials,
} from './ports/function-host.ts';
import { RuntimeApi } from './runtime-api.ts';
import { killGroup, startRuntime } from './runtime-child.ts';
import { exited, failure, responseTooLarge, type SandboxError, timedOut } from './sandbox-errors.ts';

/** Seconds that loading the function may take on top of its own timeout. Lambda's init phase has the same bound. */
const INIT_SECONDS_MAX = 10;

/** Milliseconds to wait for output after the answer; a process that was left behind may hold the pipe open for ever. */
const OUTPUT_WAIT_MS = 1_000;

type Answer = Pick<InvocationResult, 'payload' | 'functionError'>;

interface Running {
  invocation: Invocation;
  log: InvocationLog;
  startedMs: number;
  /** Known before the log is complete. */
  answer?: Answer;
  /** When the answer is the sandbox's own. */
  error?: SandboxError;
  resolve(result: InvocationResult): void;
}

export interface ProcessSurroundings {
  /** What time it is. */
  clock: Clock;
  /** Measures how long things take. */
  processClock: Clock;
  logs: LogSink;
  credentials: ProcessCredentials;
  /** The function's unpacked code. Never written to. */
  codeFolder: string;
  endpointUrl: string;
  logStream: string;
  /** Where the process gets a folder for its temporary files. */
  tempFolder: string;
  /** Where V8's compile cache lies; shared by all functions. */
  compileCacheFolder?: string;
  onExit(): void;
}

/**
 * One function process: takes one invocation at a time, warm in between, killed with its whole process group when an
 * invocation runs out of time. Its life ends with the server's, however that ends: a pipe it holds closes.
 */
export class FunctionProcess {
  readonly configuration: FunctionConfiguration;
  readonly #around: ProcessSurroundings;
  readonly #api: RuntimeApi;
  readonly #tempFolder: string;
  #child: ChildProcess | undefined;
  #running: Running | undefined;
  #stopTimer: () => void = () => {};
  #stopExitTimer: () => void = () => {};
  #ended = false;
  #killed = false;
  /** The runtime waits for its next invocation. */
  #ready = false;
  readonly #onSettled: (() => void)[] = [];
  readonly #onExited: (() => void)[] = [];

  constructor(configuration: FunctionConfiguration, around: ProcessSurroundings) {
    this.configuration = configuration;
    this.#around = around;
    this.#tempFolder = mkdtempSync(join(around.tempFolder, 'riposte-function-'));
    this.#api = new RuntimeApi({
      onReady: () => {
        this.#ready = true;
        this.#settle();
      },
      onInitError: (payload) => this.#finish({ payload, functionError: 'Unhandled' }),
    });
  }

  /** Started, waiting for work, and able to take it. */
  get isIdle(): boolean {
    return this.#ready && !this.isBusy && !this.hasEnded;
  }

  /** Has answered, but neither come back for more nor ended: a runtime that crashed answers first, then exits. */
  get isSettling(): boolean {
    return !this.#ready && !this.isBusy && !this.hasEnded;
  }

  /** Has an invocation that has not ended. */
  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  get hasEnded(): boolean {
    return this.#ended || this.#killed;
  }

  /** Whether its credentials still stand for its role. */
  isCurrent(): Promise<boolean> {
    return this.#around.credentials.isCurrent();
  }

  /** Resolves when the process has come back for its next invocation, or ended. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      if (this.isSettling) this.#onSettled.push(resolve);
      else resolve();
    });
  }

  /** @throws Error when it cannot be started; it has ended then */
  async start(): Promise<void> {
    try {
      const runtimeApi = await this.#api.listen();
      if (this.#killed) this.#end(null, 'SIGKILL');
      else this.#spawn(runtimeApi);
    } catch (error) {
      this.#end(null, String(error));
      throw error;
    }
  }

  #spawn(runtimeApi: string): void {
    const { configuration } = this;
    const { credentials, codeFolder, endpointUrl, logStream, compileCacheFolder = '' } = this.#around;
    const child = startRuntime({
      codeFolder,
      compileCacheFolder,
      memorySizeMb: configuration.memorySizeMb,
      environment: processEnvironment({
        configuration,
        credentials,
        runtimeApi,
        codeFolder,
        endpointUrl,
        logStream,
        tempFolder: this.#tempFolder,
      }),
    });
    this.#child = child;
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.on('data', (chunk: Buffer) => {
        this.#running?.log.write(stream, chunk);
        this.#completeIfDone();
      });
    }
    child.on('error', (error) => this.#end(null, error.message));
    // 'close' comes after the last output was read, so nothing that was printed is lost. It never comes when a process
    // that left the group holds the pipes.
    child.on('close', (code, signal) => this.#end(code, signal));
    child.on('exit', (code, signal) => {
      const { processClock } = this.#around;
      this.#stopExitTimer = processClock.wakeAt(processClock.now() + OUTPUT_WAIT_MS, () =>
        this.#end(code, signal),
      );
    });
  }

  /** Runs one invocation. The process must be idle. */
  invoke(invocation: Invocation): Promise<InvocationResult> {
    const { clock, processClock } = this.#around;
    const log = new InvocationLog(invocation.requestId, () => clock.now());
    const timeoutMs = this.configuration.timeoutSeconds * 1000;
    return new Promise((resolve) => {
      this.#running = {
        invocation,
        log,
        startedMs: processClock.now(),
        resolve,
      };
      log.add(`START RequestId: ${invocation.requestId} Version: $LATEST`);
      this.#around.credentials.attributeTo(invocation.step, invocation.simulated);
      this.#killAt(processClock.now() + INIT_SECONDS_MAX * 1000 + timeoutMs);
      this.#api.offer({
        requestId: invocation.requestId,
        payload: invocation.payload,
        functionArn: this.configuration.functionArn,
        deadlineMs: () => clock.now() + timeoutMs,
        ...(clock !== processClock && { nowMs: () => clock.now() }),
        ...(invocation.clientContext !== undefined && { clientContext: invocation.clientContext }),
        onTaken: () => {
          this.#ready = false;
          if (this.#running) this.#running.startedMs = processClock.now();
          this.#killAt(processClock.now() + timeoutMs);
        },
        onAnswer: ({ payload, isError, tooLarge }) => {
          if (tooLarge) this.#failWith(responseTooLarge());
          else
            this.#finish(
              isError
                ? { payload, functionError: 'Unhandled' }
                : { payload: payload === '' ? 'null' : payload },
            );
        },
      });
    });
  }

  /** Kills the process and all that it started. */
  kill(): void {
    if (this.#ended) return;
    this.#killed = true;
    if (this.#child) killGroup(this.#child);
  }

  /** Resolves when the process is gone. */
  exited(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#ended) resolve();
      else this.#onExited.push(resolve);
    });
  }

  #killAt(atMs: number): void {
    this.#stopTimer();
    this.#stopTimer = this.#around.processClock.wakeAt(atMs, () => {
      const running = this.#running;
      if (!running) return;
      this.kill();
      this.#failWith(timedOut(running.invocation.requestId, this.configuration.timeoutSeconds));
    });
  }

  #failWith(error: SandboxError): void {
    if (this.#running && !this.#running.answer) this.#running.error = error;
    this.#finish(failure(error));
  }

  /** Takes the answer; the invocation ends when its output is complete as well. The first answer counts. */
  #finish(answer: Answer): void {
    const running = this.#running;
    if (!running || running.answer) return;
    running.answer = answer;
    this.#stopTimer();
    this.#around.credentials.attributeTo(undefined);
    const { processClock } = this.#around;
    this.#stopTimer = processClock.wakeAt(processClock.now() + OUTPUT_WAIT_MS, () => this.#complete());
    this.#completeIfDone();
  }

  #completeIfDone(): void {
    if (this.#running?.answer && (this.#running.log.isComplete || this.#ended)) this.#complete();
  }

  #complete(): void {
    const running = this.#running;
    if (!running?.answer) return;
    this.#stopTimer();
    this.#running = undefined;
    running.resolve({ ...running.answer, ...this.#report(running) });
  }

  #end(code: number | null, signal: string | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopExitTimer();
    this.#settle();
    this.#around.credentials.revoke();
    const running = this.#running;
    if (running) this.#failWith(exited(running.invocation.requestId, code, signal));
    this.#completeIfDone();
    this.#api.close();
    this.#removeTempFolder();
    this.#around.onExit();
    for (const resolve of this.#onExited) resolve();
  }

  #removeTempFolder(): void {
    try {
      rmSync(this.#tempFolder, { recursive: true, force: true });
    } catch {
      // The function made something in it that cannot be removed. That is no reason to stop the server.
    }
  }

  #settle(): void {
    for (const resolve of this.#onSettled.splice(0)) resolve();
  }

  #report({ invocation, log, startedMs, error }: Running): { logTail: string; durationMs: number } {
    const { clock, processClock, logs, logStream } = this.#around;
    const durationMs = Math.max(0, processClock.now() - startedMs);
    const lines = reportLines({
      requestId: invocation.requestId,
      endedMs: clock.now(),
      durationMs,
      memorySizeMb: this.configuration.memorySizeMb,
      ...(error && { error }),
    });
    for (const line of lines) log.add(line);
    const { events, tail } = log.end();
    logs.append({
      region: this.configuration.region,
      logGroup: logGroupOf(this.configuration),
      logStream,
      events,
    });
    return { logTail: tail, durationMs };
  }
}
