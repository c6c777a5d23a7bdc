import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import type { HistoryEvent, TaskOutcome, TaskRequest } from '@riposte/engine';
import { expectEndedHistory, type Death } from '@riposte/testkit';
import { live, outside, type Ended, type Outside } from './lives.ts';
import { REGION, tasks, temporaryFile } from './world.ts';

const CHILD = `arn:aws:states:${REGION}:123456789012:stateMachine:child`;
const work = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Parameters: { FunctionName: 'f' } };

/** Everything that can be under way when a server dies: retry, branches, timers, items, a callback, a child. */
const PARENT = {
  StartAt: 'Retried',
  States: {
    Retried: { ...work, Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 5 }], Next: 'Both' },
    Both: {
      Type: 'Parallel',
      Branches: [
        { StartAt: 'Now', States: { Now: { ...work, End: true } } },
        {
          StartAt: 'Pause',
          States: { Pause: { Type: 'Wait', Seconds: 30, Next: 'Later' }, Later: { ...work, End: true } },
        },
      ],
      ResultPath: null,
      Next: 'Items',
    },
    Items: { Type: 'Pass', Result: { items: [1, 2, 3] }, Next: 'Each' },
    Each: {
      Type: 'Map',
      ItemsPath: '$.items',
      ItemProcessor: { StartAt: 'Item', States: { Item: { ...work, End: true } } },
      ResultPath: null,
      Next: 'Apart',
    },
    Apart: {
      Type: 'Map',
      Label: 'Apart',
      MaxConcurrency: 2,
      ItemsPath: '$.items',
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'OwnItem',
        States: { OwnItem: { ...work, End: true } },
      },
      ResultPath: null,
      Next: 'InMemory',
    },
    InMemory: {
      Type: 'Map',
      Label: 'InMemory',
      ItemsPath: '$.items',
      ItemBatcher: { MaxItemsPerBatch: 2 },
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
        StartAt: 'Quick',
        States: { Quick: { ...work, End: true } },
      },
      Next: 'Ask',
    },
    Ask: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      Parameters: { 'Token.$': '$$.Task.Token' },
      TimeoutSeconds: 3600,
      Next: 'Nested',
    },
    Nested: {
      Type: 'Task',
      Resource: 'arn:aws:states:::states:startExecution.sync:2',
      Parameters: { StateMachineArn: CHILD, Input: { from: 'parent' } },
      End: true,
    },
  },
};

async function script({ step, taskToken }: TaskRequest): Promise<TaskOutcome> {
  if (taskToken !== undefined) return { kind: 'submitted', output: '{"MessageId":"m"}' };
  if (step.stateName === 'Retried' && step.attempt === 1) return { kind: 'failed', error: 'Busy' };
  return { kind: 'succeeded', output: JSON.stringify({ from: step.stateName }) };
}

/** What must be the same whenever the server died: each event that there is, side-by-side work in any order. */
function shapeOf({ history, children }: Ended): string[] {
  const shape = (event: HistoryEvent) =>
    `${event.type} ${String(event.stateEnteredEventDetails?.['name'] ?? '')}`;
  return [...history.map(shape).sort(), ...children.flatMap((child) => child.map(shape))];
}

/** The distinct pieces of work that the outside world has seen, whoever asked for them. */
function workOf({ requests }: Outside): string[] {
  const byTaskId = new Map(requests.map(({ step }) => [step.taskId, `${step.stateName} ${step.attempt}`]));
  return [...byTaskId.values()].sort();
}

async function baseline(t: TestContext) {
  const world = outside(temporaryFile(t), script);
  const ended = await live(world, PARENT, tasks({}));
  assert.ok(ended);
  assert.equal(ended.history.at(-1)?.type, 'ExecutionSucceeded');
  return { shape: shapeOf(ended), work: workOf(world), requestsCount: world.requests.length };
}

for (const moment of ['after', 'before'] as const)
  test(`a server that dies ${moment} any of its writes is continued by the next one`, async (t) => {
    const expected = await baseline(t);
    const file = temporaryFile(t);
    let deaths = 0;
    for (let atWrite = 1; ; atWrite++) {
      for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
      const world = outside(file, script);
      const first = await live(world, PARENT, tasks({}), { atWrite, moment });
      const ended = first ?? (await live(world, PARENT, tasks({})));
      assert.ok(ended, `died at write ${atWrite} and did not recover`);
      for (const history of [ended.history, ...ended.children]) expectEndedHistory(history);
      assert.deepEqual(shapeOf(ended), expected.shape, `died at write ${atWrite}`);
      assert.deepEqual(workOf(world), expected.work, `died at write ${atWrite}`);
      if (first) break;
      deaths += 1;
    }
    assert.ok(deaths >= 15, `only ${deaths} deaths`);
  });

test('a server that dies again and again makes progress with two writes a life', async (t) => {
  const expected = await baseline(t);
  const world = outside(temporaryFile(t), script);
  const death: Death = { atWrite: 7, moment: 'after' }; // its start takes five
  let ended: Ended | undefined;
  while (!ended && world.livesCount < 100) ended = await live(world, PARENT, tasks({}), death);
  assert.ok(ended);
  assert.ok(world.livesCount > 3);
  assert.deepEqual(shapeOf(ended), expected.shape);
  assert.deepEqual(workOf(world), expected.work);
});
