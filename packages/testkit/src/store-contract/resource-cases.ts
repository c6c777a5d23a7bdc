import assert from 'node:assert/strict';
import type { StateMachine, Store, StoredResource } from '@riposte/engine';
import type { StoreCase } from '../store-contract.ts';
import { arnOf, change, creation, MACHINE, NOW_MS, task } from './transitions.ts';

const ACTIVITY = 'arn:aws:states:eu-west-1:123456789012:activity:Approve';
const REGION = 'eu-west-1';

const waits = (id: string, dueAtMs = NOW_MS) =>
  task(id, { kind: 'activity', dueAtMs, activityArn: ACTIVITY, taskToken: `token-${id}` });

function resource(kind: StoredResource['kind'], parent: string, position: string): StoredResource {
  return { arn: `${parent}:${kind}:${position}`, kind, parent, position, body: `{"at":"${position}"}` };
}

const machine: StateMachine = {
  stateMachineArn: MACHINE,
  name: 'contract',
  type: 'STANDARD',
  definition: '{"StartAt":"A"}',
  roleArn: 'arn:aws:iam::123456789012:role/contract',
  creationDate: NOW_MS,
  updateDate: NOW_MS,
};

async function positions(store: Store, parent: string): Promise<string[]> {
  const { resources } = await store.resources('version', parent, { limit: 10 });
  return resources.map(({ position }) => position);
}

export const resourceCases: Record<string, StoreCase> = {
  'a task of an activity waits for a worker, is never claimed, and survives a crash': async ({
    store,
    crash,
  }) => {
    await store.commit([
      creation('late', { effects: [waits('b', NOW_MS + 1)] }),
      creation('early', { effects: [waits('a')] }),
    ]);
    const all = { tasks: 9, timers: 9, mapRuns: 0 };
    assert.deepEqual(await store.claim({ worker: 'w', untilMs: NOW_MS + 9 }, NOW_MS + 5, all), []);
    assert.equal(await store.nextDueMs('task', 'w'), undefined);
    const reopened = await crash();
    assert.deepEqual(await reopened.nextActivityTask(ACTIVITY), {
      ...waits('a'),
      executionArn: arnOf('early'),
    });
    assert.equal(await reopened.nextActivityTask(`${ACTIVITY}2`), undefined);
    assert.deepEqual(await reopened.findByToken('token-a'), {
      executionArn: arnOf('early'),
      effectId: 'a',
      open: true,
      activityArn: ACTIVITY,
    });
    await reopened.commit([change('early', 1, { parks: { effectId: 'a' } })]);
    assert.equal((await reopened.nextActivityTask(ACTIVITY))?.id, 'b');
    await reopened.commit([change('late', 1, { cancelled: ['b'] })]);
    assert.equal(await reopened.nextActivityTask(ACTIVITY), undefined);
  },

  'a resource is kept by comparing its body': async ({ store, crash }) => {
    const first = resource('activity', REGION, 'one');
    assert.equal(await store.saveResource(first, null), true);
    assert.equal(await store.saveResource(first, null), false);
    const second = { ...first, body: '{"at":"two"}' };
    assert.equal(await store.saveResource(second, '{"at":"other"}'), false);
    assert.equal(await store.saveResource(second, first.body), true);
    const reopened = await crash();
    assert.deepEqual(await reopened.resource(first.arn), second);
    await reopened.removeResource(first.arn);
    assert.equal(await reopened.resource(first.arn), undefined);
  },

  'resources are listed by position, under their parent and by kind': async ({ store }) => {
    for (const position of ['c', 'a', 'b'])
      await store.saveResource(resource('activity', REGION, position), null);
    await store.saveResource(resource('activity', 'us-east-1', 'z'), null);
    await store.saveResource(resource('alias', REGION, 'y'), null);
    const page = await store.resources('activity', REGION, { limit: 2 });
    assert.deepEqual(
      page.resources.map(({ position }) => position),
      ['a', 'b'],
    );
    const next = await store.resources('activity', REGION, { limit: 2, cursor: page.next! }); // there are three
    assert.deepEqual(next, { resources: [resource('activity', REGION, 'c')] });
  },

  'versions and aliases are written with their machine or not at all, and go with it': async ({ store }) => {
    const one = resource('version', MACHINE, '1');
    assert.equal(await store.saveStateMachine(machine, REGION, 0, [one]), true);
    assert.equal(
      await store.saveStateMachine(machine, REGION, 0, [resource('version', MACHINE, '2')]),
      false,
    );
    assert.deepEqual(await positions(store, MACHINE), ['1']);
    const changes = [{ arn: one.arn, body: null }, resource('version', MACHINE, '2')];
    assert.equal(await store.saveStateMachine(machine, REGION, 1, changes), true);
    assert.deepEqual(await positions(store, MACHINE), ['2']);
    await store.removeStateMachine(MACHINE);
    assert.deepEqual(await positions(store, MACHINE), []);
  },

  'a machine keeps all that is said of it': async ({ store, crash }) => {
    const whole: StateMachine = {
      ...machine,
      revisionId: 'r',
      status: 'DELETING',
      published: { versionArn: `${MACHINE}:1`, description: 'first' },
      tags: { b: '1', a: '2' },
      versionsCount: 3,
    };
    await store.saveStateMachine(whole, REGION, 0);
    const reopened = await crash();
    const stored = await reopened.stateMachine(MACHINE);
    assert.deepEqual(stored?.stateMachine, whole);
    assert.deepEqual(Object.keys(stored?.stateMachine.tags ?? {}), ['b', 'a']);
    assert.deepEqual(await reopened.deletingStateMachines(), [MACHINE]);
    await reopened.saveStateMachine(machine, REGION, 1);
    assert.deepEqual(await reopened.deletingStateMachines(), []);
  },

  'a machine has open executions until the last has ended': async ({ store }) => {
    await store.commit([creation('a', { effects: [task('t')] })]);
    assert.equal(await store.hasOpenExecutions(MACHINE), true);
    assert.equal(await store.hasOpenExecutions(`${MACHINE}2`), false);
    const head = { status: 'SUCCEEDED', nextEventId: 2, stopDate: NOW_MS } as const;
    await store.commit([change('a', 1, { head })]);
    assert.equal(await store.hasOpenExecutions(MACHINE), false);
  },

  'executions are found by the version and the alias that started them': async ({ store }) => {
    const by = { stateMachineVersionArn: `${MACHINE}:1`, stateMachineAliasArn: `${MACHINE}:live` };
    const about = { machine: { updateDate: NOW_MS, revisionId: 'r' } };
    await store.commit([creation('plain'), creation('routed', {}, { ...by, ...about })]);
    for (const filter of [
      { stateMachineVersionArn: by.stateMachineVersionArn },
      { stateMachineAliasArn: by.stateMachineAliasArn },
    ]) {
      const { executions } = await store.list(filter, { limit: 9 });
      assert.deepEqual(
        executions.map(({ name }) => name),
        ['routed'],
      );
    }
    const routed = await store.describe(arnOf('routed'));
    assert.deepEqual({ ...routed, ...by, ...about }, routed);
  },

  'a redrive opens an execution that had failed': async ({ store, crash }) => {
    const end = { status: 'FAILED', nextEventId: 3, stopDate: NOW_MS, error: 'E', cause: 'C' } as const;
    await store.commit([
      creation('a', { records: new Map([['root', '{}']]) }),
      change('a', 1, { head: end }),
      change('a', 2, {
        head: {
          status: 'RUNNING',
          nextEventId: 4,
          redriveCount: 1,
          redriveDate: NOW_MS + 7,
          redriveTokens: [{ clientToken: 't', redriveDate: NOW_MS + 7 }],
        },
        effects: [task('again')],
      }),
    ]);
    const reopened = await crash();
    const stored = await reopened.load(arnOf('a'));
    const { redriveCount, redriveDate, status, error, stopDate } = stored!.execution; // created above
    assert.deepEqual(
      [redriveCount, redriveDate, status, error, stopDate],
      [1, NOW_MS + 7, 'RUNNING', undefined, undefined],
    );
    assert.deepEqual(stored?.execution.redriveTokens, [{ clientToken: 't', redriveDate: NOW_MS + 7 }]);
    assert.deepEqual(stored?.records, new Map([['root', '{}']]));
    assert.deepEqual(await reopened.stuck(), []);
    const done = { status: 'SUCCEEDED', nextEventId: 5, stopDate: NOW_MS + 9, output: '1' } as const;
    await reopened.commit([change('a', 3, { head: done })]);
    const after = await reopened.describe(arnOf('a'));
    assert.deepEqual([after?.output, after?.redriveCount], ['1', 1]);
  },

  'notices stay, each kind in order, until they are forgotten; a stale transition leaves none': async ({
    store,
    crash,
  }) => {
    const status = (body: string) => ({ kind: 'status' as const, body });
    await store.commit([
      creation('a', { notices: [status('"one"'), { kind: 'log', body: '"line"' }, status('"two"')] }),
      change('a', 7, { notices: [status('"never"')] }),
      change('a', 1, { notices: [status('"three"')] }),
    ]);
    const reopened = await crash();
    const found = await reopened.notices('status', 2);
    assert.deepEqual(
      found.map(({ body }) => body),
      ['"one"', '"two"'],
    );
    await reopened.forgetNotices('status', found[1]!.sequence); // there are two
    const rest = await reopened.notices('status', 9);
    assert.deepEqual(
      rest.map(({ body }) => body),
      ['"three"'],
    );
    assert.ok(rest[0]!.sequence > found[1]!.sequence);
    const [line] = await reopened.notices('log', 9);
    assert.equal(line?.body, '"line"');
    await reopened.forgetNotices('log', line.sequence);
    assert.deepEqual(await reopened.notices('log', 9), []);
  },
};
