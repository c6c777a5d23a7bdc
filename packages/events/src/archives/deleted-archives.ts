import type { EventContext } from '../context.ts';
import type { DueWork } from '../due-runner.ts';

/** Events of one transaction: what else is to be written does not wait long. */
const BATCH = 500;

/** Forgets the events of archives that were deleted, some at a time; after a crash it goes on with what is left. */
export class DeletedArchives implements DueWork {
  readonly #context: EventContext;

  constructor(context: EventContext) {
    this.#context = context;
  }

  /** In the past while there is more to forget. */
  async nextMs(): Promise<number | undefined> {
    return (await this.#context.store.hasDeletedArchives()) ? 0 : undefined;
  }

  async fireDue(): Promise<void> {
    if (await this.#context.store.hasDeletedArchives())
      await this.#context.store.forgetDeletedArchives(BATCH);
  }
}
