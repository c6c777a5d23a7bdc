import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatHistory } from '@riposte/testkit';
import { createWorld, tasks } from './world.ts';

test('three tasks run one after the other and the last answer is the output', async (t) => {
  const world = await createWorld(t, ({ step }) => ({
    kind: 'succeeded',
    output: JSON.stringify({ from: step.stateName }),
  }));
  const arn = await world.begin('three', tasks({}, {}, {}));
  await world.settle();
  const execution = await world.host.describeExecution(arn);
  assert.equal(execution.status, 'SUCCEEDED');
  assert.equal(execution.output, '{"from":"C"}');
  const { events } = await world.host.getExecutionHistory(arn, {});
  assert.equal(
    formatHistory(events.slice(0, 7)),
    `1←0 ExecutionStarted
2←0 TaskStateEntered A
3←2 TaskScheduled resource=invoke
4←3 TaskStarted resource=invoke
5←4 TaskSucceeded resource=invoke output={"from":"A"}
6←5 TaskStateExited A output={"from":"A"}
7←6 TaskStateEntered B`,
  );
  assert.equal(events.at(-1)?.type, 'ExecutionSucceeded');
  assert.deepEqual(world.problems, []);
});
