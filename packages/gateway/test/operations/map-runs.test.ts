import assert from 'node:assert/strict';
import test from 'node:test';
import { ended, openRealWorld } from '../support/real-rooms.ts';
import { createRole, type Output } from '../support/world.ts';

const definition = JSON.stringify({
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      Label: 'Each',
      ToleratedFailureCount: 1,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'Sort',
        States: {
          Sort: {
            Type: 'Choice',
            Choices: [{ Variable: '$', StringEquals: 'bad', Next: 'Bad' }],
            Default: 'Good',
          },
          Good: { Type: 'Succeed' },
          Bad: { Type: 'Fail', Error: 'Bad' },
        },
      },
      End: true,
    },
  },
});

test('a Map Run is described, listed and asked for its children as on AWS', async (t) => {
  const world = await openRealWorld(t);
  const call = (operation: string, input: object): Promise<Output> => world.call('states', operation, input);
  const roleArn = await createRole(world, 'Execution', 'states.amazonaws.com', []);
  const { stateMachineArn } = await call('CreateStateMachine', { name: 'm', definition, roleArn });
  const end = ended(world.executions, /:execution:m:run$/);
  const { executionArn } = await call('StartExecution', {
    stateMachineArn,
    name: 'run',
    input: '["a","bad","b"]',
  });
  await end;

  const { mapRuns } = (await call('ListMapRuns', { executionArn })) as { mapRuns: Output[] };
  const [listed] = mapRuns;
  assert.deepEqual([mapRuns.length, listed?.['stateMachineArn']], [1, `${String(stateMachineArn)}/Each`]);
  const mapRunArn = listed!['mapRunArn']; // there is one
  const described = await call('DescribeMapRun', { mapRunArn });
  const counts = { pending: 0, running: 0, succeeded: 2, failed: 1, timedOut: 0, aborted: 0, total: 3 };
  assert.deepEqual(
    [
      described['status'],
      described['toleratedFailureCount'],
      described['redriveCount'],
      described['itemCounts'],
    ],
    ['SUCCEEDED', 1, 0, { ...counts, resultsWritten: 0, failuresNotRedrivable: 0, pendingRedrive: 0 }],
  );

  const children = (await call('ListExecutions', { mapRunArn, statusFilter: 'FAILED' })) as {
    executions: Output[];
  };
  const [failed] = children.executions;
  assert.deepEqual(
    [children.executions.length, failed?.['mapRunArn'], failed?.['itemCount']],
    [1, mapRunArn, 1],
  );
  const child = await call('DescribeExecution', { executionArn: failed?.['executionArn'] });
  assert.deepEqual(
    [child['mapRunArn'], child['error'], child['redriveStatus'], child['input']],
    [mapRunArn, 'Bad', 'REDRIVABLE_BY_MAP_RUN', '"bad"'],
  );
  const machine = await call('DescribeStateMachineForExecution', { executionArn: failed?.['executionArn'] });
  assert.deepEqual(
    [
      machine['mapRunArn'],
      machine['label'],
      (JSON.parse(String(machine['definition'])) as Output)['StartAt'],
    ],
    [mapRunArn, 'Each', 'Sort'],
  );
  const labelled = await call('DescribeStateMachine', { stateMachineArn: `${String(stateMachineArn)}/Each` });
  assert.deepEqual([labelled['label'], labelled['definition']], ['Each', machine['definition']]);
  const plain = (await call('ListExecutions', { stateMachineArn })) as { executions: Output[] };
  assert.equal(plain.executions.length, 1);
});

test('what cannot be is refused in the service’s words', async (t) => {
  const world = await openRealWorld(t);
  const call = (operation: string, input: object): Promise<Output> => world.call('states', operation, input);
  const mapRunArn = 'arn:aws:states:us-east-1:000000000000:mapRun:m/Each:1';
  for (const [operation, input, code] of [
    ['DescribeMapRun', { mapRunArn }, 'ResourceNotFound'],
    ['UpdateMapRun', { mapRunArn, maxConcurrency: 1 }, 'ResourceNotFound'],
    ['ListExecutions', { mapRunArn }, 'ResourceNotFound'],
    ['DescribeMapRun', { mapRunArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:m' }, 'InvalidArn'],
    ['ListMapRuns', { executionArn: mapRunArn.replace(':mapRun:', ':execution:') }, 'ExecutionDoesNotExist'],
    ['ListExecutions', { mapRunArn, stateMachineArn: mapRunArn }, 'ValidationException'],
  ] as const)
    await assert.rejects(call(operation, input), { code }, operation);
});
