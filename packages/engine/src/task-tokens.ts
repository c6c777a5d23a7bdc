import { checkTaskOutput } from './checks.ts';
import type { ExecutionLoop } from './host/execution-loop.ts';
import { checkTokenFound, tokenAnswered, tokenHeartbeat, type TaskAnswer } from './host/signals.ts';
import type { ExecutionHost } from './ports/execution-host.ts';
import { ServiceError } from './ports/service-error.ts';
import type { Store } from './ports/store.ts';

/** Answers from outside, by the token that a task was given. */
export class TaskTokens {
  readonly #store: Store;
  readonly #loop: ExecutionLoop;

  constructor(store: Store, loop: ExecutionLoop) {
    this.#store = store;
    this.#loop = loop;
  }

  async succeed({ taskToken, output }: Parameters<ExecutionHost['sendTaskSuccess']>[0]): Promise<void> {
    checkTaskOutput(output);
    await this.#answer(taskToken, { kind: 'succeeded', output });
  }

  fail({ taskToken, ...reason }: Parameters<ExecutionHost['sendTaskFailure']>[0]): Promise<void> {
    return this.#answer(taskToken, { kind: 'failed', ...reason });
  }

  async heartbeat({ taskToken }: Parameters<ExecutionHost['sendTaskHeartbeat']>[0]): Promise<void> {
    const { executionArn, effectId } = await this.#find(taskToken);
    await this.#loop.deliver(executionArn, tokenHeartbeat(effectId));
  }

  async #answer(taskToken: string, outcome: TaskAnswer): Promise<void> {
    const { executionArn, effectId } = await this.#find(taskToken);
    await this.#loop.deliver(executionArn, tokenAnswered(effectId, outcome));
  }

  async #find(taskToken: string) {
    const found = checkTokenFound(await this.#store.findByToken(taskToken));
    if (found.activityArn !== undefined && !(await this.#store.resource(found.activityArn)))
      throw new ServiceError('TaskDoesNotExist', `Task Does Not Exist: '${found.activityArn}'`);
    return found;
  }
}
