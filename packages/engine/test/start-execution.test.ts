import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoreHost } from '@riposte/engine';
import { createWorld, machine, tasks } from './world.ts';

const WAIT = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 60, End: true } } };

async function waiting(host: StoreHost): Promise<string> {
  return (await machine(host, 'm', WAIT)).stateMachineArn;
}

test('the same request key answers with the first execution, whatever became of it', async (t) => {
  const world = await createWorld(t);
  const stateMachineArn = await waiting(world.host);
  const request = { stateMachineArn, requestKey: 'delivery-7' };
  const [one, two] = await Promise.all([
    world.host.startExecution(request),
    world.host.startExecution({ ...request, name: 'given' }),
  ]);
  assert.deepEqual(one, two);
  await world.settle();
  assert.deepEqual(await world.host.startExecution(request), one);
  await world.host.deleteStateMachine(stateMachineArn);
  assert.deepEqual(await world.host.startExecution(request), one);
  assert.equal((await world.host.listExecutions({}, {})).executions.length, 1);
});

test('the same name and input answer with the open execution, anything else is refused', async (t) => {
  const world = await createWorld(t);
  const stateMachineArn = await waiting(world.host);
  const request = { stateMachineArn, name: 'incident-1', input: '{"a":1}' };
  const [one, two] = await Promise.all([
    world.host.startExecution(request),
    world.host.startExecution(request),
  ]);
  assert.deepEqual(one, two);
  const taken = {
    code: 'ExecutionAlreadyExists',
    message: `Execution Already Exists: '${one.executionArn}'`,
  };
  await assert.rejects(world.host.startExecution({ ...request, input: '{"a": 1}' }), taken);
  await world.settle();
  await assert.rejects(world.host.startExecution(request), taken);
});

test('ninety days after its end a name is free again', async (t) => {
  const world = await createWorld(t);
  const request = { stateMachineArn: await waiting(world.host), name: 'n' };
  const first = await world.host.startExecution(request);
  await world.settle();
  await world.clock.advanceBy(91 * 86_400_000);
  const second = await world.host.startExecution(request);
  assert.equal(second.executionArn, first.executionArn);
  assert.ok(second.startDate > first.startDate);
});

test('an execution keeps the definition and the role it started with', async (t) => {
  const world = await createWorld(t);
  const stateMachineArn = await waiting(world.host);
  const { executionArn } = await world.host.startExecution({ stateMachineArn });
  await world.host.updateStateMachine({ stateMachineArn, definition: JSON.stringify(tasks({})) });
  await world.settle();
  const execution = await world.host.describeExecution(executionArn);
  assert.equal(execution.definition, JSON.stringify(WAIT));
  assert.equal(execution.status, 'SUCCEEDED');
  assert.equal(world.runner.requests.length, 0);
});

test('bad requests are refused in the words of the service', async (t) => {
  const world = await createWorld(t);
  const stateMachineArn = await waiting(world.host);
  const start = (request: object) => world.host.startExecution({ stateMachineArn, ...request });
  await assert.rejects(start({ name: 'a b' }), { code: 'InvalidName', message: "Invalid Name: 'a b'" });
  await assert.rejects(start({ name: 'x'.repeat(81) }), { code: 'InvalidName' });
  await assert.rejects(start({ name: '\ud800' }), { code: 'InvalidName' });
  await assert.rejects(start({ input: 'not json' }), {
    code: 'InvalidExecutionInput',
    message:
      "Invalid State Machine Execution Input: 'Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')'",
  });
  await assert.rejects(start({ input: '' }), {
    code: 'InvalidExecutionInput',
    message: "Invalid State Machine Execution Input: 'Invalid execution input.'",
  });
  await assert.rejects(start({ input: JSON.stringify('ä'.repeat(131_072)) }), {
    code: 'ValidationException',
  });
  await assert.rejects(start({ stateMachineArn: 'nonsense' }), {
    code: 'InvalidArn',
    message: "Invalid Arn: 'Invalid ARN prefix: nonsense'",
  });
  const absent = `${stateMachineArn}x`;
  await assert.rejects(start({ stateMachineArn: absent }), {
    code: 'StateMachineDoesNotExist',
    message: `State Machine Does Not Exist: '${absent}'`,
  });
  const noExecution = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:none`;
  const missing = { code: 'ExecutionDoesNotExist', message: `Execution Does Not Exist: '${noExecution}'` };
  await assert.rejects(world.host.describeExecution(noExecution), missing);
  await assert.rejects(world.host.stopExecution({ executionArn: noExecution }), missing);
  await assert.rejects(world.host.getExecutionHistory(noExecution, {}), missing);
  await assert.rejects(world.host.describeExecution(stateMachineArn), { code: 'InvalidArn' });
  await assert.rejects(world.host.listExecutions({ stateMachineArn: absent }, {}), {
    code: 'StateMachineDoesNotExist',
  });
  await assert.rejects(world.host.listExecutions({}, { nextToken: '???' }), { code: 'InvalidToken' });
  await assert.rejects(world.host.listExecutions({}, { maxResults: 1001 }), {
    code: 'ValidationException',
    message:
      "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000",
  });
});

test('lists and histories are paged', async (t) => {
  const world = await createWorld(t);
  const { stateMachineArn } = await machine(world.host, 'm', tasks({}));
  for (const name of ['a', 'b', 'c']) await world.host.startExecution({ stateMachineArn, name });
  await world.settle();
  const first = await world.host.listExecutions({ stateMachineArn }, { maxResults: 2 });
  const second = await world.host.listExecutions(
    { stateMachineArn },
    { maxResults: 2, nextToken: first.nextToken! }, // there are three
  );
  const names = [...first.executions, ...second.executions].map(({ name }) => name);
  assert.deepEqual(names, ['c', 'b', 'a']);
  assert.equal(second.nextToken, undefined);

  const { executionArn } = first.executions[0]!; // two were listed
  const ids: number[] = [];
  let nextToken: string | undefined;
  do {
    const page = await world.host.getExecutionHistory(executionArn, {
      maxResults: 3,
      reverseOrder: true,
      ...(nextToken !== undefined && { nextToken }),
    });
    ids.push(...page.events.map(({ id }) => id));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  assert.deepEqual(ids, [7, 6, 5, 4, 3, 2, 1]);
});

test('the token of one listing is none of another', async (t) => {
  const world = await createWorld(t);
  const { stateMachineArn } = await machine(world.host, 'm', tasks({}));
  for (const name of ['a', 'b']) await world.host.startExecution({ stateMachineArn, name });
  await world.settle();
  const { executions, nextToken } = await world.host.listExecutions({ stateMachineArn }, { maxResults: 1 });
  const invalid = { code: 'InvalidToken' };
  await assert.rejects(world.host.listExecutions({}, { nextToken: nextToken! }), invalid); // there are two
  const of = ['a', 'b'].map((name) => executions[0]!.executionArn.replace(/[^:]+$/, name));
  const page = await world.host.getExecutionHistory(of[0]!, { maxResults: 3 });
  const token = { nextToken: page.nextToken! }; // there are seven events
  await assert.rejects(world.host.getExecutionHistory(of[1]!, token), invalid);
  await assert.rejects(world.host.getExecutionHistory(of[0]!, { ...token, reverseOrder: true }), invalid);
  assert.equal((await world.host.getExecutionHistory(of[0]!, token)).events[0]?.id, 4);
});
