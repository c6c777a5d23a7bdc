import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NewCallRecord } from '@riposte/account';
import type { Execution } from '@riposte/engine';
import { Database, SqliteAccountStore } from '@riposte/store-sqlite';
import { callsOf, childrenOf } from '../src/people/execution-pages.ts';

const CALL: NewCallRecord = {
  id: '',
  timeMs: 0,
  region: 'us-east-1',
  service: 'sts',
  eventSource: 'sts.amazonaws.com',
  operation: 'GetCallerIdentity',
  access: 'read',
  userIdentity: { type: 'Root' },
  sourceIpAddress: '127.0.0.1',
  userAgent: 'test',
  resources: [],
  requestParameters: null,
  responseElements: null,
  requestId: 'r',
  verdict: 'allowed',
  executionArn: 'arn:busy',
};

test('all calls of an execution are read, oldest first, however many; or the newest only', async () => {
  const database = new Database(':memory:');
  const store = new SqliteAccountStore(database);
  const ids = Array.from({ length: 2001 }, (_, index) => `call-${index}`);
  await store.transaction((transaction) => {
    for (const id of ids) transaction.appendCall({ ...CALL, id });
    transaction.appendCall({ ...CALL, id: 'other', executionArn: 'arn:other' });
  });
  const idsOf = async (max?: number) => (await callsOf(store, 'arn:busy', max)).map(({ id }) => id);
  assert.deepEqual(await idsOf(), ids);
  assert.deepEqual(await idsOf(1), ids.slice(-1));
  assert.deepEqual(await idsOf(1500), ids.slice(-1500));
  assert.deepEqual(await callsOf(store, 'arn:idle'), []);
  database.close();
});

test('calls stand where they began, not where they ended; those of the same millisecond as they ended', async () => {
  const database = new Database(':memory:');
  const store = new SqliteAccountStore(database);
  const ended: [string, number][] = [
    ['ListUsers', 586],
    ['ListRoles', 586],
    ['Invoke', 202],
    ['Publish', 900],
  ];
  await store.transaction((transaction) => {
    for (const [id, timeMs] of ended) transaction.appendCall({ ...CALL, id, timeMs });
  });
  const idsOf = async (max?: number) => (await callsOf(store, 'arn:busy', max)).map(({ id }) => id);
  assert.deepEqual(await idsOf(), ['Invoke', 'ListUsers', 'ListRoles', 'Publish']);
  assert.deepEqual(await idsOf(3), ['Invoke', 'ListRoles', 'Publish']);
  database.close();
});

test('all children of an execution are read, page after page', async () => {
  const pages = [['a', 'b'], ['c'], []];
  const children = await childrenOf(
    {
      listExecutions: async (filter, { nextToken = '0' }) => {
        assert.deepEqual(filter, { parentArn: 'arn:parent' });
        const next = Number(nextToken) + 1;
        const executions = (pages[next - 1] ?? []).map((name) => ({ name }) as Execution); // all that is asked for
        return { executions, ...(next < pages.length && { nextToken: String(next) }) };
      },
    },
    'arn:parent',
  );
  assert.deepEqual(
    children.map(({ name }) => name),
    ['a', 'b', 'c'],
  );
});
