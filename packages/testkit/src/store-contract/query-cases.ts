import assert from 'node:assert/strict';
import type { ExecutionFilter, StateMachine, Store } from '@riposte/engine';
import type { StoreCase } from '../store-contract.ts';
import { arnOf, change, creation, events, MACHINE, NOW_MS, task } from './transitions.ts';

const SUCCEEDED = { status: 'SUCCEEDED', nextEventId: 2, stopDate: NOW_MS } as const;

async function names(store: Store, filter: ExecutionFilter, limit = 100): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list(filter, { limit, ...(cursor !== undefined && { cursor }) });
    assert.ok(page.executions.length <= limit);
    found.push(...page.executions.map(({ name }) => name));
    cursor = page.next;
  } while (cursor !== undefined);
  return found;
}

function machine(name: string): StateMachine {
  return {
    stateMachineArn: `${MACHINE}-${name}`,
    name,
    type: 'STANDARD',
    definition: '{"StartAt":"A"}',
    roleArn: 'arn:aws:iam::123456789012:role/contract',
    creationDate: NOW_MS,
    updateDate: NOW_MS,
  };
}

export const queryCases: Record<string, StoreCase> = {
  'history is paged in both directions, whatever was committed together': async ({ store }) => {
    await store.commit([
      creation('a', { events: events(1, 250) }),
      change('a', 1, { events: events(251, 251) }),
      change('a', 2, { events: events(252, 260) }),
    ]);
    const ids = async (from: number | undefined, limit: number, reverse: boolean) => {
      const page = { limit, reverse, ...(from !== undefined && { from }) };
      return (await store.history(arnOf('a'), page)).map(({ id }) => id);
    };
    assert.deepEqual(await ids(undefined, 3, false), [1, 2, 3]);
    assert.deepEqual(await ids(99, 4, false), [99, 100, 101, 102]);
    assert.deepEqual(await ids(250, 4, false), [250, 251, 252, 253]);
    assert.deepEqual(await ids(259, 4, false), [259, 260]);
    assert.deepEqual(await ids(261, 4, false), []);
    assert.deepEqual(await ids(undefined, 3, true), [260, 259, 258]);
    assert.deepEqual(await ids(252, 4, true), [252, 251, 250, 249]);
    assert.deepEqual(await ids(2, 4, true), [2, 1]);
    assert.equal((await ids(undefined, 1000, false)).length, 260);
  },

  'history comes back as it was given': async ({ store }) => {
    const given = {
      ...events(1, 1)[0]!, // one was asked for
      stateEnteredEventDetails: { name: 'Ä', input: '{"x":"\u2028"}', inputDetails: { truncated: false } },
    };
    await store.commit([creation('a', { events: [given] })]);
    assert.deepEqual(await store.history(arnOf('a'), { limit: 5, reverse: false }), [given]);
  },

  'executions are listed newest first, page by page, by every filter': async ({ store }) => {
    const parent = { executionArn: arnOf('a'), stateName: 'S', taskId: 't' };
    await store.commit([
      creation('a'),
      creation('b', {}, { origin: { simulated: true, eventId: 'e1' } }),
      creation('c', { head: SUCCEEDED }),
      creation('d', {}, { origin: { simulated: false, eventId: 'e1', parent } }),
      creation('e', {}, { stateMachineArn: `${MACHINE}-other` }),
    ]);
    assert.deepEqual(await names(store, {}, 2), ['e', 'd', 'c', 'b', 'a']);
    assert.deepEqual(await names(store, { stateMachineArn: MACHINE }, 1), ['d', 'c', 'b', 'a']);
    assert.deepEqual(await names(store, { status: 'SUCCEEDED' }), ['c']);
    assert.deepEqual(await names(store, { stateMachineArn: MACHINE, status: 'RUNNING' }), ['d', 'b', 'a']);
    assert.deepEqual(await names(store, { eventId: 'e1' }), ['d', 'b']);
    assert.deepEqual(await names(store, { parentArn: arnOf('a') }), ['d']);
    assert.deepEqual((await store.describe(arnOf('d')))?.origin, { simulated: false, eventId: 'e1', parent });
  },

  'a purge forgets what ended long ago, with all that belongs to it': async ({ store }) => {
    const long = { ...SUCCEEDED, stopDate: NOW_MS - 1000 };
    await store.commit([
      creation('old', { effects: [task('t', { taskToken: 'tok' })] }, { requestKey: 'key' }),
      change('old', 1, { head: long }),
      creation('new', { head: SUCCEEDED }),
      creation('open'),
    ]);
    assert.equal(await store.purge(NOW_MS), 1);
    assert.deepEqual(await names(store, {}), ['open', 'new']);
    assert.deepEqual(await store.history(arnOf('old'), { limit: 5, reverse: false }), []);
    assert.equal(await store.findByToken('tok'), undefined);
    assert.equal(await store.findByRequestKey('key'), undefined);
    assert.deepEqual(await store.commit([creation('old')]), ['applied']);
  },

  'state machines are kept by compare and set': async ({ store, crash }) => {
    const first = machine('first');
    assert.equal(await store.saveStateMachine(first, 'eu-west-1', 0), true);
    assert.equal(await store.saveStateMachine(first, 'eu-west-1', 0), false);
    const changed = { ...first, roleArn: 'arn:aws:iam::123456789012:role/other', revisionId: 'r1' };
    assert.equal(await store.saveStateMachine(changed, 'eu-west-1', 1), true);
    assert.equal(await store.saveStateMachine(first, 'eu-west-1', 1), false);
    const reopened = await crash();
    assert.deepEqual(await reopened.stateMachine(first.stateMachineArn), {
      stateMachine: changed,
      revision: 2,
    });
    await reopened.removeStateMachine(first.stateMachineArn);
    await reopened.removeStateMachine(first.stateMachineArn);
    assert.equal(await reopened.stateMachine(first.stateMachineArn), undefined);
  },

  'state machines are listed by name within their region': async ({ store }) => {
    for (const name of ['c', 'a', 'b']) await store.saveStateMachine(machine(name), 'eu-west-1', 0);
    await store.saveStateMachine(machine('z'), 'us-east-1', 0);
    const first = await store.listStateMachines('eu-west-1', { limit: 2 });
    assert.deepEqual(
      first.stateMachines.map(({ name }) => name),
      ['a', 'b'],
    );
    const second = await store.listStateMachines('eu-west-1', { limit: 2, cursor: first.next ?? '' });
    assert.deepEqual(
      second.stateMachines.map(({ name }) => name),
      ['c'],
    );
    assert.equal(second.next, undefined);
  },
};
