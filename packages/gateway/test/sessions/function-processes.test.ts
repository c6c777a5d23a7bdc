import assert from 'node:assert/strict';
import test from 'node:test';
import { createRole, openWorld, step } from '../support/world.ts';

test('a role that does not trust Lambda gives no credentials', async (t) => {
  const world = openWorld(t);
  const roleArn = await createRole(world, 'Other', 'states.amazonaws.com', []);
  await assert.rejects(world.gateway.credentialsIssuer.issue({ roleArn, functionName: 'f' }), {
    code: 'AccessDenied',
    message: /lambda\.amazonaws\.com is not authorized to perform: sts:AssumeRole/,
  });
});

test('calls of a process belong to the step it works for at that moment', async (t) => {
  const world = openWorld(t);
  const roleArn = await createRole(world, 'Work', 'lambda.amazonaws.com', ['sns:ListTopics']);
  const issued = await world.gateway.credentialsIssuer.issue({ roleArn, functionName: 'notify' });
  assert.match(issued.accessKeyId, /^ASIA/);
  const call = async () => {
    const found = await world.gateway.credentials.find(issued.accessKeyId);
    assert.ok(found?.active);
    assert.equal(found.secretAccessKey, issued.secretAccessKey);
    assert.equal(found.sessionToken, issued.sessionToken);
    await world.call('sns', 'ListTopics', {}, found.caller());
    return (await world.records()).at(-1);
  };
  issued.attributeTo(step);
  const first = await call();
  assert.deepEqual(
    [first?.executionArn, first?.stateName, first?.visit, first?.attempt, first?.taskId, first?.simulated],
    [step.executionArn, 'Contain', 7, 1, 'task-1', true],
  );
  assert.equal(first?.userIdentity.arn, 'arn:aws:sts::000000000000:assumed-role/Work/notify');
  assert.equal(first?.userIdentity.sessionContext?.sessionIssuer.userName, 'Work');
  issued.attributeTo({ ...step, stateName: 'Notify', taskId: 'task-2', simulated: false });
  const second = await call();
  assert.deepEqual([second?.stateName, second?.taskId, second?.simulated], ['Notify', 'task-2', undefined]);
  issued.attributeTo(undefined);
  const third = await call();
  assert.deepEqual([third?.stateName, third?.taskId], [undefined, undefined]);
});

test('credentials of a process are void once it is revoked, and after a restart', async (t) => {
  const world = openWorld(t);
  const roleArn = await createRole(world, 'Work', 'lambda.amazonaws.com', []);
  const issued = await world.gateway.credentialsIssuer.issue({ roleArn, functionName: 'f' });
  const held = await world.gateway.credentials.find(issued.accessKeyId);
  issued.revoke();
  assert.equal(held?.active, false);
  assert.equal(await world.gateway.credentials.find(issued.accessKeyId), undefined);
  const other = await world.gateway.credentialsIssuer.issue({ roleArn, functionName: 'f' });
  world.restart();
  assert.equal(await world.gateway.credentials.find(other.accessKeyId), undefined);
});

test('the administrator, users and assumed roles are found by their keys', async (t) => {
  const world = openWorld(t);
  const administrator = await world.gateway.credentials.find('test');
  assert.deepEqual(administrator?.caller(), {
    kind: 'administrator',
    account: '000000000000',
    arn: 'arn:aws:iam::000000000000:root',
    accessKeyId: 'test',
  });
  await world.call('iam', 'CreateUser', { UserName: 'alice' });
  const created = (await world.call('iam', 'CreateAccessKey', { UserName: 'alice' })) as {
    AccessKey: { AccessKeyId: string; SecretAccessKey: string };
  };
  const { AccessKeyId, SecretAccessKey } = created.AccessKey;
  const alice = await world.gateway.credentials.find(AccessKeyId);
  assert.equal(alice?.secretAccessKey, SecretAccessKey);
  assert.equal(alice?.active, true);
  await world.call('sts', 'GetCallerIdentity', {}, alice?.caller());
  const used = await world.call('iam', 'GetAccessKeyLastUsed', { AccessKeyId });
  assert.deepEqual(used['AccessKeyLastUsed'], {
    LastUsedDate: new Date('2026-11-23T06:00:00Z'),
    ServiceName: 'sts',
    Region: 'us-east-1',
  });
  await world.call('iam', 'UpdateAccessKey', { UserName: 'alice', AccessKeyId, Status: 'Inactive' });
  assert.equal((await world.gateway.credentials.find(AccessKeyId))?.active, false);
  assert.equal(await world.gateway.credentials.find('AKIANOBODY'), undefined);
});
