import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { ended, openRealWorld } from '../support/real-rooms.ts';
import { answerOf, createFunction, createRole, policy, type Output } from '../support/world.ts';

const STEPS = {
  'a function': ['lambda:invoke', { FunctionName: 'f' }, 'Invoke'],
  'an asynchronous invocation': ['lambda:invoke', { FunctionName: 'f', InvocationType: 'Event' }, 'Invoke'],
  'a topic': ['sns:publish', { TopicArn: 'TOPIC', Message: 'm' }, 'Publish'],
  'a queue': ['sqs:sendMessage', { QueueUrl: 'QUEUE', MessageBody: 'm' }, 'SendMessage'],
  'a bus': [
    'events:putEvents',
    { Entries: [{ Source: 's', DetailType: 't', Detail: {}, EventBusName: 'default' }] },
    'PutEvents',
  ],
  'an execution with a name': [
    'states:startExecution',
    { StateMachineArn: 'MACHINE', Name: 'one', Input: {} },
    'StartExecution',
  ],
  'a call through the SDK': ['aws-sdk:iam:createUser', { UserName: 'alice' }, 'CreateUser'],
} as const;

/** Who holds the step: an execution, or the child of its Map Run. */
const HOLDERS = {
  'a standard execution': (states: object) => states,
  'a branch': (states: object) => ({
    Both: { Type: 'Parallel', Branches: [{ StartAt: 'Step', States: states }], End: true },
  }),
  'an iteration': (states: object) => mapOf({ Mode: 'INLINE' }, states),
  'a standard child': (states: object) => mapOf({ Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, states),
  'an express child': (states: object) => mapOf({ Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' }, states),
} as const;

function mapOf(ProcessorConfig: object, States: object): object {
  return {
    Each: {
      Type: 'Map',
      ItemsPath: '$.items',
      ItemProcessor: { ProcessorConfig, StartAt: 'Step', States },
      End: true,
    },
  };
}

/** A world in which a redriven step could act, once its role may. */
async function openStage(t: TestContext) {
  const world = await openRealWorld(t);
  let invocations = 0;
  await createFunction(world, 'f', () => {
    invocations += 1;
    return answerOf({});
  });
  const roleArn = await createRole(world, 'Execution', 'states.amazonaws.com', []);
  const topic = await world.call('sns', 'CreateTopic', { Name: 'topic' });
  const queue = await world.call('sqs', 'CreateQueue', { QueueName: 'queue' });
  const called = await world.call('states', 'CreateStateMachine', {
    name: 'called',
    definition: JSON.stringify({ StartAt: 'S', States: { S: { Type: 'Succeed' } } }),
    roleArn,
  });
  const named: Record<string, unknown> = {
    TOPIC: topic['TopicArn'],
    QUEUE: queue['QueueUrl'],
    MACHINE: called['stateMachineArn'],
  };
  return {
    world,
    roleArn,
    invocations: () => invocations,
    parametersOf: (parameters: object) =>
      JSON.parse(
        JSON.stringify(parameters).replaceAll(/TOPIC|QUEUE|MACHINE/g, (name) => String(named[name])),
      ) as object, // with other texts in it
    allow: (PolicyName: string, Effect: 'Allow' | 'Deny', Action: string) =>
      world.call('iam', 'PutRolePolicy', {
        RoleName: 'Execution',
        PolicyName,
        PolicyDocument: policy({ Effect, Action, Resource: '*' }),
      }),
  };
}

for (const [holder, hold] of Object.entries(HOLDERS))
  for (const [what, [resource, parameters, operation]] of Object.entries(STEPS))
    test(`a redrive makes the refused call of ${holder} to ${what} again`, async (t) => {
      const { world, roleArn, invocations, parametersOf, allow } = await openStage(t);
      const call = (name: string, input: object): Promise<Output> => world.call('states', name, input);
      await allow('Work', 'Allow', 'states:StartExecution');
      await allow('Not', 'Deny', '*');
      const step = {
        Type: 'Task',
        Resource: `arn:aws:states:::${resource}`,
        Parameters: parametersOf(parameters),
        End: true,
      };
      const states = hold({ Step: step });
      const definition = JSON.stringify({ StartAt: Object.keys(states)[0], States: states });
      const { stateMachineArn } = await call('CreateStateMachine', { name: 'm', definition, roleArn });
      const start = { stateMachineArn, name: 'run', input: '{"items":[1]}' };
      const failedOnce = ended(world.executions, /:execution:m:run$/);
      const { executionArn } = await call('StartExecution', start);
      await failedOnce;
      assert.equal((await call('DescribeExecution', { executionArn }))['status'], 'FAILED');
      await allow('Work', 'Allow', '*');
      await world.call('iam', 'DeleteRolePolicy', { RoleName: 'Execution', PolicyName: 'Not' });
      const again = ended(world.executions, /:execution:m:run$/);
      await call('RedriveExecution', { executionArn });
      await again;
      await world.gateway.idle();

      const { status, cause } = await call('DescribeExecution', { executionArn });
      assert.equal(status, 'SUCCEEDED', String(cause));
      const made = (await world.records()).filter(
        (record) => record.operation === operation && record.executionArn !== undefined,
      );
      assert.deepEqual(
        made.map(({ errorCode }) => errorCode === undefined),
        [false, true],
      );
      if (operation === 'Invoke') assert.equal(invocations(), 1);
    });

test('a redriven express child runs from its start: what had been accepted is not taken for done', async (t) => {
  const { world, roleArn, invocations, parametersOf, allow } = await openStage(t);
  await allow('Work', 'Allow', '*');
  const call = (name: string, input: object): Promise<Output> => world.call('states', name, input);
  const steps = [
    STEPS['a function'],
    STEPS['an asynchronous invocation'],
    STEPS['a topic'],
    STEPS['a queue'],
    STEPS['a bus'],
    ['states:startExecution', { StateMachineArn: 'MACHINE', Input: {} }],
    ['lambda:invoke', { FunctionName: 'missing' }],
  ] as const;
  const states = steps.map(([resource, parameters], index) => [
    index === 0 ? 'Step' : `Step${index}`,
    {
      Type: 'Task',
      Resource: `arn:aws:states:::${resource}`,
      Parameters: parametersOf(parameters),
      ...(index + 1 < steps.length ? { Next: `Step${index + 1}` } : { End: true }),
    },
  ]);
  const each = mapOf({ Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' }, Object.fromEntries(states));
  const definition = JSON.stringify({ StartAt: 'Each', States: each });
  const { stateMachineArn } = await call('CreateStateMachine', { name: 'm', definition, roleArn });
  const failed = ended(world.executions, /:execution:m:run$/);
  const start = { stateMachineArn, name: 'run', input: '{"items":[1]}' };
  const { executionArn } = await call('StartExecution', start);
  await failed;
  await createFunction(world, 'missing', () => answerOf({}));
  const again = ended(world.executions, /:execution:m:run$/);
  await call('RedriveExecution', { executionArn });
  await again;
  await world.gateway.idle();

  assert.equal((await call('DescribeExecution', { executionArn }))['status'], 'SUCCEEDED');
  assert.equal(invocations(), 4);
  const records = (await world.records()).filter((record) => record.executionArn !== undefined);
  const made = (operation: string) => records.filter((record) => record.operation === operation).length;
  assert.deepEqual([made('Publish'), made('SendMessage'), made('PutEvents')], [2, 2, 2]);
  const called = parametersOf({ stateMachineArn: 'MACHINE' });
  const { executions } = (await call('ListExecutions', called)) as { executions: Output[] };
  assert.equal(executions.length, 2);
});
