import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import type { TaskOutcome, TaskRequest } from '@riposte/engine';
import { expectEndedHistory, seededIds, type Death } from '@riposte/testkit';
import { live, outside, type Ended } from './lives.ts';
import { REGION, tasks, temporaryFile } from './world.ts';

const LIVES_MAX = 40;
const first = Number(process.env['SEED'] ?? 1);
const seeds = process.env['SEED'] === undefined ? 12 : 1;

const work = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: 'f' },
  TimeoutSeconds: 20,
  Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2, JitterStrategy: 'FULL' }],
};

const STORY = {
  StartAt: 'Items',
  TimeoutSeconds: 400,
  States: {
    Items: { Type: 'Pass', Result: [1, 2, 3, 4], Next: 'Each' },
    Each: {
      Type: 'Map',
      MaxConcurrency: 2,
      ItemProcessor: {
        StartAt: 'Item',
        States: { Item: { ...work, Next: 'Rest' }, Rest: { Type: 'Wait', Seconds: 3, End: true } },
      },
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Ask' }],
      Next: 'Ask',
    },
    Ask: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      Parameters: { 'Token.$': '$$.Task.Token' },
      HeartbeatSeconds: 90,
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Nested' }],
      Next: 'Nested',
    },
    Nested: {
      Type: 'Task',
      Resource: 'arn:aws:states:::states:startExecution.sync',
      Parameters: {
        StateMachineArn: `arn:aws:states:${REGION}:123456789012:stateMachine:child`,
        Input: {},
      },
      End: true,
    },
  },
};

/** Tasks that succeed, fail, hang until their timeout, or lose their token, by a fair die. */
function dice(roll: () => number) {
  return async ({ taskToken }: TaskRequest, signal: AbortSignal): Promise<TaskOutcome> => {
    const value = roll();
    if (value < 0.2) return { kind: 'failed', error: 'Unlucky', cause: 'the die said so' };
    if (value < 0.3)
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve({ kind: 'failed' }), { once: true });
      });
    if (taskToken !== undefined) return { kind: 'submitted', output: '{}' };
    return { kind: 'succeeded', output: '{"lucky":true}' };
  };
}

test('whatever tasks answer and whenever servers die, every execution ends once and its history is sound', async (t) => {
  const file = temporaryFile(t);
  const statuses = new Set<string>();
  for (let seed = first; seed < first + seeds; seed++) {
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    const ids = seededIds(seed);
    const roll = () => ids.uniform();
    const world = outside(file, dice(roll));
    const again = `seed ${seed}: run again with SEED=${seed}`;
    let ended: Ended | undefined;
    while (!ended) {
      assert.ok(world.livesCount < LIVES_MAX, `no end after ${LIVES_MAX} lives, ${again}`);
      const death: Death = {
        atWrite: 6 + Math.floor(roll() * 25),
        moment: roll() < 0.5 ? 'before' : 'after',
      };
      try {
        ended = await live(world, STORY, tasks({ TimeoutSeconds: 20 }), death);
      } catch (error) {
        throw new Error(again, { cause: error });
      }
    }
    for (const history of [ended.history, ...ended.children]) expectEndedHistory(history);
    statuses.add(ended.history.at(-1)?.type ?? 'none');
  }
  if (seeds > 1) assert.ok(statuses.size > 1, 'the die never changed an end');
});
