import assert from 'node:assert/strict';
import type { MapRunChange, NewItem, Store, Transition } from '@riposte/engine';
import type { StoreCase } from '../store-contract.ts';
import { arnOf, change, creation, events, MACHINE, NOW_MS } from './transitions.ts';

const RUN = 'arn:aws:states:eu-west-1:123456789012:mapRun:contract/L:1';
const WHOLE = { isFirst: true, isLast: true };

const started: MapRunChange = {
  type: 'started',
  mapRun: {
    mapRunArn: RUN,
    executionArn: arnOf('parent'),
    effectId: 'e',
    stateMachineArn: `${MACHINE}/L`,
    executionType: 'STANDARD',
    startDate: NOW_MS,
    maxConcurrency: 5,
    toleratedFailurePercentage: 2.5,
    plan: '{"plan":1}',
  },
};

const item = (index: number, itemCount = 1): NewItem => ({
  index,
  executionArn: arnOf(`child-${index}`),
  input: `${index}`,
  itemCount,
});

/** A Map Run of items that have `itemCount`s as given. */
async function begin(store: Store, ...itemCounts: number[]): Promise<void> {
  await store.commit([creation('parent', { mapRuns: [started] })]);
  const items = itemCounts.map((itemCount, index) => item(index, itemCount));
  await store.addItems(RUN, items, WHOLE);
}

function child(index: number, itemCount = 1, extra: Partial<Transition> = {}): Transition {
  return creation(`child-${index}`, extra, { mapRun: { mapRunArn: RUN, index, itemCount } });
}

const ended = (status: 'SUCCEEDED' | 'FAILED', output?: string) => ({
  status,
  nextEventId: 2,
  stopDate: NOW_MS + 9,
  ...(output !== undefined && { output }),
});

const indexes = async (
  store: Store,
  ...statuses: NonNullable<Parameters<Store['items']>[1]['statuses']>[number][]
) => (await store.items(RUN, { statuses, limit: 100 })).map(({ index }) => index);

export const mapRunCases: Record<string, StoreCase> = {
  'a Map Run begins and ends with transitions of its execution (M3)': async ({ store }) => {
    await begin(store);
    const { plan, ...known } = started.type === 'started' ? started.mapRun : assert.fail();
    const mapRun = {
      ...known,
      status: 'RUNNING',
      phase: 'RUNNING',
      redriveCount: 0,
      counts: { PENDING: { executions: 0, items: 0 } },
    };
    assert.deepEqual(await store.mapRun(RUN), mapRun);
    assert.equal(await store.mapRunPlan(RUN), plan);
    const ends: MapRunChange = { type: 'ended', mapRunArn: RUN, status: 'FAILED', stopDate: NOW_MS + 5 };
    assert.deepEqual(await store.commit([change('parent', 9, { mapRuns: [ends] })]), ['stale']);
    assert.equal((await store.mapRun(RUN))?.status, 'RUNNING');
    await store.commit([change('parent', 1, { mapRuns: [ends] })]);
    const after = await store.mapRun(RUN);
    assert.deepEqual([after?.status, after?.stopDate], ['FAILED', NOW_MS + 5]);
    assert.equal(await store.changeMapRun(RUN, { maxConcurrency: 1 }), false);
    assert.equal((await store.mapRuns(arnOf('parent'), { limit: 9 })).mapRuns.length, 1);
  },

  'items are kept a part at a time; the first part forgets what was there': async ({ store }) => {
    await store.commit([creation('parent', { mapRuns: [started] })]);
    await store.addItems(RUN, [item(0), item(1)], { isFirst: true, isLast: false });
    assert.equal((await store.mapRun(RUN))?.phase, 'READING');
    await store.addItems(RUN, [item(0, 3)], { isFirst: true, isLast: false });
    await store.addItems(RUN, [item(1, 4)], { isFirst: false, isLast: true });
    const mapRun = await store.mapRun(RUN);
    assert.deepEqual([mapRun?.phase, mapRun?.counts], ['RUNNING', { PENDING: { executions: 2, items: 7 } }]);
    assert.deepEqual(
      (await store.items(RUN, { after: 0, limit: 9 })).map(({ index, input }) => [index, input]),
      [[1, '1']],
    );
  },

  'a child and its item have the same status, and the counts are those of the items (M1, M2)': async (
    opened,
  ) => {
    await begin(opened.store, 1, 2, 3);
    await opened.store.commit([child(0), child(1, 2, { head: ended('SUCCEEDED', '"out"') })]);
    const store = await opened.crash();
    const zero = { executions: 0, items: 0 };
    assert.deepEqual((await store.mapRun(RUN))?.counts, {
      PENDING: { executions: 1, items: 3 },
      RUNNING: { executions: 1, items: 1 },
      SUCCEEDED: { executions: 1, items: 2 },
    });
    await store.commit([change('child-0', 1, { head: { ...ended('FAILED'), error: 'E' } })]);
    const { counts } = (await store.mapRun(RUN))!; // begun above
    assert.deepEqual([counts.RUNNING, counts.FAILED], [zero, { executions: 1, items: 1 }]);
    const items = await store.items(RUN, { limit: 9 });
    assert.deepEqual(
      items.map(({ status, output, error }) => [status, output, error]),
      [
        ['FAILED', undefined, 'E'],
        ['SUCCEEDED', '"out"', undefined],
        ['PENDING', undefined, undefined],
      ],
    );
    const others = await store.list({}, { limit: 9 });
    assert.deepEqual(
      others.executions.map(({ name }) => name),
      ['parent'],
    );
    const children = await store.list({ mapRunArn: RUN }, { limit: 9 });
    assert.deepEqual(
      children.executions.map(({ mapRun }) => mapRun?.index),
      [1, 0],
    );
  },

  'a redrive lets wait what did not succeed, but for histories that are full': async ({ store }) => {
    await begin(store, 1, 1, 4, 1);
    await store.commit([
      child(0, 1, { head: ended('SUCCEEDED', '1') }),
      child(1, 1, { head: ended('FAILED') }),
      child(2, 4, { head: { ...ended('FAILED'), nextEventId: 25_001 }, events: events(1, 2) }),
    ]);
    assert.deepEqual(await store.notRedrivable(RUN), { executions: 1, items: 4 });
    const redriven: MapRunChange = {
      type: 'redriven',
      mapRunArn: RUN,
      effectId: 'f',
      redriveDate: NOW_MS + 7,
    };
    await store.commit([change('parent', 1, { mapRuns: [redriven] })]);
    const mapRun = await store.mapRun(RUN);
    assert.deepEqual(
      [mapRun?.status, mapRun?.effectId, mapRun?.redriveCount, mapRun?.redriveDate],
      ['RUNNING', 'f', 1, NOW_MS + 7],
    );
    assert.deepEqual(await indexes(store, 'PENDING_REDRIVE'), [1]);
    assert.equal((await store.describe(arnOf('child-1')))?.status, 'PENDING_REDRIVE');
    assert.deepEqual(await indexes(store, 'PENDING', 'FAILED', 'SUCCEEDED'), [0, 2, 3]);
    const ends: MapRunChange = { type: 'ended', mapRunArn: RUN, status: 'ABORTED', stopDate: NOW_MS + 8 };
    await store.commit([change('parent', 2, { mapRuns: [ends] })]);
    assert.deepEqual(await indexes(store, 'ABORTED'), [1]);
    assert.equal((await store.describe(arnOf('child-1')))?.status, 'ABORTED');
  },

  'children whose status their Map Run changes leave a notice each, after those of the parent (M3)': async (
    opened,
  ) => {
    await begin(opened.store, 1, 1, 1, 1);
    const cause = 'it said "no" \u0001 – ü';
    await opened.store.commit([
      child(0, 1, { head: ended('SUCCEEDED', '1') }),
      child(1, 1, { head: { ...ended('FAILED'), error: 'E', cause } }),
      child(2, 1, { head: ended('FAILED') }),
      child(3, 1, { head: { ...ended('FAILED'), nextEventId: 25_001 }, events: events(1, 2) }),
    ]);
    const redriven = { type: 'redriven', mapRunArn: RUN, effectId: 'f', redriveDate: NOW_MS + 7 } as const;
    const own = { kind: 'status', body: '"own"' } as const;
    await opened.store.commit([
      change('parent', 1, { mapRuns: [{ ...redriven, childNotice: '"waits"' }], notices: [own] }),
    ]);
    const taken = { status: 'RUNNING', nextEventId: 2, redriveCount: 1, redriveDate: NOW_MS + 8 } as const;
    await opened.store.commit([change('child-2', 2, { head: taken })]);
    const ends = { type: 'ended', mapRunArn: RUN, status: 'ABORTED', stopDate: NOW_MS + 9 } as const;
    await opened.store.commit([
      change('parent', 2, { mapRuns: [{ ...ends, childNotice: '"stays"' }], notices: [own] }),
    ]);
    const store = await opened.crash();
    const notices = (await store.notices('status', 9)).map(({ body, child: about }) => [body, about]);
    const one = { executionArn: arnOf('child-1'), stopDate: NOW_MS + 9, error: 'E', cause, redriveCount: 0 };
    const two = { executionArn: arnOf('child-2'), stopDate: NOW_MS + 9, redriveCount: 0 };
    assert.deepEqual(notices, [
      ['"own"', undefined],
      ['"waits"', { ...one, status: 'PENDING_REDRIVE' }],
      ['"waits"', { ...two, status: 'PENDING_REDRIVE' }],
      ['"own"', undefined],
      ['"stays"', { ...one, status: 'ABORTED' }],
    ]);
  },

  'an express child is its item alone; its end is written once': async ({ store }) => {
    await begin(store, 1);
    await store.changeItems(RUN, [{ index: 0, status: 'RUNNING', startDate: NOW_MS }]);
    await store.changeItems(RUN, [{ index: 0, status: 'SUCCEEDED', stopDate: NOW_MS + 1, output: '1' }]);
    const late = { index: 0, status: 'FAILED' as const, stopDate: NOW_MS + 2, error: 'late' };
    assert.deepEqual(await store.changeItems(RUN, [late]), []);
    const [only] = await store.items(RUN, { limit: 1 });
    assert.deepEqual(
      [only?.status, only?.startDate, only?.stopDate, only?.output, only?.error],
      ['SUCCEEDED', NOW_MS, NOW_MS + 1, '1', undefined],
    );
  },

  'the start of an express child that waited for a redrive is counted': async (opened) => {
    await begin(opened.store, 1, 1);
    const start = (index: number) => ({ index, status: 'RUNNING' as const, startDate: NOW_MS });
    assert.deepEqual(await opened.store.changeItems(RUN, [start(0), start(1)]), [0, 1]);
    await opened.store.changeItems(RUN, [{ index: 0, status: 'FAILED', stopDate: NOW_MS }]);
    const redriven: MapRunChange = { type: 'redriven', mapRunArn: RUN, effectId: 'f', redriveDate: NOW_MS };
    await opened.store.commit([change('parent', 1, { mapRuns: [redriven] })]);
    assert.deepEqual(await opened.store.changeItems(RUN, [start(0)]), [0]);
    const items = await (await opened.crash()).items(RUN, { limit: 2 });
    assert.deepEqual(
      items.map(({ redriveCount }) => redriveCount),
      [1, 0],
    );
  },

  'children that run without their Map Run are found, and all go with their parent': async ({ store }) => {
    await begin(store, 1);
    await store.commit([child(0)]);
    assert.deepEqual(await store.abandonedChildren(9), []);
    const ends: MapRunChange = { type: 'ended', mapRunArn: RUN, status: 'ABORTED', stopDate: NOW_MS };
    const head = { ...ended('FAILED'), stopDate: NOW_MS };
    await store.commit([change('parent', 1, { mapRuns: [ends], head })]);
    assert.deepEqual(await store.abandonedChildren(9), [arnOf('child-0')]);
    await store.commit([change('child-0', 1, { head: { ...ended('FAILED'), stopDate: NOW_MS - 9 } })]);
    assert.equal(await store.purge(NOW_MS), 0, 'the child ended before, but its parent is kept');
    assert.ok((await store.purge(NOW_MS + 1)) >= 1);
    assert.equal(await store.mapRun(RUN), undefined);
    assert.equal(await store.describe(arnOf('child-0')), undefined);
  },
};
