import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import type { StatusChange, StatusChangePublisher, Store, StoreHost, TaskOutcome } from '@riposte/engine';
import { createExecutionHost } from '@riposte/engine';
import { CommitFailed, Database, SqliteEngineStore } from '@riposte/store-sqlite';
import {
  dyingStore,
  expectEndedHistory,
  interceptStore,
  seededIds,
  SimulatedClock,
  type Death,
} from '@riposte/testkit';
import { distributed, mapRunOf, work } from './map-run-support.ts';
import { createWorld, machine, temporaryFile } from './world.ts';

const payloadOf = (parameters: string): unknown => (JSON.parse(parameters) as { Payload: unknown }).Payload;
const echo = (parameters: string): TaskOutcome => ({
  kind: 'succeeded',
  output: JSON.stringify(payloadOf(parameters)),
});

/** Every write of Map Runs is refused from the `refusedFrom`th on, until there is room. */
function fillable() {
  const disk = { writes: 0, refusedFrom: Number.POSITIVE_INFINITY };
  const write = <T>(work: () => Promise<T>): Promise<T> =>
    ++disk.writes >= disk.refusedFrom
      ? Promise.reject(new CommitFailed(new Error('database or disk is full')))
      : work();
  const wrap = (store: Store) =>
    interceptStore(store, {
      commit: (batch) => write(() => store.commit(batch)),
      claim: (claim, nowMs, limits) => write(() => store.claim(claim, nowMs, limits)),
      addItems: (arn, items, part) => write(() => store.addItems(arn, items, part)),
      changeItems: (arn, changes) => write(() => store.changeItems(arn, changes)),
      changeMapRun: (arn, change) => write(() => store.changeMapRun(arn, change)),
    });
  return { disk, wrap };
}

for (const ExecutionType of ['STANDARD', 'EXPRESS'])
  test(`a Map Run whose disk is full at any write goes on when there is room, ${ExecutionType}`, async (t) => {
    let refusals = 0;
    for (let refusedFrom = 1; ; refusedFrom++) {
      const { disk, wrap } = fillable();
      const world = await createWorld(t, ({ parameters }) => echo(parameters), {}, wrap);
      const definition = distributed({ MaxConcurrency: 2 }, { Work: work }, ExecutionType);
      const arn = await world.begin('m', definition, ['a', 'b', 'c', 'd']);
      disk.refusedFrom = disk.writes + refusedFrom;
      await world.clock.advanceBy(100_000, { isBusy: () => false });
      const isRefused = disk.writes >= disk.refusedFrom;
      const place = `refused from write ${refusedFrom}`;
      if (isRefused) assert.equal((await world.host.describeExecution(arn)).status, 'RUNNING', place);
      disk.refusedFrom = Number.POSITIVE_INFINITY;
      await world.settle();
      const { status, output } = await world.host.describeExecution(arn);
      assert.deepEqual([status, output], ['SUCCEEDED', '["a","b","c","d"]'], place);
      const { mapRun, children } = await mapRunOf(world.host, arn);
      assert.deepEqual(mapRun.counts.SUCCEEDED, { executions: 4, items: 4 }, place);
      assert.equal(world.runner.requests.length, 4, place);
      for (const ended of [arn, ...children.map(({ executionArn }) => executionArn)])
        expectEndedHistory((await world.host.getExecutionHistory(ended, {})).events);
      assert.ok(world.problems.every((problem) => problem instanceof CommitFailed));
      await world.host.close();
      if (!isRefused) break;
      refusals += 1;
    }
    assert.ok(refusals >= 4, `only ${refusals} refusals`);
  });

/** One life of a server over a file: a Map Run that fails is redriven once, and how it ended. */
async function redriveLife(
  file: string,
  ExecutionType: string,
  lifesCount: number,
  death: Death = { atWrite: Number.POSITIVE_INFINITY, moment: 'after' },
  statusChanges: StatusChangePublisher = async () => {},
) {
  const database = new Database(file);
  const { store, died, isDead, writesCount } = dyingStore(new SqliteEngineStore(database), death);
  const clock = new SimulatedClock(Date.UTC(2026, 0, 1) + lifesCount * 86_400);
  let isBroken = lifesCount === 0;
  const host: StoreHost = createExecutionHost({
    store,
    clock,
    ids: seededIds(lifesCount + 1),
    account: '123456789012',
    statusChanges,
    taskRunner: {
      run: async ({ parameters }) =>
        isBroken && String(payloadOf(parameters)).startsWith('bad')
          ? { kind: 'failed', error: 'Broken' }
          : echo(parameters),
    },
  });
  const settle = () => clock.advanceBy(120_000, { isBusy: () => !isDead() && !host.isQuiet() });
  const run = async () => {
    await host.start();
    const map = { MaxConcurrency: 1, ToleratedFailureCount: 1 };
    const definition = distributed(map, { Work: work }, ExecutionType);
    const { stateMachineArn } = await machine(host, 'm', definition);
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:run`;
    const request = { stateMachineArn, name: 'run', input: '["a","bad 1","bad 2","b"]' };
    if (lifesCount === 0) await host.startExecution(request);
    await settle();
    isBroken = false;
    const writesBefore = writesCount();
    if ((await host.describeExecution(executionArn)).status === 'FAILED') {
      await host.redriveExecution({ executionArn });
      await settle();
    }
    const { mapRun, children } = await mapRunOf(host, executionArn);
    const { status, output } = await host.describeExecution(executionArn);
    const redrives = children.map(({ redriveCount = 0 }) => redriveCount);
    const ended = { status, output, counts: mapRun.counts, mapRunRedrives: mapRun.redriveCount, redrives };
    const stuck = await host.stuckExecutions();
    await host.close();
    return { ...ended, stuck, writesBefore };
  };
  const ended = await Promise.race([died, run()]);
  await settle(); // what the dead host was about to do stays undone
  database.close();
  return ended ?? undefined;
}

/** Statuses that nothing has are left out. */
function countsOf(counts: object): object {
  return Object.fromEntries(Object.entries(counts).filter(([, { executions }]) => executions !== 0));
}

for (const ExecutionType of ['STANDARD', 'EXPRESS'])
  for (const moment of ['before', 'after'] as const)
    test(`a server that dies ${moment} any write of a redrive counts each child once, ${ExecutionType}`, async (t) => {
      const file = temporaryFile(t);
      let deaths = 0;
      const whole = await redriveLife(file, ExecutionType, 0);
      assert.ok(whole);
      for (let atWrite = whole.writesBefore + 1; ; atWrite++) {
        for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
        const waited = new Set<unknown>();
        const tell = async ({ envelope: { detail } }: StatusChange) => {
          if (detail['status'] === 'PENDING_REDRIVE') waited.add(detail['input']);
        };
        const first = await redriveLife(file, ExecutionType, 0, { atWrite, moment }, tell);
        const ended = first ?? (await redriveLife(file, ExecutionType, 1, undefined, tell));
        const place = `died at write ${atWrite}`;
        assert.deepEqual(
          [ended?.status, ended?.output, ended?.stuck],
          ['SUCCEEDED', '["a","bad 1","bad 2","b"]', []],
          place,
        );
        assert.deepEqual(countsOf(ended!.counts), { SUCCEEDED: { executions: 4, items: 4 } }, place);
        assert.equal(ended?.mapRunRedrives, 1, place);
        assert.deepEqual(ended?.redrives, whole.redrives, place);
        const told = ExecutionType === 'STANDARD' ? ['"bad 1"', '"bad 2"'] : [];
        assert.deepEqual([...waited].toSorted(), told, place);
        if (first) break;
        deaths += 1;
      }
      assert.ok(deaths >= 4, `only ${deaths} deaths`);
    });
