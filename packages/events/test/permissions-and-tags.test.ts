import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNT, inWorld, REGION, type World } from './world.ts';

const BUS = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`;

function allow(world: World, StatementId: string, Principal: string): Promise<void> {
  return world.service.putPermission(REGION, { Action: 'events:PutEvents', Principal, StatementId });
}

async function policy(world: World): Promise<unknown> {
  const { Policy } = await world.service.describeEventBus(REGION);
  return Policy === undefined ? undefined : JSON.parse(Policy);
}

test(
  'permissions are statements of the policy of a bus, each with its id',
  inWorld(async (world) => {
    await allow(world, 'first', '222222222222');
    await allow(world, 'second', '*');
    await allow(world, 'first', '333333333333');
    const statement = { Effect: 'Allow', Action: 'events:PutEvents', Resource: BUS };
    const first = { Sid: 'first', ...statement, Principal: { AWS: 'arn:aws:iam::333333333333:root' } };
    const second = { Sid: 'second', ...statement, Principal: '*' };
    assert.deepEqual(await policy(world), { Version: '2012-10-17', Statement: [second, first] });
    await world.service.removePermission(REGION, { StatementId: 'second' });
    assert.deepEqual(await policy(world), { Version: '2012-10-17', Statement: [first] });
    await assert.rejects(world.service.removePermission(REGION, { StatementId: 'second' }), {
      code: 'ResourceNotFoundException',
      message: 'Statement with the provided id does not exist.',
    });
    await world.service.removePermission(REGION, { RemoveAllPermissions: true });
    assert.equal(await policy(world), undefined);
  }),
);

test(
  'a whole policy takes the place of the statements, and must be one',
  inWorld(async (world) => {
    await allow(world, 'first', '*');
    const whole = { Version: '2012-10-17', Statement: { Sid: 's', Effect: 'Deny' } };
    await world.service.putPermission(REGION, { Policy: JSON.stringify(whole) });
    assert.deepEqual(await policy(world), whole);
    const put = (input: object) => world.service.putPermission(REGION, input);
    await assert.rejects(put({ Policy: '{' }), { code: 'ValidationException' });
    await assert.rejects(put({ Policy: '{"Statement":["x"]}' }), { code: 'ValidationException' });
    await assert.rejects(put({ Policy: '{}', StatementId: 's' }), { code: 'ValidationException' });
    await assert.rejects(put({ StatementId: 's', Principal: '*' }), {
      message: /Action is a required argument/,
    });
    await assert.rejects(put({ Policy: JSON.stringify({ Statement: [{ Sid: 'x'.repeat(10_240) }] }) }), {
      code: 'PolicyLengthExceededException',
    });
    await assert.rejects(put({ EventBusName: 'none', Policy: '{"Statement":{}}' }), {
      message: 'Event bus none does not exist.',
    });
  }),
);

test(
  'an update of a bus resets what it leaves out and keeps policy and tags',
  inWorld(async (world) => {
    await world.service.createEventBus(REGION, { Name: 'b', Description: 'old', tags: { team: 'a' } });
    await world.service.putPermission(REGION, { EventBusName: 'b', Policy: '{"Statement":{}}' });
    await world.service.updateEventBus(REGION, 'b');
    const bus = await world.service.describeEventBus(REGION, 'b');
    assert.deepEqual([bus.Description, bus.Policy], [undefined, '{"Statement":{}}']);
    assert.deepEqual(await world.service.listTags(bus.Arn), { team: 'a' });
  }),
);

test(
  'tags stay with their rule while it is there, and only then',
  inWorld(async (world) => {
    const rule = { Name: 'r', EventPattern: '{"source":["a"]}', tags: { one: '1' } };
    const { RuleArn } = await world.service.putRule(REGION, rule);
    await world.service.tagResource(RuleArn, { two: '2', one: '3' });
    await world.service.putRule(REGION, { ...rule, tags: { ignored: 'yes' } });
    assert.deepEqual(await world.service.listTags(RuleArn), { one: '3', two: '2' });
    await world.service.untagResource(RuleArn, ['one', 'none']);
    assert.deepEqual(await world.service.listTags(RuleArn), { two: '2' });
    assert.equal('tags' in (await world.service.describeRule(REGION, 'r')), false);
    await world.service.deleteRule(REGION, 'r');
    await assert.rejects(world.service.listTags(RuleArn), {
      code: 'ResourceNotFoundException',
      message: 'Rule r does not exist on EventBus default.',
    });
    await world.service.putRule(REGION, { Name: 'r', EventPattern: '{"source":["a"]}' });
    assert.deepEqual(await world.service.listTags(RuleArn), {});
  }),
);

test(
  'tags are for rules and buses, within their limits',
  inWorld(async (world) => {
    const archive = `arn:aws:events:${REGION}:${ACCOUNT}:archive/a`;
    await assert.rejects(world.service.tagResource(archive, { a: 'b' }), { code: 'ValidationException' });
    await assert.rejects(world.service.tagResource(BUS, { ['k'.repeat(129)]: '' }), {
      code: 'ValidationException',
    });
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, '']));
    await assert.rejects(world.service.tagResource(BUS, many), { code: 'LimitExceededException' });
  }),
);
