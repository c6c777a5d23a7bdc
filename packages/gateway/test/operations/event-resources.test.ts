import assert from 'node:assert/strict';
import test from 'node:test';
import { openRealWorld } from '../support/real-rooms.ts';
import { ACCOUNT, policy, REGION, userCaller } from '../support/world.ts';

const BUS = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`;
const ENTRY = { Source: 'app', DetailType: 'Order', Detail: '{}' };

test('the policy of a bus lets a user put events, and forbids it', async (t) => {
  const world = await openRealWorld(t);
  const alice = await userCaller(world, 'alice');
  const put = () => world.call('events', 'PutEvents', { Entries: [ENTRY] }, alice);
  await assert.rejects(put(), { code: 'AccessDeniedException' });
  const about = (Effect: string) => ({
    Sid: Effect,
    Effect,
    Principal: { AWS: alice.kind === 'user' ? alice.arn : '' },
    Action: 'events:PutEvents',
    Resource: BUS,
  });
  await world.call('events', 'PutPermission', { Policy: policy(about('Allow')) });
  assert.equal((await put())['FailedEntryCount'], 0);
  await world.call('events', 'PutPermission', { Policy: policy(about('Allow'), about('Deny')) });
  await assert.rejects(put(), { code: 'AccessDeniedException' });
});

test('of several buses in one request, each is judged by its own policy', async (t) => {
  const world = await openRealWorld(t);
  const alice = await userCaller(world, 'alice');
  const { EventBusArn: second } = await world.call('events', 'CreateEventBus', { Name: 'second' });
  const put = () =>
    world.call('events', 'PutEvents', { Entries: [ENTRY, { ...ENTRY, EventBusName: 'second' }] }, alice);
  const permission = { Action: 'events:PutEvents', Principal: '*', StatementId: 's' };
  await world.call('events', 'PutPermission', permission);
  await assert.rejects(put(), { message: new RegExp(`on resource: ${String(second)}`) });
  await world.call('events', 'PutPermission', { ...permission, EventBusName: 'second' });
  assert.equal((await put())['FailedEntryCount'], 0);
});

test('no record of a call holds what a connection keeps secret', async (t) => {
  const world = await openRealWorld(t);
  const connection = {
    Name: 'c',
    AuthorizationType: 'BASIC',
    AuthParameters: {
      BasicAuthParameters: { Username: 'user', Password: 'hidden' },
      InvocationHttpParameters: {
        HeaderParameters: [{ Key: 'X-Custom', Value: 'hidden', IsValueSecret: false }],
      },
    },
  };
  await world.call('events', 'CreateConnection', connection);
  await world.call('events', 'UpdateConnection', connection);
  await world.call('events', 'DescribeConnection', { Name: 'c' });
  const records = await world.records();
  assert.equal(records.filter(({ service }) => service === 'events').length, 3);
  assert.doesNotMatch(JSON.stringify(records), /hidden/);
});

test('a target with parameters that nothing here uses fails by itself, the others are put', async (t) => {
  const world = await openRealWorld(t);
  await world.call('events', 'PutRule', { Name: 'r', EventPattern: '{"source":["app"]}' });
  const Arn = `arn:aws:sns:${REGION}:${ACCOUNT}:topic`;
  const Targets = [
    { Id: 'good', Arn },
    { Id: 'bad', Arn, KinesisParameters: { PartitionKeyPath: '$.id' } },
  ];
  const put = await world.call('events', 'PutTargets', { Rule: 'r', Targets });
  assert.equal(put['FailedEntryCount'], 1);
  assert.match(JSON.stringify(put['FailedEntries']), /"TargetId":"bad".*KinesisParameters: not supported/);
  const { Targets: kept } = await world.call('events', 'ListTargetsByRule', { Rule: 'r' });
  assert.deepEqual(kept, [{ Id: 'good', Arn }]);
});

test('there are no partner event sources and no global endpoints', async (t) => {
  const world = await openRealWorld(t);
  await assert.rejects(world.call('events', 'CreateEndpoint', { Name: 'e' }), {
    code: 'OperationDisabledException',
  });
  assert.deepEqual(await world.call('events', 'ListEndpoints'), { Endpoints: [] });
});

test('members that are modelled and not written are refused by name', async (t) => {
  const world = await openRealWorld(t);
  const key = { KmsKeyIdentifier: 'alias/key' };
  for (const [operation, input] of [
    ['CreateArchive', { ArchiveName: 'a', EventSourceArn: BUS, ...key }],
    ['UpdateEventBus', key],
  ] as const)
    await assert.rejects(world.call('events', operation, input), {
      message: /^KmsKeyIdentifier: not supported/,
    });
});
