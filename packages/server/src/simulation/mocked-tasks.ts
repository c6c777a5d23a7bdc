import type { TaskOutcome, TaskRunner } from '@riposte/engine';

/** What stands for one attempt of a Task state's work. */
export type MockedAttempt =
  | { /** The task's result, before ResultSelector. */ return: unknown }
  | { throw: { error: string; cause?: string } }
  /** The real work is done. */
  | { run: true };

/** By state name: for every attempt, or one for each; the last counts for all that follow. */
export type Mocks = Record<string, MockedAttempt | readonly MockedAttempt[]>;

/** Takes the place of the work of Task states by name. */
export class MockedTasks {
  #mocks: Mocks = {};
  readonly #used = new Set<string>();

  set(mocks: Mocks): void {
    this.#mocks = mocks;
  }

  unused(): string[] {
    return Object.keys(this.#mocks).filter((name) => !this.#used.has(name));
  }

  over(real: TaskRunner): TaskRunner {
    return {
      run: async (request, signal) => {
        const { stateName, attempt } = request.step;
        const mocked = this.#of(stateName, attempt);
        if (!mocked || 'run' in mocked) return real.run(request, signal);
        return outcomeOf(mocked);
      },
    };
  }

  #of(stateName: string, attempt: number): MockedAttempt | undefined {
    if (!Object.hasOwn(this.#mocks, stateName)) return undefined;
    this.#used.add(stateName);
    const attempts = [this.#mocks[stateName] ?? []].flat();
    return attempts[Math.min(attempt, attempts.length) - 1];
  }
}

function outcomeOf(mocked: Exclude<MockedAttempt, { run: true }>): TaskOutcome {
  return 'throw' in mocked
    ? { kind: 'failed', ...mocked.throw }
    : { kind: 'succeeded', output: JSON.stringify(mocked.return) };
}
