import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Clock } from '@riposte/engine';
import { ServiceError } from '@riposte/engine';
import { FunctionProcess } from './function-process.ts';
import type {
  FunctionConfiguration,
  FunctionHost,
  FunctionHostOptions,
  Invocation,
  InvocationResult,
  ProcessCredentials,
} from './ports/function-host.ts';
import { checkRuntime } from './runtimes.ts';
import { WaitingLine } from './waiting-line.ts';

/** Milliseconds an idle process is kept warm. */
const IDLE_MS = 5 * 60_000;

/** Milliseconds that a process may take between its answer and its next request for work. */
const SETTLE_MS = 1_000;

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
  functionArn: string;
  /** Taken for an invocation that has not begun yet. */
  reserved: boolean;
  /** It has answered and not come back: after a moment it is given up. */
  isAwaited: boolean;
  cancelReap: () => void;
}

/** An invocation that waits for a process. */
interface WaitingCall {
  configuration: FunctionConfiguration;
  key: string;
  serve(process: FunctionProcess | Promise<FunctionProcess>): void;
  refuse(reason: ServiceError): void;
}

class ProcessPool implements FunctionHost {
  readonly #options: FunctionHostOptions;
  readonly #processes = new Map<FunctionProcess, PoolEntry>();
  /** Processes that have no credentials yet: they take a slot already. */
  #starting = 0;
  readonly #line = new WaitingLine<WaitingCall>();
  #closed = false;

  constructor(options: FunctionHostOptions) {
    this.#options = options;
  }

  get #processClock(): Clock {
    return this.#options.processClock ?? this.#options.clock;
  }

  async invoke(invocation: Invocation): Promise<InvocationResult> {
    checkRuntime(invocation.configuration.runtime);
    for (let claim = this.#claim(invocation, 'last'); ;) {
      const claimed = await claim;
      try {
        if (!claimed.hasEnded && !(await claimed.isCurrent())) claimed.kill();
        if (claimed.hasEnded) {
          // It ended between two invocations: take another, in line before the place of this one is given back.
          claim = this.#claim(invocation, 'first');
          continue;
        }
        if (invocation.signal?.aborted) throw withdrawn();
        const result = await claimed.invoke(invocation);
        // Ended by close: the function gave no answer, and its caller must not take this for one.
        if (this.#closed && claimed.hasEnded && result.functionError !== undefined) throw shuttingDown();
        return result;
      } finally {
        this.#release(claimed);
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const call of this.#line.all()) call.refuse(shuttingDown());
    for (const [process, { cancelReap }] of this.#processes) {
      cancelReap();
      process.kill();
    }
    await Promise.all([...this.#processes.keys()].map((process) => process.exited()));
  }

  /**
   * Waits in line for a process, whose invocations until `#release` are the caller's.
   * @param place  among the calls of its function: first is who had a process that ended before it was of use
   */
  async #claim({ configuration, signal }: Invocation, place: 'first' | 'last'): Promise<FunctionProcess> {
    if (this.#closed) throw shuttingDown();
    if (signal?.aborted) throw withdrawn();
    const { functionArn } = configuration;
    return new Promise((resolve, reject) => {
      const call: WaitingCall = {
        configuration,
        key: keyOf(configuration),
        serve: (process) => {
          signal?.removeEventListener('abort', withdraw);
          resolve(process);
        },
        refuse: (reason) => {
          signal?.removeEventListener('abort', withdraw);
          this.#line.leave(functionArn, call);
          reject(reason);
        },
      };
      const withdraw = () => call.refuse(withdrawn());
      signal?.addEventListener('abort', withdraw);
      if (place === 'first') return this.#line.rejoin(functionArn, call); // served when its last place is given back
      this.#line.join(functionArn, call);
      this.#serveLine();
    });
  }

  /** Gives out what is free. Called whenever something may have become so. */
  #serveLine(): void {
    while (this.#line.firsts().some((call) => this.#serve(call)));
  }

  /** @returns whether the call got a process. If not, what it needs is on the way, or all slots are at work. */
  #serve(call: WaitingCall): boolean {
    const { configuration, key } = call;
    const own = [...this.#processes].filter(([, entry]) => entry.key === key && !entry.reserved);
    const idle = own.find(([process]) => process.isIdle);
    const settling = own.find(([process]) => process.isSettling);
    if (idle) {
      const [process, entry] = idle;
      entry.reserved = true;
      entry.cancelReap();
      this.#line.began(configuration.functionArn);
      call.serve(process);
      return true;
    }
    if (settling) this.#settleSoon(...settling);
    else if (this.#processes.size + this.#starting < this.#processesMax) {
      this.#line.began(configuration.functionArn);
      call.serve(this.#start(configuration, key));
      return true;
    } else this.#freeSlot();
    return false;
  }

  get #processesMax(): number {
    return this.#options.processesMax ?? 50;
  }

  /** All slots are taken: ends a process that nobody uses, rather one that nobody waits for. */
  #freeSlot(): void {
    const all = [...this.#processes];
    // Its slot is free when it is gone, not when it is told to go.
    if (all.some(([process]) => process.hasEnded)) return;
    const unused = all.filter(([, entry]) => !entry.reserved);
    const idle = unused.filter(([process]) => process.isIdle);
    const settling = unused.find(([process]) => process.isSettling);
    const ending = idle.find(([, { functionArn }]) => !this.#line.isWaiting(functionArn)) ?? idle[0];
    if (ending) ending[0].kill();
    else if (settling) this.#settleSoon(...settling);
  }

  /** A process that answered and hangs must not hold up the next invocation: after a moment it is given up. */
  #settleSoon(process: FunctionProcess, entry: PoolEntry): void {
    if (entry.isAwaited) return;
    entry.isAwaited = true;
    const clock = this.#processClock;
    const cancel = clock.wakeAt(clock.now() + SETTLE_MS, () => process.kill());
    void process.settled().then(() => {
      cancel();
      entry.isAwaited = false;
      this.#serveLine();
    });
  }

  async #start(configuration: FunctionConfiguration, key: string): Promise<FunctionProcess> {
    try {
      const process = await this.#create(configuration, key);
      await process.start();
      return process;
    } catch (error) {
      this.#gaveBack(configuration.functionArn);
      throw error;
    }
  }

  async #create(configuration: FunctionConfiguration, key: string): Promise<FunctionProcess> {
    const { functionArn, functionName, roleArn } = configuration;
    this.#starting += 1;
    try {
      const issued = await this.#options.credentials.issue({ roleArn, functionName });
      try {
        if (this.#closed) throw shuttingDown();
        const process = this.#processOf(configuration, issued);
        this.#processes.set(process, {
          key,
          functionArn,
          reserved: true,
          isAwaited: false,
          cancelReap: () => {},
        });
        return process;
      } catch (error) {
        issued.revoke();
        throw error;
      }
    } finally {
      this.#starting -= 1;
    }
  }

  #processOf(configuration: FunctionConfiguration, credentials: ProcessCredentials): FunctionProcess {
    const { clock, ids, logs, codeFolderOf, endpointUrl, compileCacheFolder } = this.#options;
    const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
    const process: FunctionProcess = new FunctionProcess(configuration, {
      clock,
      processClock: this.#processClock,
      logs,
      credentials,
      codeFolder: codeFolderOf(configuration.codeSha256),
      endpointUrl: endpointUrl(),
      logStream: `${day}/[$LATEST]${ids.uuid().replaceAll('-', '')}`,
      tempFolder: this.#options.tempFolder ?? tmpdir(),
      ...(compileCacheFolder !== undefined && { compileCacheFolder }),
      onExit: () => this.#forget(process),
    });
    return process;
  }

  /** The call of a function ended, or could not begin: its place is another's. */
  #gaveBack(functionArn: string): void {
    this.#line.ended(functionArn);
    this.#serveLine();
  }

  #release(process: FunctionProcess): void {
    const entry = this.#processes.get(process);
    if (process.isBusy) process.kill(); // its invocation could not begin: it would keep its slot, reserved for nobody
    if (entry) {
      entry.reserved = false;
      const clock = this.#processClock;
      entry.cancelReap = clock.wakeAt(clock.now() + IDLE_MS, () => process.kill());
    }
    this.#gaveBack(process.configuration.functionArn);
  }

  #forget(process: FunctionProcess): void {
    this.#processes.get(process)?.cancelReap();
    this.#processes.delete(process);
    this.#serveLine();
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
