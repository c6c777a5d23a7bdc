import assert from 'node:assert/strict';
import test from 'node:test';
import { serviceModels } from '@riposte/gateway';
import { ended, openRealWorld } from '../support/real-rooms.ts';
import { createRole, policy, type Output } from '../support/world.ts';

const ACCOUNT = '000000000000';

const RESPONSE = {
  StartAt: 'MakeUser',
  States: {
    MakeUser: {
      Type: 'Task',
      Resource: 'arn:aws:states:::aws-sdk:iam:createUser',
      Parameters: { 'UserName.$': '$.detail.name' },
      ResultSelector: { 'arn.$': '$.User.Arn' },
      End: true,
    },
  },
};
const CALLER = {
  StartAt: 'Respond',
  States: {
    Respond: {
      Type: 'Task',
      Resource: 'arn:aws:states:::states:startExecution.sync:2',
      Parameters: {
        StateMachineArn: `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:Response`,
        'Input.$': '$',
      },
      OutputPath: '$.Output',
      End: true,
    },
  },
};

test('an event becomes an execution, its child, a change of the account, and one chain through all of them', async (t) => {
  const world = await openRealWorld(t);
  const roleArn = await createRole(world, 'Execution', 'states.amazonaws.com', [
    'iam:CreateUser',
    'states:*',
    'events:*',
  ]);
  const eventsRole = await createRole(world, 'Events', 'events.amazonaws.com', ['states:StartExecution']);
  const create = (name: string, definition: object) =>
    world.call('states', 'CreateStateMachine', { name, definition: JSON.stringify(definition), roleArn });
  await create('Response', RESPONSE);
  const { stateMachineArn } = await create('Caller', CALLER);
  await world.call('events', 'PutRule', { Name: 'exposed', EventPattern: '{"source":["app"]}' });
  const put = await world.call('events', 'PutTargets', {
    Rule: 'exposed',
    Targets: [{ Id: 't', Arn: stateMachineArn, RoleArn: eventsRole }],
  });
  assert.deepEqual(put, { FailedEntryCount: 0, FailedEntries: [] });

  const done = ended(world.executions, /:Caller:/);
  const sent = await world.call('events', 'PutEvents', {
    Entries: [{ Source: 'app', DetailType: 'Key exposed', Detail: '{"name":"bob"}' }],
  });
  assert.equal(sent['FailedEntryCount'], 0);
  const executionArn = await done;

  const caller = await world.call('states', 'DescribeExecution', { executionArn });
  assert.equal(caller['status'], 'SUCCEEDED', JSON.stringify(caller));
  assert.deepEqual(JSON.parse(String(caller['output'])), { arn: `arn:aws:iam::${ACCOUNT}:user/bob` });
  assert.ok(caller['startDate'] instanceof Date && caller['stopDate'] instanceof Date);
  const [child] = (await world.executions.listExecutions({ parentArn: executionArn }, {})).executions;
  assert.equal(child?.origin.parent?.stateName, 'Respond');
  const made = (await world.records()).find(({ operation }) => operation === 'CreateUser');
  assert.deepEqual([made?.executionArn, made?.stateName], [child?.executionArn, 'MakeUser']);

  const history = await world.call('states', 'GetExecutionHistory', {
    executionArn,
    includeExecutionData: false,
  });
  const events = history['events'] as { type: string; timestamp: Date; taskScheduledEventDetails?: Output }[];
  const scheduled = events.find(({ type }) => type === 'TaskScheduled');
  assert.ok(scheduled?.timestamp instanceof Date);
  assert.equal(scheduled.taskScheduledEventDetails?.['resource'], 'startExecution.sync:2');
  assert.equal(scheduled.taskScheduledEventDetails['parameters'], undefined);
});

test('machines and executions are listed, described, changed and stopped as the API has it', async (t) => {
  const world = await openRealWorld(t);
  const roleArn = await createRole(world, 'Execution', 'states.amazonaws.com', []);
  const waiting = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 3600, End: true } } };
  const definition = JSON.stringify(waiting);
  const { stateMachineArn } = await world.call('states', 'CreateStateMachine', {
    name: 'M',
    definition,
    roleArn,
  });
  const started = await world.call('states', 'StartExecution', { stateMachineArn, name: 'one' });
  const { executionArn } = started;
  const outputs: [string, Output][] = [
    ['DescribeStateMachine', { stateMachineArn }],
    ['ListStateMachines', {}],
    ['ListExecutions', { stateMachineArn, statusFilter: 'RUNNING' }],
    ['DescribeStateMachineForExecution', { executionArn }],
    ['StopExecution', { executionArn, error: 'Enough' }],
    ['DescribeExecution', { executionArn }],
    ['GetExecutionHistory', { executionArn, reverseOrder: true, maxResults: 1 }],
    ['UpdateStateMachine', { stateMachineArn, definition: definition.replace('3600', '60') }],
    ['ValidateStateMachineDefinition', { definition: '{}' }],
    ['DeleteStateMachine', { stateMachineArn }],
  ];
  const answers = new Map<string, Output>();
  for (const [operation, input] of outputs) {
    const output = await world.call('states', operation, input);
    answers.set(operation, output);
    // what the wire would write is all there: no member is one that the API does not have
    const wire = serviceModels.toWireJson('states', operation, 'output', output) as object;
    assert.deepEqual(Object.keys(wire).toSorted(), Object.keys(output).toSorted(), operation);
  }
  assert.equal(answers.get('DescribeStateMachine')?.['definition'], definition);
  const first = (operation: string, member: string): Output | undefined =>
    (answers.get(operation)![member] as Output[])[0];
  assert.equal(first('ListExecutions', 'executions')?.['name'], 'one');
  assert.deepEqual(
    [answers.get('DescribeExecution')?.['status'], answers.get('DescribeExecution')?.['error']],
    ['ABORTED', 'Enough'],
  );
  assert.equal(first('GetExecutionHistory', 'events')?.['type'], 'ExecutionAborted');
  assert.equal(typeof answers.get('UpdateStateMachine')?.['revisionId'], 'string');
  assert.equal(answers.get('ValidateStateMachineDefinition')?.['result'], 'FAIL');
  await assert.rejects(world.call('states', 'StartExecution', { stateMachineArn }), {
    code: 'StateMachineDoesNotExist',
  });
});

test('rules and buses are listed, described and removed as the API has it', async (t) => {
  const world = await openRealWorld(t);
  await world.call('events', 'CreateEventBus', { Name: 'orders' });
  const EventBusName = 'orders';
  const Name = 'paid';
  const Arn = `arn:aws:sns:us-east-1:${ACCOUNT}:t`;
  const cases: [string, Output][] = [
    ['PutRule', { Name, EventBusName, EventPattern: '{"source":["shop"]}' }],
    [
      'PutTargets',
      {
        Rule: Name,
        EventBusName,
        Targets: [
          { Id: 'a', Arn },
          { Id: 'b', Arn },
        ],
      },
    ],
    ['DescribeRule', { Name, EventBusName }],
    ['ListRules', { EventBusName }],
    ['DisableRule', { Name, EventBusName }],
    ['EnableRule', { Name, EventBusName }],
    ['ListTargetsByRule', { Rule: Name, EventBusName, Limit: 1 }],
    ['ListRuleNamesByTarget', { TargetArn: Arn, EventBusName }],
    ['TestEventPattern', { EventPattern: '{"source":["shop"]}', Event: testEvent('shop') }],
    ['RemoveTargets', { Rule: Name, EventBusName, Ids: ['a', 'b'] }],
    ['DeleteRule', { Name, EventBusName }],
    ['DescribeEventBus', { Name: EventBusName }],
    ['ListEventBuses', {}],
    ['DeleteEventBus', { Name: EventBusName }],
  ];
  const answers = new Map<string, Output>();
  for (const [operation, input] of cases) {
    const output = await world.call('events', operation, input);
    answers.set(operation, output);
    const wire = serviceModels.toWireJson('events', operation, 'output', output) as object;
    assert.deepEqual(Object.keys(wire).toSorted(), Object.keys(output).toSorted(), operation);
  }
  assert.equal(answers.get('PutRule')?.['RuleArn'], `arn:aws:events:us-east-1:${ACCOUNT}:rule/orders/paid`);
  assert.deepEqual(answers.get('ListTargetsByRule'), { Targets: [{ Id: 'a', Arn }], NextToken: '1' });
  assert.deepEqual(answers.get('ListRuleNamesByTarget'), { RuleNames: ['paid'] });
  assert.deepEqual(answers.get('TestEventPattern'), { Result: true });
  const denied = { kind: 'service', account: ACCOUNT, service: 'sns.amazonaws.com' } as const;
  await assert.rejects(world.call('events', 'ListRules', {}, denied), { code: 'AccessDeniedException' });
});

test('permission to start one machine is not permission to start another', async (t) => {
  const world = await openRealWorld(t);
  const roleArn = await createRole(world, 'Execution', 'states.amazonaws.com', []);
  const definition = JSON.stringify({ StartAt: 'P', States: { P: { Type: 'Pass', End: true } } });
  const create = (name: string) => world.call('states', 'CreateStateMachine', { name, definition, roleArn });
  const [one, other] = [await create('One'), await create('Other')];
  await world.call('iam', 'CreateUser', { UserName: 'alice' });
  await world.call('iam', 'PutUserPolicy', {
    UserName: 'alice',
    PolicyName: 'p',
    PolicyDocument: policy({
      Effect: 'Allow',
      Action: 'states:StartExecution',
      Resource: one['stateMachineArn'],
    }),
  });
  const alice = {
    kind: 'user',
    account: ACCOUNT,
    arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
    userName: 'alice',
    userId: 'AIDA',
    accessKeyId: 'AKIA',
  } as const;
  const start = ({ stateMachineArn }: Output) =>
    world.call('states', 'StartExecution', { stateMachineArn }, alice);
  assert.match(String((await start(one))['executionArn']), /:execution:One:/);
  await assert.rejects(start(other), { code: 'AccessDeniedException' });
});

function testEvent(source: string): string {
  return JSON.stringify({
    id: '1',
    account: ACCOUNT,
    source,
    time: '2026-11-23T06:00:00Z',
    region: 'us-east-1',
    resources: [],
    'detail-type': 'd',
  });
}
