import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createExecutionHost } from '@riposte/engine';
import { Database, SqliteEngineStore } from '@riposte/store-sqlite';
import { dyingStore, ScriptedTaskRunner, seededIds, SimulatedClock } from '@riposte/testkit';
import { createWorld, machine, REGION, temporaryFile, typesOf, type World } from './world.ts';

async function activity(world: World, name = 'Approve'): Promise<string> {
  return (await world.host.createActivity({ name, region: REGION })).activityArn;
}

function worker(arn: string, extra: object = {}): object {
  return { StartAt: 'A', States: { A: { Type: 'Task', Resource: arn, End: true, ...extra } } };
}

const settled = (world: World) => world.clock.advanceBy(0, { isBusy: () => !world.host.isQuiet() });

test('a worker takes a task, and its answer ends the state', async (t) => {
  const world = await createWorld(t);
  const activityArn = await activity(world);
  const arn = await world.begin('one', worker(activityArn), { order: 7 });
  const task = await world.host.getActivityTask({ activityArn, workerName: 'ada' });
  assert.equal(task?.input, '{"order":7}');
  await world.host.sendTaskSuccess({ taskToken: task.taskToken, output: '"done"' });
  assert.equal((await world.host.describeExecution(arn)).output, '"done"');
  assert.deepEqual(await typesOf(world.host, arn), [
    'ExecutionStarted',
    'TaskStateEntered',
    'ActivityScheduled',
    'ActivityStarted',
    'ActivitySucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ]);
  const { events } = await world.host.getExecutionHistory(arn, {});
  assert.deepEqual(events[3]?.['activityStartedEventDetails'], { workerName: 'ada' });
});

test('workers that wait are served in their order, tasks in theirs, each once', async (t) => {
  const world = await createWorld(t);
  const activityArn = await activity(world);
  const waiting = ['first', 'second', 'third'].map((workerName) =>
    world.host.getActivityTask({ activityArn, workerName }),
  );
  await settled(world);
  await world.begin('a', worker(activityArn), 1);
  await world.clock.advanceBy(10);
  await world.begin('b', worker(activityArn), 2);
  await settled(world);
  assert.deepEqual(
    (await Promise.all(waiting.slice(0, 2))).map((task) => task?.input),
    ['1', '2'],
  );
  await world.clock.advanceBy(60_000, { isBusy: () => !world.host.isQuiet() });
  assert.equal(await waiting[2], undefined);
});

test('a worker that has gone takes no task with it', async (t) => {
  const world = await createWorld(t);
  const activityArn = await activity(world);
  const gone = new AbortController();
  const left = world.host.getActivityTask({ activityArn, signal: gone.signal });
  gone.abort();
  assert.equal(await left, undefined);
  await world.begin('a', worker(activityArn), 1);
  assert.equal((await world.host.getActivityTask({ activityArn }))?.input, '1');
});

test('a task nobody takes times out, and one without a heartbeat too', async (t) => {
  const world = await createWorld(t);
  const activityArn = await activity(world);
  const arn = await world.begin('a', worker(activityArn, { TimeoutSeconds: 30, HeartbeatSeconds: 10 }));
  const task = await world.host.getActivityTask({ activityArn });
  await world.clock.advanceBy(8_000, { isBusy: () => !world.host.isQuiet() });
  await world.host.sendTaskHeartbeat({ taskToken: task!.taskToken }); // scheduled before
  await world.clock.advanceBy(9_000, { isBusy: () => !world.host.isQuiet() });
  assert.equal((await world.host.describeExecution(arn)).status, 'RUNNING');
  await world.settle();
  const execution = await world.host.describeExecution(arn);
  assert.deepEqual([execution.status, execution.error], ['FAILED', 'States.Timeout']);
  await assert.rejects(world.host.sendTaskSuccess({ taskToken: task!.taskToken, output: '1' }), {
    code: 'TaskTimedOut',
  });
  assert.equal(await world.store.nextActivityTask(activityArn), undefined);
});

test('activities are created once, described, listed and deleted', async (t) => {
  const world = await createWorld(t);
  const first = await world.host.createActivity({ name: 'Approve', region: REGION });
  await world.clock.advanceBy(5000);
  assert.deepEqual(await world.host.createActivity({ name: 'Approve', region: REGION }), first);
  await activity(world, 'Review');
  const page = await world.host.listActivities(REGION, { maxResults: 1 });
  assert.deepEqual(page.activities, [first]);
  const next = await world.host.listActivities(REGION, { nextToken: page.nextToken! }); // there are two
  assert.deepEqual(
    next.activities.map(({ name }) => name),
    ['Review'],
  );
  await world.host.deleteActivity(first.activityArn);
  await world.host.deleteActivity(first.activityArn);
  const gone = {
    code: 'ActivityDoesNotExist',
    message: `Activity Does Not Exist: '${first.activityArn}'`,
  };
  await assert.rejects(world.host.describeActivity(first.activityArn), gone);
  await assert.rejects(world.host.getActivityTask({ activityArn: first.activityArn }), gone);
  await assert.rejects(world.host.describeActivity('no_arn'), {
    code: 'InvalidArn',
    message: "Invalid Arn: 'Invalid ARN prefix: no_arn'",
  });
  await assert.rejects(activity(world, 'a/b'), { code: 'InvalidName', message: "Invalid Name: 'a/b'" });
});

test('a state whose activity is gone fails before anything is scheduled', async (t) => {
  const world = await createWorld(t);
  const activityArn = await activity(world);
  await world.host.deleteActivity(activityArn);
  const arn = await world.begin('gone', worker(activityArn, { Retry: [{ ErrorEquals: ['States.ALL'] }] }));
  assert.deepEqual(await typesOf(world.host, arn), [
    'ExecutionStarted',
    'TaskStateEntered',
    'ExecutionFailed',
  ]);
  const { error, cause } = await world.host.describeExecution(arn);
  assert.deepEqual([error, cause], ['States.Runtime', 'The activity ARN does not exist.']);
});

test('an answer for the task of a deleted activity is refused', async (t) => {
  const world = await createWorld(t);
  const activityArn = await activity(world);
  await world.begin('a', worker(activityArn));
  const task = await world.host.getActivityTask({ activityArn });
  await world.host.deleteActivity(activityArn);
  await assert.rejects(world.host.sendTaskSuccess({ taskToken: task!.taskToken, output: '1' }), {
    code: 'TaskDoesNotExist',
  });
});

for (const moment of ['before', 'after'] as const)
  for (const atWrite of [1, 2, 3, 4, 5, 6])
    test(`a death ${moment} write ${atWrite} loses no task of an activity, and gives none out twice`, async (t) => {
      const file = temporaryFile(t);
      const tokens = new Set<string>();
      let answered = false;
      let status = '';
      for (let life = 1; life < 4; life++) {
        const database = new Database(file);
        const death = life === 1 ? { atWrite, moment } : { atWrite: Number.POSITIVE_INFINITY, moment };
        const { store, died, isDead } = dyingStore(new SqliteEngineStore(database), death);
        const clock = new SimulatedClock();
        const host = createExecutionHost({
          store,
          clock,
          ids: seededIds(life),
          taskRunner: new ScriptedTaskRunner(() => assert.fail('there is no task but of the activity')),
          account: '123456789012',
        });
        const story = async () => {
          await host.start();
          const { activityArn } = await host.createActivity({ name: 'Approve', region: REGION });
          const { stateMachineArn } = await machine(host, 'm', worker(activityArn));
          const { executionArn } = await host.startExecution({ stateMachineArn, name: 'run' });
          const poll = tokens.size > 0 ? undefined : host.getActivityTask({ activityArn });
          const task = await Promise.race([poll, clock.advanceBy(60_000).then(() => undefined)]);
          if (task) tokens.add(task.taskToken);
          // taken, and the answer lost with the server: only a timeout helps, as on AWS
          const [taken] = (await store.load(executionArn))?.effects ?? [];
          for (const taskToken of tokens.size === 0 && taken?.taskToken ? [taken.taskToken] : tokens)
            if (!answered) await host.sendTaskSuccess({ taskToken, output: '1' });
          answered = true;
          status = (await host.describeExecution(executionArn)).status;
        };
        await Promise.race([died, story()]);
        if (!isDead()) await host.close();
        database.close();
        if (status === 'SUCCEEDED') break;
      }
      assert.equal(status, 'SUCCEEDED');
      assert.ok(tokens.size <= 1);
    });
