import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWorld, machine, REGION, ROLE, tasks, type World } from './world.ts';

const pass = (Comment: string) => ({ Comment, StartAt: 'P', States: { P: { Type: 'Pass', End: true } } });
const text = (comment: string) => JSON.stringify(pass(comment));

/** A machine with as many published versions. */
async function published(world: World, count: number): Promise<{ arn: string; versions: string[] }> {
  const { stateMachineArn: arn } = await machine(world.host, 'm', pass('0'));
  const versions: string[] = [];
  for (let number = 1; number <= count; number++) {
    const request = { stateMachineArn: arn, definition: text(String(number)), publish: true };
    versions.push((await world.host.updateStateMachine(request)).stateMachineVersionArn ?? '');
  }
  return { arn, versions };
}

test('a version stays what it was; the same revision is published once; numbers are never used again', async (t) => {
  const world = await createWorld(t);
  const { host } = world;
  const { arn, versions } = await published(world, 2);
  assert.deepEqual(versions, [`${arn}:1`, `${arn}:2`]);
  const again = await host.publishStateMachineVersion({ stateMachineArn: arn });
  assert.equal(again.stateMachineVersionArn, `${arn}:2`);
  await host.deleteStateMachineVersion(`${arn}:2`);
  await host.deleteStateMachineVersion(`${arn}:2`);
  const third = await host.publishStateMachineVersion({ stateMachineArn: arn, description: 'third' });
  assert.equal(third.stateMachineVersionArn, `${arn}:3`);
  assert.equal((await host.describeStateMachine(`${arn}:1`)).definition, text('1'));
  assert.equal((await host.describeStateMachine(`${arn}:3`)).description, 'third');
  await assert.rejects(host.describeStateMachine(`${arn}:2`), { code: 'StateMachineDoesNotExist' });
  const page = await host.listStateMachineVersions(arn, { maxResults: 1 });
  const next = await host.listStateMachineVersions(arn, { nextToken: page.nextToken! }); // there are two
  assert.deepEqual(
    [...page.stateMachineVersions, ...next.stateMachineVersions].map((one) => one.stateMachineVersionArn),
    [`${arn}:3`, `${arn}:1`],
  );
});

test('a version is published only of the revision that was meant', async (t) => {
  const world = await createWorld(t);
  const { stateMachineArn } = await machine(world.host, 'm', pass('0'));
  const initial = { stateMachineArn, revisionId: 'INITIAL' };
  const first = await world.host.publishStateMachineVersion(initial);
  assert.equal(first.stateMachineVersionArn, `${stateMachineArn}:1`);
  const { revisionId } = await world.host.updateStateMachine({ stateMachineArn, definition: text('1') });
  await assert.rejects(world.host.publishStateMachineVersion(initial), {
    code: 'ConflictException',
    message: `Failed to publish the State Machine version for revision INITIAL. The current State Machine revision is ${revisionId}.`,
  });
  const absent = `${stateMachineArn}x`;
  await assert.rejects(world.host.publishStateMachineVersion({ stateMachineArn: absent }), {
    code: 'StateMachineDoesNotExist',
  });
});

test('a machine is created with its first version, and the same request answers the same', async (t) => {
  const { host } = await createWorld(t);
  const request = { name: 'm', definition: text('0'), roleArn: ROLE, region: REGION, publish: true };
  const first = await host.createStateMachine({ ...request, versionDescription: 'one' });
  assert.equal(first.stateMachineVersionArn, `${first.stateMachineArn}:1`);
  assert.deepEqual(await host.createStateMachine({ ...request, versionDescription: 'one' }), first);
  await assert.rejects(host.createStateMachine({ ...request, versionDescription: 'two' }), {
    code: 'StateMachineAlreadyExists',
  });
  await assert.rejects(host.createStateMachine({ ...request, publish: false, versionDescription: 'one' }), {
    code: 'ValidationException',
    message: 'Version description can only be set when publish is true',
  });
});

test('an alias leads to its versions by weight, and executions say how they were started', async (t) => {
  const world = await createWorld(t);
  const { host } = world;
  const { arn, versions } = await published(world, 2);
  const routes = (...weights: number[]) =>
    weights.map((weight, index) => ({ stateMachineVersionArn: versions[index]!, weight })); // two were published
  const alias = await host.createStateMachineAlias({ name: 'live', routingConfiguration: routes(100) });
  const started = await host.startExecution({ stateMachineArn: alias.stateMachineAliasArn, name: 'first' });
  const execution = await host.describeExecution(started.executionArn);
  assert.equal(started.executionArn, `${arn.replace(':stateMachine:', ':execution:')}:first`);
  assert.deepEqual(
    [execution.stateMachineArn, execution.stateMachineVersionArn, execution.stateMachineAliasArn],
    [arn, `${arn}:1`, `${arn}:live`],
  );
  assert.equal(execution.definition, text('1'));
  const { events } = await host.getExecutionHistory(started.executionArn, { maxResults: 1 });
  assert.deepEqual(events[0]?.executionStartedEventDetails, {
    input: '{}',
    inputDetails: { truncated: false },
    roleArn: execution.roleArn,
    stateMachineAliasArn: `${arn}:live`,
    stateMachineVersionArn: `${arn}:1`,
  });

  await host.updateStateMachineAlias({
    stateMachineAliasArn: alias.stateMachineAliasArn,
    routingConfiguration: routes(50, 50),
  });
  for (let index = 0; index < 20; index++)
    await host.startExecution({ stateMachineArn: alias.stateMachineAliasArn });
  const listed = async (stateMachineArn: string) =>
    (await host.listExecutions({ stateMachineArn }, {})).executions.length;
  assert.equal(await listed(`${arn}:live`), 21);
  assert.ok((await listed(`${arn}:1`)) > 3 && (await listed(`${arn}:2`)) > 3);
  assert.equal((await listed(`${arn}:1`)) + (await listed(`${arn}:2`)), 21);
  await assert.rejects(host.listExecutions({ stateMachineArn: `${arn}:9` }, {}), {
    code: 'StateMachineDoesNotExist',
  });
});

test('an alias is created once, and keeps its versions from being deleted', async (t) => {
  const world = await createWorld(t);
  const { host } = world;
  const { arn, versions } = await published(world, 2);
  const route = (version: number, weight = 100) => ({
    stateMachineVersionArn: versions[version - 1]!, // two were published
    weight,
  });
  const request = { name: 'live', routingConfiguration: [route(1)] };
  const alias = await host.createStateMachineAlias(request);
  assert.deepEqual(await host.createStateMachineAlias(request), alias);
  await assert.rejects(host.createStateMachineAlias({ ...request, routingConfiguration: [route(2)] }), {
    code: 'ConflictException',
    message:
      'Failed to create alias because an alias with the same name and a different routing configuration already exists.',
  });
  await assert.rejects(host.deleteStateMachineVersion(`${arn}:1`), {
    code: 'ConflictException',
    message:
      'Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [live]',
  });
  const named = async (of: string) =>
    (await host.listStateMachineAliases(of, {})).stateMachineAliases.map(({ name }) => name);
  assert.deepEqual(
    [await named(arn), await named(`${arn}:1`), await named(`${arn}:2`)],
    [['live'], ['live'], []],
  );
  await assert.rejects(host.listStateMachineAliases(arn.replace(/[^:]+$/, 'absent'), {}), {
    code: 'StateMachineDoesNotExist',
  });
  await host.deleteStateMachineAlias(alias.stateMachineAliasArn);
  await host.deleteStateMachineVersion(`${arn}:1`);
  const gone = { code: 'ResourceNotFound', message: 'Request references a resource that does not exist.' };
  await assert.rejects(host.describeStateMachineAlias(alias.stateMachineAliasArn), gone);
  await assert.rejects(host.createStateMachineAlias(request), gone);
  await assert.rejects(host.startExecution({ stateMachineArn: alias.stateMachineAliasArn }), {
    code: 'StateMachineDoesNotExist',
  });
});

test('routes that cannot be are refused in the service’s words', async (t) => {
  const world = await createWorld(t);
  const { arn } = await published(world, 2);
  const refused = async (routes: [string, number][], message: string) => {
    const routingConfiguration = routes.map(([of, weight]) => ({ stateMachineVersionArn: of, weight }));
    await assert.rejects(world.host.createStateMachineAlias({ name: 'live', routingConfiguration }), {
      code: 'ValidationException',
      message,
    });
  };
  const one = `${arn}:1`;
  await refused(
    [
      [one, 70],
      [`${arn}:2`, 29],
    ],
    'Sum of routing configuration weights must equal 100. Received: [70, 29]',
  );
  await refused(
    [
      [one, 50],
      [one, 50],
    ],
    `Routing configuration must contain distinct state machine version ARNs. Received: [${one}, ${one}]`,
  );
  await refused(
    [
      [arn, 70],
      [one, 30],
    ],
    `Routing configuration must contain state machine version ARNs. Received: [${arn}, ${one}]`,
  );
});

test('tags are put on machines and activities, and taken off', async (t) => {
  const { host } = await createWorld(t);
  const { stateMachineArn } = await machine(host, 'm', pass('0'));
  const { activityArn } = await host.createActivity({ name: 'a', region: REGION, tags: { team: 'ops' } });
  assert.deepEqual(await host.listTags(activityArn), { team: 'ops' });
  for (const resourceArn of [stateMachineArn, activityArn]) {
    await host.tagResource({ resourceArn, tags: { team: 'it', stage: 'test' } });
    await host.untagResource({ resourceArn, tagKeys: ['stage', 'never'] });
    assert.deepEqual(await host.listTags(resourceArn), { team: 'it' });
  }
  assert.equal((await host.describeStateMachine(stateMachineArn)).revisionId, undefined);
  const { stateMachineVersionArn } = await host.publishStateMachineVersion({ stateMachineArn });
  for (const resourceArn of [stateMachineVersionArn, `${stateMachineArn}x`, `${activityArn}x`])
    await assert.rejects(host.tagResource({ resourceArn, tags: { a: 'b' } }), {
      code: 'ResourceNotFound',
      message: `Resource not found: '${resourceArn}'`,
    });
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, 'v']));
  await assert.rejects(host.tagResource({ resourceArn: activityArn, tags: many }), { code: 'TooManyTags' });
  for (const key of ['AWS:x', 'a*b'])
    await assert.rejects(host.tagResource({ resourceArn: activityArn, tags: { [key]: '' } }), {
      code: 'ValidationException',
    });
  await host.tagResource({ resourceArn: activityArn, tags: { 'Größe _.:/=+-@': 'ä 1' } });
});

test('a deleted machine with open executions goes when the last has ended, with versions and aliases', async (t) => {
  const world = await createWorld(t, () => ({ kind: 'submitted', output: '{}' }));
  const { host } = world;
  const callback = { Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken' };
  const executionArn = await world.begin('m', tasks({ ...callback, Parameters: { 't.$': '$$.Task.Token' } }));
  await world.settle();
  const { stateMachineArn } = await host.describeExecution(executionArn);
  await host.publishStateMachineVersion({ stateMachineArn });
  await host.deleteStateMachine(stateMachineArn);
  assert.equal((await host.describeStateMachine(stateMachineArn)).status, 'DELETING');
  const deleting = { code: 'StateMachineDeleting' };
  await assert.rejects(host.startExecution({ stateMachineArn }), deleting);
  await assert.rejects(host.updateStateMachine({ stateMachineArn, roleArn: ROLE }), deleting);
  await assert.rejects(machine(host, 'm', pass('0')), deleting);
  const { taskToken } = world.runner.requests[0]!; // the callback
  await host.sendTaskSuccess({ taskToken: taskToken!, output: '1' });
  await world.settle();
  await assert.rejects(host.describeStateMachine(stateMachineArn), { code: 'StateMachineDoesNotExist' });
  assert.deepEqual((await host.listStateMachineVersions(stateMachineArn, {})).stateMachineVersions, []);
  assert.equal((await host.describeExecution(executionArn)).status, 'SUCCEEDED');
});
