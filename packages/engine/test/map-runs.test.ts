import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWorld, typesOf } from './world.ts';

const work = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Parameters: { 'Payload.$': '$' } };

/** A machine of one distributed Map. */
function distributed(extra: object = {}, states: object = { Item: { Type: 'Pass', End: true } }): object {
  return {
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        Label: 'Each',
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: Object.keys(states)[0]!, // there is one
          States: states,
        },
        End: true,
        ...extra,
      },
    },
  };
}

test('every item has an execution of its own, of which the parent tells nothing', async (t) => {
  const world = await createWorld(t, ({ parameters }) => ({ kind: 'succeeded', output: parameters }));
  const arn = await world.begin('m', distributed({}, { Work: { ...work, End: true } }), ['a', 'b', 'c']);
  await world.settle();
  const execution = await world.host.describeExecution(arn);
  assert.equal(execution.status, 'SUCCEEDED');
  assert.equal(execution.output, '[{"Payload":"a"},{"Payload":"b"},{"Payload":"c"}]');
  assert.deepEqual(await typesOf(world.host, arn), [
    'ExecutionStarted',
    'MapStateEntered',
    'MapStateStarted',
    'MapRunStarted',
    'MapRunSucceeded',
    'MapStateSucceeded',
    'MapStateExited',
    'ExecutionSucceeded',
  ]);
  assert.deepEqual(world.problems, []);
});
