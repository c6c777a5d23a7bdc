import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Clock, Ids } from '@riposte/engine';
import { ServiceError } from '@riposte/engine';
import { FunctionProcess } from './function-process.ts';
import type {
  CredentialsIssuer,
  FunctionConfiguration,
  FunctionHost,
  Invocation,
  InvocationResult,
  LogSink,
} from './ports/function-host.ts';

/** Runtimes this host can start, all on the Node.js that runs the server. */
const RUNTIMES = ['nodejs20.x', 'nodejs22.x', 'nodejs24.x', 'nodejs26.x'];

/** Milliseconds an idle process is kept warm. */
const IDLE_MS = 5 * 60_000;

/** Milliseconds that a process may take between its answer and its next request for work. */
const SETTLE_MS = 1_000;

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

/** @throws ServiceError InvalidParameterValueException for a runtime this server cannot start */
export function checkRuntime(runtime: string): void {
  if (RUNTIMES.includes(runtime)) return;
  throw new ServiceError(
    'InvalidParameterValueException',
    `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${RUNTIMES.join(', ')}] or be a valid ARN. This server has no other runtimes yet.`,
  );
}

/**
 * Runs functions in processes of their own: one process an invocation at a time, kept warm, never shared between two
 * configurations of a function.
 */
export function createFunctionHost(options: FunctionHostOptions): FunctionHost {
  if (options.tempFolder !== undefined) emptyFolder(options.tempFolder);
  return new ProcessPool(options);
}

function emptyFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // Something in it cannot be removed. New folders have new names, so it is in nobody's way.
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

interface PoolEntry {
  key: string;
  /** Taken for an invocation that has not begun yet. */
  reserved: boolean;
  cancelReap: () => void;
}

class ProcessPool implements FunctionHost {
  readonly #options: FunctionHostOptions;
  readonly #processes = new Map<FunctionProcess, PoolEntry>();
  /** Processes that have no credentials yet: they take a slot already. */
  #starting = 0;
  readonly #waiting: (() => void)[] = [];
  #closed = false;

  constructor(options: FunctionHostOptions) {
    this.#options = options;
  }

  get #processClock(): Clock {
    return this.#options.processClock ?? this.#options.clock;
  }

  async invoke(invocation: Invocation): Promise<InvocationResult> {
    checkRuntime(invocation.configuration.runtime);
    const claimed = await this.#claim(invocation);
    let result: InvocationResult;
    try {
      if (!claimed.hasEnded && !(await claimed.isCurrent())) claimed.kill();
      if (claimed.hasEnded) return this.invoke(invocation); // it ended between two invocations: take another
      if (invocation.signal?.aborted) {
        this.#release(claimed);
        throw withdrawn();
      }
      result = await claimed.invoke(invocation);
    } catch (error) {
      claimed.kill(); // else it would keep its slot, reserved for nobody
      throw error;
    }
    // Ended by close: the function gave no answer, and its caller must not take this for one.
    if (this.#closed && claimed.hasEnded && result.functionError !== undefined) throw shuttingDown();
    this.#release(claimed);
    return result;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const [process, { cancelReap }] of this.#processes) {
      cancelReap();
      process.kill();
    }
    await Promise.all([...this.#processes.keys()].map((process) => process.exited()));
    this.#wakeWaiting();
  }

  async #claim(invocation: Invocation): Promise<FunctionProcess> {
    const { configuration } = invocation;
    const key = keyOf(configuration);
    for (;;) {
      if (this.#closed) throw shuttingDown();
      if (invocation.signal?.aborted) throw withdrawn();
      let settling: FunctionProcess | undefined;
      for (const [process, entry] of this.#processes) {
        if (entry.key !== key || entry.reserved) continue;
        if (process.isSettling) settling = process;
        if (!process.isIdle) continue;
        entry.reserved = true;
        entry.cancelReap();
        return process;
      }
      if (settling) await this.#settledSoon(settling);
      else if (this.#processes.size + this.#starting < this.#processesMax)
        return this.#start(configuration, key);
      else await this.#slotMayBeFree();
    }
  }

  get #processesMax(): number {
    return this.#options.processesMax ?? 50;
  }

  /** All slots are taken: ends a process that nobody uses, or waits until something changes. */
  async #slotMayBeFree(): Promise<void> {
    const all = [...this.#processes];
    const isOneEnding = all.some(([process]) => process.hasEnded);
    const unused = all.filter(([, entry]) => !entry.reserved);
    const settling = unused.find(([process]) => process.isSettling)?.[0];
    const idle = unused.find(([process]) => process.isIdle)?.[0];
    // Its slot is free when it is gone, not when it is told to go.
    if (!isOneEnding && idle) idle.kill();
    else if (!isOneEnding && settling) return this.#settledSoon(settling);
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** All look again, in the order in which they came: which of them can go on is for them to find. */
  #wakeWaiting(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** A process that answered and hangs must not hold up the next invocation: after a moment it is given up. */
  async #settledSoon(process: FunctionProcess): Promise<void> {
    const clock = this.#processClock;
    const cancel = clock.wakeAt(clock.now() + SETTLE_MS, () => process.kill());
    await process.settled();
    cancel();
  }

  async #start(configuration: FunctionConfiguration, key: string): Promise<FunctionProcess> {
    this.#starting += 1;
    let process: FunctionProcess;
    try {
      process = await this.#create(configuration);
      this.#processes.set(process, { key, reserved: true, cancelReap: () => {} });
    } catch (error) {
      this.#wakeWaiting();
      throw error;
    } finally {
      this.#starting -= 1;
    }
    await process.start();
    return process;
  }

  async #create(configuration: FunctionConfiguration): Promise<FunctionProcess> {
    const { clock, ids, logs, credentials, codeFolderOf, endpointUrl, compileCacheFolder } = this.#options;
    const issued = await credentials.issue({
      roleArn: configuration.roleArn,
      functionName: configuration.functionName,
    });
    try {
      if (this.#closed) throw shuttingDown();
      const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
      const process: FunctionProcess = new FunctionProcess(configuration, {
        clock,
        processClock: this.#processClock,
        logs,
        credentials: issued,
        codeFolder: codeFolderOf(configuration.codeSha256),
        endpointUrl: endpointUrl(),
        logStream: `${day}/[$LATEST]${ids.uuid().replaceAll('-', '')}`,
        tempFolder: this.#options.tempFolder ?? tmpdir(),
        ...(compileCacheFolder !== undefined && { compileCacheFolder }),
        onExit: () => this.#forget(process),
      });
      return process;
    } catch (error) {
      issued.revoke();
      throw error;
    }
  }

  #release(process: FunctionProcess): void {
    const entry = this.#processes.get(process);
    if (entry) {
      entry.reserved = false;
      const clock = this.#processClock;
      entry.cancelReap = clock.wakeAt(clock.now() + IDLE_MS, () => process.kill());
    }
    this.#wakeWaiting();
  }

  #forget(process: FunctionProcess): void {
    this.#processes.get(process)?.cancelReap();
    this.#processes.delete(process);
    this.#wakeWaiting();
  }
}

function shuttingDown(): ServiceError {
  return new ServiceError('ServiceException', 'The server is shutting down.', 500);
}

function withdrawn(): ServiceError {
  return new ServiceError('ServiceException', 'The invocation was withdrawn; nobody waits for it.', 500);
}

/** A process may serve only invocations of exactly the configuration it was started with. */
function keyOf(configuration: FunctionConfiguration): string {
  return JSON.stringify([
    configuration.functionArn,
    configuration.codeSha256,
    configuration.runtime,
    configuration.handler,
    configuration.timeoutSeconds,
    configuration.memorySizeMb,
    configuration.roleArn,
    Object.entries(configuration.environment).sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
}
