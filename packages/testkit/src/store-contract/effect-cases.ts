import assert from 'node:assert/strict';
import type { Effect, Store } from '@riposte/engine';
import type { StoreCase } from '../store-contract.ts';
import { arnOf, change, creation, NOW_MS, task, timer } from './transitions.ts';

const ALL = { tasks: 100, timers: 100, mapRuns: 0 };
const lease = (worker: string, untilMs: number) => ({ worker, untilMs });

async function claimIds(store: Store, worker: string, nowMs: number, leaseMs = 1000): Promise<string[]> {
  return (await store.claim(lease(worker, nowMs + leaseMs), nowMs, ALL)).map(({ id }: Effect) => id);
}

export const effectCases: Record<string, StoreCase> = {
  'effects are handed out when they are due, oldest first, with all they carry': async ({ store }) => {
    const effects = [
      timer('second', NOW_MS + 20),
      timer('first', NOW_MS + 10),
      task('work', { taskToken: 'tok' }),
    ];
    await store.commit([creation('a', { effects })]);
    assert.equal(await store.nextDueMs('timer', 'w'), NOW_MS + 10);
    assert.equal(await store.nextDueMs('task', 'w'), NOW_MS);
    const [work, ...none] = await store.claim(lease('w', NOW_MS + 1000), NOW_MS, ALL);
    assert.deepEqual(none, []);
    assert.deepEqual(work, { ...task('work', { taskToken: 'tok' }), executionArn: arnOf('a') });
    assert.deepEqual(await claimIds(store, 'w', NOW_MS + 30), ['first', 'second']);
    assert.equal(await store.nextDueMs('timer', 'w'), undefined);
  },

  'each kind is limited by itself': async ({ store }) => {
    await store.commit([creation('a', { effects: [task('x'), task('y'), timer('t', NOW_MS)] })]);
    const claimed = await store.claim(lease('w', NOW_MS + 1), NOW_MS, { tasks: 1, timers: 0, mapRuns: 0 });
    assert.deepEqual(
      claimed.map(({ kind }) => kind),
      ['task'],
    );
  },

  'a claimed effect is nobody else’s until the lease ends': async ({ store }) => {
    await store.commit([creation('a', { effects: [task('t')] })]);
    assert.deepEqual(await claimIds(store, 'one', NOW_MS), ['t']);
    assert.deepEqual(await claimIds(store, 'two', NOW_MS + 999), []);
    assert.equal(await store.nextDueMs('task', 'two'), NOW_MS + 1000);
    assert.equal(await store.nextDueMs('task', 'one'), undefined);
    assert.deepEqual(await claimIds(store, 'two', NOW_MS + 1000), ['t']);
  },

  'an effect can be born claimed': async ({ store }) => {
    await store.commit([creation('a', { effects: [task('t', { claim: lease('one', NOW_MS + 50) })] })]);
    assert.deepEqual(await claimIds(store, 'two', NOW_MS), []);
    assert.deepEqual(await claimIds(store, 'two', NOW_MS + 50), ['t']);
  },

  'a worker extends its own leases, or gives them back': async ({ store }) => {
    await store.commit([
      creation('a', { effects: [task('x'), task('y', { claim: lease('two', NOW_MS + 10) })] }),
    ]);
    assert.deepEqual(await claimIds(store, 'one', NOW_MS, 10), ['x']);
    await store.extend(lease('one', NOW_MS + 500));
    assert.deepEqual(await claimIds(store, 'three', NOW_MS + 20), ['y']);
    await store.extend(lease('one', NOW_MS));
    assert.deepEqual(await claimIds(store, 'three', NOW_MS + 20), ['x']);
  },

  'a claimed effect without an answer is handed out again after a crash, with the same id': async ({
    store,
    crash,
  }) => {
    await store.commit([creation('a', { effects: [task('t')] })]);
    const hour = 3_600_000;
    assert.deepEqual(await claimIds(store, 'dead', NOW_MS, hour), ['t']);
    const reopened = await crash();
    // at once where the store knows that nobody else can have it open, else when the lease ends
    const due = (await reopened.nextDueMs('task', 'alive')) ?? Number.NaN;
    assert.ok(due <= NOW_MS + hour);
    assert.deepEqual(await claimIds(reopened, 'alive', due), ['t']);
  },

  'a parked effect waits, stays open and can be consumed': async ({ store, crash }) => {
    await store.commit([creation('a', { effects: [task('t', { taskToken: 'tok' })] })]);
    assert.deepEqual(await store.commit([change('a', 1, { parks: { effectId: 't' } })]), ['applied']);
    assert.equal(await store.nextDueMs('task', 'w'), undefined);
    const reopened = await crash();
    assert.deepEqual(await claimIds(reopened, 'w', NOW_MS + 10_000_000), []);
    assert.deepEqual((await reopened.load(arnOf('a')))?.effects, [
      { ...task('t', { taskToken: 'tok' }), executionArn: arnOf('a'), parked: { effectId: 't' } },
    ]);
    assert.deepEqual(await reopened.commit([change('a', 2, { consumes: 't' })]), ['applied']);
  },

  'a parked effect is found by the child that it waits for': async ({ store }) => {
    const parks = { effectId: 't', childArn: arnOf('child') };
    await store.commit([creation('a', { effects: [task('t')] }), change('a', 1, { parks })]);
    assert.deepEqual(await store.waitingFor(arnOf('other')), []);
    const expected = [{ ...task('t'), executionArn: arnOf('a'), parked: parks }];
    assert.deepEqual(await store.waitingFor(arnOf('child')), expected);
    assert.deepEqual(await store.waitingFor(), expected);
    await store.commit([change('a', 2, { consumes: 't' })]);
    assert.deepEqual(await store.waitingFor(), []);
  },

  'an effect with a known id replaces the earlier one': async ({ store }) => {
    await store.commit([creation('a', { effects: [timer('beat', NOW_MS + 10)] })]);
    assert.deepEqual(await claimIds(store, 'w', NOW_MS + 10), ['beat']);
    await store.commit([change('a', 1, { effects: [timer('beat', NOW_MS + 90)] })]);
    assert.deepEqual(await claimIds(store, 'w', NOW_MS + 80), []);
    assert.deepEqual(await claimIds(store, 'w', NOW_MS + 90), ['beat']);
  },

  'a cancelled effect is never handed out': async ({ store }) => {
    await store.commit([creation('a', { effects: [task('x'), task('y')] })]);
    await store.commit([change('a', 1, { cancelled: ['x', 'unknown'] })]);
    assert.deepEqual(await claimIds(store, 'w', NOW_MS), ['y']);
  },

  'a token finds its task, and tells a closed one from an unknown one': async ({ store }) => {
    await store.commit([creation('a', { effects: [task('t', { taskToken: 'tok' })] })]);
    const found = { executionArn: arnOf('a'), effectId: 't' };
    assert.deepEqual(await store.findByToken('tok'), { ...found, open: true });
    await store.commit([change('a', 1, { consumes: 't', effects: [task('t', { taskToken: 'next' })] })]);
    assert.deepEqual(await store.findByToken('tok'), { ...found, open: false });
    assert.deepEqual(await store.findByToken('next'), { ...found, open: true });
    assert.equal(await store.findByToken('never'), undefined);
  },

  'an open execution without an effect is stuck': async ({ store }) => {
    const ended = { head: { status: 'SUCCEEDED', nextEventId: 2, stopDate: NOW_MS } } as const;
    await store.commit([
      creation('waits', { effects: [timer('t', NOW_MS)] }),
      creation('parked', { effects: [task('t')] }),
      change('parked', 1, { parks: { effectId: 't' } }),
      creation('ended', ended),
      creation('hangs'),
    ]);
    assert.deepEqual(await store.stuck(), [arnOf('hangs')]);
  },
};
