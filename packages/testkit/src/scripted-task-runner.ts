import type { TaskOutcome, TaskRequest, TaskRunner } from '@riposte/engine';

type Script = (request: TaskRequest, signal: AbortSignal) => TaskOutcome | Promise<TaskOutcome>;

/** Answers tasks as a test says, and records what it was asked. */
export class ScriptedTaskRunner implements TaskRunner {
  /** In order, repetitions after a crash included. */
  readonly requests: TaskRequest[] = [];
  readonly #script: Script;

  constructor(script: Script) {
    this.#script = script;
  }

  async run(request: TaskRequest, signal: AbortSignal): Promise<TaskOutcome> {
    this.requests.push(request);
    return this.#script(request, signal);
  }

  /** The distinct attempts, in the order in which they were first asked for. */
  get taskIds(): string[] {
    return [...new Set(this.requests.map(({ step }) => step.taskId))];
  }
}

/** A task that never answers by itself; its promise ends when it is aborted. */
export function untilAborted(signal: AbortSignal): Promise<TaskOutcome> {
  return new Promise((resolve) => {
    const end = () => resolve({ kind: 'failed', error: 'Aborted' });
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
