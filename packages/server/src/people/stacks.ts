import type { AccountStore, AccountTransaction } from '@riposte/account';
import { Refusal } from './errors.ts';
import type { KeptStack, StackChange } from './shapes.ts';

const TYPE = 'riposte:stack';

interface StackKey {
  region: string;
  name: string;
}

/** What `riposte up` applied, kept beside the account that it was applied to; the record itself is not looked into. */
export class StackRecords {
  readonly #store: AccountStore;

  constructor(store: AccountStore) {
    this.#store = store;
  }

  /** By region, then by name. */
  list(): Promise<KeptStack[]> {
    return this.#store.transaction((transaction) => transaction.list<KeptStack>(TYPE));
  }

  /**
   * @returns the new revision
   * @throws Refusal 409 when `change` builds on another revision than the one that is kept
   */
  put(key: StackKey, { revision, record }: Partial<StackChange>): Promise<{ revision: number }> {
    if (record === undefined || record.name !== key.name || record.region !== key.region)
      throw new Refusal(
        400,
        'InvalidRequest',
        `The record must name the stack ${key.name} and the region ${key.region}, as the path does.`,
      );
    return this.#store.transaction((transaction) => {
      const next = refuseOther(transaction, key, revision) + 1;
      transaction.put(TYPE, idOf(key), { revision: next, record } satisfies KeptStack);
      return { revision: next };
    });
  }

  /** @throws Refusal 409 as `put` */
  async delete(key: StackKey, revision: number): Promise<void> {
    await this.#store.transaction((transaction) => {
      refuseOther(transaction, key, revision);
      transaction.delete(TYPE, idOf(key));
    });
  }
}

/** @returns the revision that is kept; 0 for none */
function refuseOther(transaction: AccountTransaction, key: StackKey, basedOn: number | undefined): number {
  const kept = transaction.get<KeptStack>(TYPE, idOf(key))?.revision ?? 0;
  if (kept === basedOn) return kept;
  throw new Refusal(
    409,
    'StackChanged',
    `The stack ${key.name} in ${key.region} has been changed by somebody else since it was read (revision ${kept}, this change builds on ${basedOn ?? 'none'}). Another up or down is at work on it; run this again when that has ended.`,
  );
}

function idOf({ region, name }: StackKey): string {
  return `${region}/${name}`;
}
