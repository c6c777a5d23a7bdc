import { Worker } from 'node:worker_threads';
import {
  evaluationOutOfMemory,
  evaluationTimedOut,
  type EvaluationReply,
  type EvaluationRequest,
} from '@riposte/asl';

/**
 * The service allows an expression one second. Twice that, so that a busy machine fails nothing that the service would
 * take.
 */
const DEADLINE_MS = 2_000;
/** Two, so that one hostile expression does not hold up those of others. */
const THREADS_MAX = 2;
/** Far above the 7 MB that a value may have; the thread's own code needs a good part of it. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 160, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 };

interface Waiting {
  request: EvaluationRequest;
  resolve: (reply: EvaluationReply) => void;
}

/**
 * Evaluates expressions that could stall, in threads that are killed at the limits of time and memory. Threads are
 * started when first needed and kept; they do not keep the process alive.
 */
export class ExpressionThreads {
  readonly #deadlineMs: number;
  readonly #threads = new Set<ExpressionThread>();
  readonly #waiting: Waiting[] = [];
  #isClosed = false;

  constructor({ deadlineMs = DEADLINE_MS }: { deadlineMs?: number } = {}) {
    this.#deadlineMs = deadlineMs;
  }

  evaluate(request: EvaluationRequest): Promise<EvaluationReply> {
    return new Promise((resolve) => {
      this.#waiting.push({ request, resolve });
      this.#handOut();
    });
  }

  /** Kills all threads. What they were at, and all that waits, is answered as an internal failure. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#threads].map((thread) => thread.kill({ type: 'internal' })));
    for (const { resolve } of this.#waiting.splice(0)) resolve({ type: 'internal' });
  }

  #handOut(): void {
    while (this.#waiting.length > 0 && !this.#isClosed) {
      const thread = this.#idle();
      if (thread === undefined) return;
      thread.take(this.#waiting.shift()!); // there is one
    }
  }

  #idle(): ExpressionThread | undefined {
    for (const thread of this.#threads) if (thread.isIdle) return thread;
    if (this.#threads.size >= THREADS_MAX) return undefined;
    const thread = new ExpressionThread({
      deadlineMs: this.#deadlineMs,
      freed: () => this.#handOut(),
      ended: () => {
        this.#threads.delete(thread);
        this.#handOut();
      },
    });
    this.#threads.add(thread);
    return thread;
  }
}

interface ThreadOptions {
  deadlineMs: number;
  freed: () => void;
  ended: () => void;
}

class ExpressionThread {
  readonly #deadlineMs: number;
  readonly #worker: Worker;
  readonly #freed: () => void;
  #isReady = false;
  #isEnding = false;
  #current: Waiting | undefined;
  #deadline: NodeJS.Timeout | undefined;

  constructor({ deadlineMs, freed, ended }: ThreadOptions) {
    this.#deadlineMs = deadlineMs;
    this.#freed = freed;
    this.#worker = new Worker(new URL('./expression-thread.ts', import.meta.url), {
      resourceLimits: RESOURCE_LIMITS,
    });
    this.#worker.unref();
    this.#worker.on('message', (message: EvaluationReply | 'ready') => this.#received(message));
    this.#worker.on('error', (error: NodeJS.ErrnoException) => {
      this.#answer(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? evaluationOutOfMemory : { type: 'internal' });
    });
    this.#worker.on('exit', () => {
      this.#isEnding = true;
      this.#answer({ type: 'internal' });
      ended();
    });
  }

  get isIdle(): boolean {
    return this.#current === undefined && !this.#isEnding;
  }

  take(waiting: Waiting): void {
    this.#current = waiting;
    this.#worker.ref();
    if (this.#isReady) this.#begin(waiting.request);
  }

  async kill(reply: EvaluationReply): Promise<void> {
    this.#isEnding = true;
    this.#answer(reply);
    await this.#worker.terminate();
  }

  #received(message: EvaluationReply | 'ready'): void {
    if (message !== 'ready') {
      this.#answer(message);
      this.#freed();
      return;
    }
    this.#isReady = true;
    if (this.#current) this.#begin(this.#current.request);
  }

  /** The clock starts when the thread can: its start is not the expression's time. */
  #begin(request: EvaluationRequest): void {
    this.#deadline = setTimeout(() => void this.kill(evaluationTimedOut), this.#deadlineMs);
    this.#worker.postMessage(request);
  }

  #answer(reply: EvaluationReply): void {
    clearTimeout(this.#deadline);
    const current = this.#current;
    this.#current = undefined;
    this.#worker.unref();
    current?.resolve(reply);
  }
}
