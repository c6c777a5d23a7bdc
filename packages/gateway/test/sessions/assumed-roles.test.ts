import assert from 'node:assert/strict';
import test from 'node:test';
import { SimulatedClock } from '@riposte/testkit';
import { ACCOUNT, openWorld, policy, REGION, userCaller } from '../support/world.ts';

const START_MS = Date.parse('2026-11-23T06:00:00Z');
const HOUR_MS = 3_600_000;

test('a trust policy asks for the conditions of the request, and so does the policy of the user', async (t) => {
  const clock = new SimulatedClock(START_MS);
  const world = openWorld(t, { clock });
  const alice = await userCaller(world, 'alice');
  const trust = (Condition: object) =>
    policy({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
      Action: 'sts:AssumeRole',
      Condition,
    });
  await world.call('iam', 'CreateRole', { RoleName: 'Auditor', AssumeRolePolicyDocument: trust({}) });
  await world.call('iam', 'PutUserPolicy', {
    UserName: 'alice',
    PolicyName: 'p',
    PolicyDocument: policy({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Resource: '*',
      Condition: { DateLessThan: { 'aws:CurrentTime': '2026-11-23T07:00:00Z' } },
    }),
  });
  const assume = (sourceIpAddress?: string) =>
    world.gateway.calls.call({
      service: 'sts',
      operation: 'AssumeRole',
      input: { RoleArn: `arn:aws:iam::${ACCOUNT}:role/Auditor`, RoleSessionName: 'night' },
      region: REGION,
      caller: alice,
      ...(sourceIpAddress !== undefined && { sourceIpAddress }),
    });
  const conditions: [object, boolean][] = [
    [{ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, true],
    [{ IpAddress: { 'aws:SourceIp': '192.168.0.0/16' } }, false],
    [{ DateGreaterThan: { 'aws:CurrentTime': '2026-11-23T05:00:00Z' } }, true],
    [{ DateLessThan: { 'aws:CurrentTime': '2026-11-23T05:00:00Z' } }, false],
    [{ ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:user/al*` } }, true],
    [{ ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:user/bob` } }, false],
    [{ StringEquals: { 'sts:RoleSessionName': 'night' } }, true],
    [{ StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } }, false],
  ];
  for (const [condition, isAllowed] of conditions) {
    await world.call('iam', 'UpdateAssumeRolePolicy', {
      RoleName: 'Auditor',
      PolicyDocument: trust(condition),
    });
    const text = JSON.stringify(condition);
    if (isAllowed) assert.ok((await assume('10.1.2.3'))['Credentials'], text);
    else await assert.rejects(assume('10.1.2.3'), { code: 'AccessDenied' }, text);
  }
  await world.call('iam', 'UpdateAssumeRolePolicy', {
    RoleName: 'Auditor',
    PolicyDocument: trust({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }),
  });
  await assert.rejects(assume(), { code: 'AccessDenied' }, 'an address that is not known matches nothing');
  await clock.advanceBy(HOUR_MS);
  await assert.rejects(assume('10.1.2.3'), { code: 'AccessDenied' }, 'the user’s own policy has ended');
});

test('a session that has expired is known until the server starts again', async (t) => {
  const clock = new SimulatedClock(START_MS);
  const world = openWorld(t, { clock });
  await world.call('iam', 'CreateRole', {
    RoleName: 'Auditor',
    AssumeRolePolicyDocument: policy({
      Effect: 'Allow',
      Principal: { AWS: ACCOUNT },
      Action: 'sts:AssumeRole',
    }),
  });
  const assume = async (DurationSeconds: number): Promise<string> => {
    const RoleArn = `arn:aws:iam::${ACCOUNT}:role/Auditor`;
    const assumed = await world.call('sts', 'AssumeRole', {
      RoleArn,
      RoleSessionName: 'night',
      DurationSeconds,
    });
    return (assumed['Credentials'] as { AccessKeyId: string }).AccessKeyId;
  };
  const [short, long] = [await assume(900), await assume(3600)];
  await clock.advanceBy(HOUR_MS / 2);
  const expired = await world.gateway.credentials.find(short);
  assert.equal(expired?.expiresAtMs, START_MS + 900_000);
  world.restart();
  await world.gateway.start();
  assert.equal(await world.gateway.credentials.find(short), undefined);
  assert.equal((await world.gateway.credentials.find(long))?.active, true);
});
