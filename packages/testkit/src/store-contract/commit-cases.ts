import assert from 'node:assert/strict';
import type { StoreCase } from '../store-contract.ts';
import { arnOf, change, creation, events, NOW_MS, task, timer } from './transitions.ts';

export const commitCases: Record<string, StoreCase> = {
  'an execution is created once; its name is taken then': async ({ store }) => {
    assert.deepEqual(await store.commit([creation('a'), creation('a')]), ['applied', 'stale']);
    assert.deepEqual(await store.commit([creation('a')]), ['stale']);
    const stored = await store.load(arnOf('a'));
    assert.equal(stored?.revision, 1);
    assert.equal(stored?.nextEventId, 2);
    assert.deepEqual(stored?.execution, {
      ...creation('a').created,
      status: 'RUNNING',
      nextEventId: 2,
    });
  },

  'a request key is taken by its first execution': async ({ store }) => {
    const keyed = (name: string) => creation(name, {}, { requestKey: 'delivery-1' });
    assert.deepEqual(await store.commit([keyed('a'), keyed('b'), creation('c')]), [
      'applied',
      'stale',
      'applied',
    ]);
    assert.equal(await store.findByRequestKey('delivery-1'), arnOf('a'));
    assert.equal(await store.findByRequestKey('delivery-2'), undefined);
    assert.equal(await store.describe(arnOf('b')), undefined);
  },

  'a stale transition writes nothing, and those beside it are applied': async ({ store }) => {
    await store.commit([creation('a', { effects: [timer('t', NOW_MS)] }), creation('b')]);
    const stale = change('a', 7, {
      head: { status: 'FAILED', nextEventId: 3, stopDate: NOW_MS },
      events: events(2, 2),
      records: new Map([['scope', '{}']]),
      effects: [task('late')],
      cancelled: ['t'],
    });
    const beside = change('b', 1, { records: new Map([['scope', '{"ok":true}']]) });
    assert.deepEqual(await store.commit([stale, beside]), ['stale', 'applied']);
    const a = await store.load(arnOf('a'));
    assert.equal(a?.revision, 1);
    assert.equal(a?.execution.status, 'RUNNING');
    assert.equal(a?.records.size, 0);
    assert.deepEqual(
      a?.effects.map(({ id }) => id),
      ['t'],
    );
    assert.equal((await store.history(arnOf('a'), { limit: 9, reverse: false })).length, 1);
    assert.deepEqual((await store.load(arnOf('b')))?.records, new Map([['scope', '{"ok":true}']]));
  },

  'a transition of an unknown execution is stale': async ({ store }) => {
    assert.deepEqual(await store.commit([change('nobody', 1)]), ['stale']);
  },

  'transitions of one batch build on each other': async ({ store }) => {
    const chain = [
      creation('a', { effects: [task('t1')] }),
      change('a', 1, { consumes: 't1', effects: [task('t2')] }),
      change('a', 2, { consumes: 't2', effects: [timer('t3', NOW_MS)] }),
    ];
    assert.deepEqual(await store.commit(chain), ['applied', 'applied', 'applied']);
    const stored = await store.load(arnOf('a'));
    assert.equal(stored?.revision, 3);
    assert.deepEqual(
      stored?.effects.map(({ id }) => id),
      ['t3'],
    );
  },

  'an effect is consumed once': async ({ store }) => {
    await store.commit([creation('a', { effects: [task('t'), timer('other', NOW_MS)] })]);
    assert.deepEqual(await store.commit([change('a', 1, { consumes: 't' })]), ['applied']);
    assert.deepEqual(await store.commit([change('a', 2, { consumes: 't' })]), ['stale']);
    assert.deepEqual(await store.commit([change('a', 2, { parks: { effectId: 't' } })]), ['stale']);
    assert.equal((await store.load(arnOf('a')))?.revision, 2);
  },

  'only named records change': async ({ store }) => {
    const first = new Map([
      ['root', '{"at":"A"}'],
      ['branch', '{"at":"B"}'],
    ]);
    await store.commit([creation('a', { records: first })]);
    const second = new Map<string, string | null>([
      ['branch', null],
      ['other', '[1]'],
    ]);
    await store.commit([change('a', 1, { records: second })]);
    assert.deepEqual(
      (await store.load(arnOf('a')))?.records,
      new Map([
        ['other', '[1]'],
        ['root', '{"at":"A"}'],
      ]),
    );
  },

  'success drops effects and records, and keeps the output': async ({ store }) => {
    await store.commit([
      creation('a', { records: new Map([['root', '{}']]), effects: [task('t'), timer('w', 0)] }),
    ]);
    const end = change('a', 1, {
      consumes: 't',
      head: { status: 'SUCCEEDED', nextEventId: 3, stopDate: NOW_MS + 5, output: '"done"' },
      events: events(2, 2),
      records: new Map([['root', '{"at":"end"}']]),
    });
    assert.deepEqual(await store.commit([end]), ['applied']);
    const stored = await store.load(arnOf('a'));
    assert.deepEqual(stored?.effects, []);
    assert.equal(stored?.records.size, 0);
    assert.equal(stored?.execution.output, '"done"');
    assert.equal(stored?.execution.stopDate, NOW_MS + 5);
    assert.equal(stored?.execution.status, 'SUCCEEDED');
  },

  'any other end drops the effects but keeps the records, for a redrive': async ({ store }) => {
    await store.commit([creation('a', { records: new Map([['root', '{}']]), effects: [task('t')] })]);
    const end = change('a', 1, {
      head: { status: 'FAILED', nextEventId: 2, stopDate: NOW_MS, error: 'Oops', cause: 'because' },
      records: new Map([['root', '{"failed":true}']]),
    });
    await store.commit([end]);
    const stored = await store.load(arnOf('a'));
    assert.deepEqual(stored?.effects, []);
    assert.deepEqual(stored?.records, new Map([['root', '{"failed":true}']]));
    assert.equal(stored?.execution.error, 'Oops');
    assert.equal(stored?.execution.cause, 'because');
  },

  'what was committed is there after a crash, and nothing else': async ({ store, crash }) => {
    await store.commit([creation('a', { effects: [task('t')], records: new Map([['root', '{}']]) })]);
    const before = await store.load(arnOf('a'));
    const reopened = await crash();
    assert.deepEqual(await reopened.load(arnOf('a')), before);
    assert.deepEqual(await reopened.commit([change('a', 1, { consumes: 't' })]), ['applied']);
  },
};
