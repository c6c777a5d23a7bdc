import type { Retries } from './host/retries.ts';
import type { Store } from './ports/store.ts';
import type { StateMachines } from './state-machines.ts';

/** Machines in status DELETING: each is gone when its last execution has ended. */
export class Deletions {
  readonly #stateMachines: StateMachines;
  readonly #retries: Retries;
  readonly #deleting = new Set<string>();

  constructor(stateMachines: StateMachines, retries: Retries) {
    this.#stateMachines = stateMachines;
    this.#retries = retries;
  }

  /** Takes up what an earlier run left. */
  async start(store: Store): Promise<void> {
    for (const arn of await store.deletingStateMachines()) this.#begin(arn);
  }

  async delete(stateMachineArn: string): Promise<void> {
    if (await this.#stateMachines.delete(stateMachineArn)) this.#begin(stateMachineArn);
  }

  executionEnded(stateMachineArn: string): void {
    if (this.#deleting.has(stateMachineArn)) this.#finish(stateMachineArn);
  }

  #begin(arn: string): void {
    this.#deleting.add(arn);
    this.#finish(arn); // its executions may have ended meanwhile
  }

  #finish(arn: string): void {
    void this.#retries.untilDone(async () => {
      if (await this.#stateMachines.finishDeletion(arn)) this.#deleting.delete(arn);
    });
  }
}
