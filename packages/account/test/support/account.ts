import { createHash } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { Ids, StepReference } from '@riposte/engine';
import { accountOperations, type AccountTransaction, type CallContext, type Caller } from '@riposte/account';
import { Database, SqliteAccountStore } from '@riposte/store-sqlite';

export const ACCOUNT = '000000000000';

export const administrator = {
  kind: 'administrator',
  account: ACCOUNT,
  arn: `arn:aws:iam::${ACCOUNT}:root`,
  accessKeyId: 'test',
} as const satisfies Caller;

export const step: StepReference = {
  executionArn: `arn:aws:states:us-east-1:${ACCOUNT}:execution:Respond:one`,
  executionName: 'one',
  stateMachineArn: `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:Respond`,
  simulated: false,
  stateName: 'Notify',
  visit: 7,
  attempt: 1,
  taskId: 'task-1',
};

/** Ids that count: the same in every run. */
function countingIds(): Ids {
  let count = 0;
  const text = () => createHash('sha256').update(String(count++)).digest('hex');
  return {
    uuid: () => text().replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5'),
    secret: () => text(),
    uniform: () => 0.5,
  };
}

export interface Account {
  store: SqliteAccountStore;
  /** Where time stands; tests move it. */
  now: number;
  /** Calls an operation as the gateway does after it has allowed it. */
  call(operation: string, input?: object, options?: { as?: Caller; region?: string }): Promise<Answer>;
  context(options?: { as?: Caller; region?: string }): CallContext;
  inTransaction<T>(work: (transaction: AccountTransaction) => T): Promise<T>;
}

/** Looked into with `at`. */
type Answer = Record<string, unknown>;

export function openAccount(t: TestContext): Account {
  const database = new Database(':memory:');
  t.after(() => database.close());
  const store = new SqliteAccountStore(database);
  const ids = countingIds();
  const account: Account = {
    store,
    now: Date.parse('2026-11-23T06:00:00Z'),
    inTransaction: (work) => store.transaction(work),
    context: ({ as = administrator, region = 'us-east-1' } = {}) => ({
      account: ACCOUNT,
      region,
      nowMs: account.now,
      ids,
      caller: as,
      requestId: ids.uuid(),
    }),
    call(name, input = {}, options = {}) {
      const operation = accountOperations.find((one) => `${one.service}:${one.name}` === name);
      if (!operation) throw new Error(`There is no operation ${name}.`);
      return store.transaction(
        // the list of operations has forgotten the type of their inputs
        (transaction) => operation.handle(transaction, account.context(options), input as never) as Answer,
      );
    },
  };
  return account;
}

/** The value at `Member.Member.0`; undefined where there is none. */
export function at(answer: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], answer);
}

/** An expectation for `assert.rejects`. */
export function refusal(code: string, status: number, message?: string | RegExp) {
  return { code, status, ...(message !== undefined && { message }) };
}
