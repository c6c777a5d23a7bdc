import type { AccountStore } from '@riposte/account';
import { Refusal } from './errors.ts';

const TYPE = 'riposte:stack';

/** A stack's record as the templates room keeps it; the server stores it without looking inside. */
export interface KeptStack {
  name: string;
  [member: string]: unknown;
}

/** What `riposte up` applied, kept beside the account that it was applied to. */
export class StackRecords {
  readonly #store: AccountStore;

  constructor(store: AccountStore) {
    this.#store = store;
  }

  list(): Promise<KeptStack[]> {
    return this.#store.transaction((transaction) => transaction.list<KeptStack>(TYPE));
  }

  async get(name: string): Promise<KeptStack> {
    const found = await this.#store.transaction((transaction) => transaction.get<KeptStack>(TYPE, name));
    if (!found)
      throw new Refusal(
        404,
        'NotFound',
        `There is no stack named ${name}. riposte stacks lists those there are.`,
      );
    return found;
  }

  async put(name: string, record: unknown): Promise<void> {
    if (typeof record !== 'object' || record === null || (record as KeptStack).name !== name)
      throw new Refusal(400, 'InvalidRequest', `The record's name must be ${name}, as in the path.`);
    await this.#store.transaction((transaction) => transaction.put(TYPE, name, record));
  }

  async delete(name: string): Promise<void> {
    await this.#store.transaction((transaction) => transaction.delete(TYPE, name));
  }
}
