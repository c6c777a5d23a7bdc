import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { openRealWorld } from '../support/real-rooms.ts';
import { createRole, type Output } from '../support/world.ts';

const definition = JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Succeed' } } });
const NOTHING_SET = {
  loggingConfiguration: { level: 'OFF', includeExecutionData: false },
  tracingConfiguration: { enabled: false },
  encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
};
const destinationsOf = (...groups: string[]) =>
  groups.map((name) => ({
    cloudWatchLogsLogGroup: { logGroupArn: `arn:aws:logs:us-east-1:000000000000:log-group:${name}:*` },
  }));

async function openStates(t: TestContext) {
  const world = await openRealWorld(t);
  const roleArn = await createRole(world, 'Execution', 'states.amazonaws.com', []);
  for (const logGroupName of ['one', 'two']) await world.call('logs', 'CreateLogGroup', { logGroupName });
  const create = (name: string, settings: object): Promise<Output> =>
    world.call('states', 'CreateStateMachine', { name, definition, roleArn, ...settings });
  const update = (stateMachineArn: unknown, settings: object): Promise<Output> =>
    world.call('states', 'UpdateStateMachine', { stateMachineArn, ...settings });
  const describe = async (stateMachineArn: unknown): Promise<Output> => {
    const described = await world.call('states', 'DescribeStateMachine', { stateMachineArn });
    const { loggingConfiguration, tracingConfiguration, encryptionConfiguration, revisionId } = described;
    return JSON.parse(
      JSON.stringify({ loggingConfiguration, tracingConfiguration, encryptionConfiguration, revisionId }),
    ) as Output;
  };
  return { create, update, describe };
}

test('settings are echoed as they were given, and by default as the service fills them in', async (t) => {
  const { create, describe } = await openStates(t);
  const plain = await create('plain', { loggingConfiguration: {} });
  assert.deepEqual(await describe(plain['stateMachineArn']), NOTHING_SET);
  const settings = {
    loggingConfiguration: { level: 'ERROR', includeExecutionData: true, destinations: destinationsOf('one') },
    tracingConfiguration: { enabled: true },
    encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
  };
  const set = await create('set', settings);
  assert.deepEqual(await describe(set['stateMachineArn']), settings);
});

test('a repeated creation must ask for the same settings', async (t) => {
  const { create } = await openStates(t);
  const loggingConfiguration = { level: 'ALL', destinations: destinationsOf('one') };
  const first = await create('m', { loggingConfiguration });
  assert.deepEqual(
    await create('m', { loggingConfiguration, tracingConfiguration: { enabled: false } }),
    first,
  );
  const exists = { code: 'StateMachineAlreadyExists' };
  await assert.rejects(create('m', {}), exists);
  await assert.rejects(
    create('m', { loggingConfiguration, tracingConfiguration: { enabled: true } }),
    exists,
  );
});

test('an update changes the settings it names, and makes a revision where they differ', async (t) => {
  const { create, update, describe } = await openStates(t);
  const destinations = destinationsOf('one');
  const { stateMachineArn } = await create('m', { loggingConfiguration: { level: 'ALL', destinations } });
  await update(stateMachineArn, { tracingConfiguration: { enabled: true } });
  const traced = await describe(stateMachineArn);
  assert.deepEqual(traced['loggingConfiguration'], {
    level: 'ALL',
    includeExecutionData: false,
    destinations,
  });
  assert.equal(typeof traced['revisionId'], 'string');
  await update(stateMachineArn, { tracingConfiguration: { enabled: true } });
  assert.deepEqual(await describe(stateMachineArn), traced);
  await update(stateMachineArn, { loggingConfiguration: { level: 'OFF' } });
  const silent = await describe(stateMachineArn);
  assert.deepEqual(silent['loggingConfiguration'], NOTHING_SET.loggingConfiguration);
  assert.notEqual(silent['revisionId'], traced['revisionId']);
});

test('a log destination is exactly one group that is there', async (t) => {
  const { create, update } = await openStates(t);
  const { stateMachineArn } = await create('m', {});
  const refused: [object, string][] = [
    [{ level: 'ALL' }, 'Must specify exactly one Log Destination.'],
    [{ level: 'FATAL', destinations: [{}] }, 'Must specify exactly one Log Destination.'],
    [
      { level: 'ALL', destinations: destinationsOf('one', 'two') },
      'Must specify exactly one Log Destination.',
    ],
    [{ level: 'ALL', destinations: destinationsOf('three') }, 'Log Destination not found.'],
  ];
  for (const [loggingConfiguration, problem] of refused) {
    const error = {
      code: 'InvalidLoggingConfiguration',
      message: `Invalid Logging Configuration: ${problem}`,
    };
    await assert.rejects(create('n', { loggingConfiguration }), error);
    await assert.rejects(update(stateMachineArn, { loggingConfiguration }), error);
  }
});

test('a key of a customer is refused, since nothing would be encrypted with it', async (t) => {
  const { create } = await openStates(t);
  await assert.rejects(
    create('m', { encryptionConfiguration: { type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: 'arn:k' } }),
    { code: 'InvalidEncryptionConfiguration', message: /no keys of customers/ },
  );
});
