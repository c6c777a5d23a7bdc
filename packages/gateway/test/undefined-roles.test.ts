import assert from 'node:assert/strict';
import test from 'node:test';
import type { Caller } from '@riposte/account';
import type { ServiceError } from '@riposte/engine';
import { openWorld, policy, taskRequest, type World } from './support/world.ts';

const CREATE_TOPIC = 'arn:aws:states:::aws-sdk:sns:createTopic';

function createTopic(world: World, roleArn: string) {
  const parameters = JSON.stringify({ Name: 'made-by-a-step' });
  const request = { ...taskRequest({ resource: CREATE_TOPIC, parameters }), roleArn };
  return world.gateway.taskRunner.run(request, new AbortController().signal);
}

test('a role that the account does not define is refused, as on AWS', async (t) => {
  const world = openWorld(t);
  const outcome = await createTopic(world, 'arn:aws:iam::000000000000:role/from-elsewhere');
  assert.equal(outcome.kind === 'failed' ? outcome.error : outcome.kind, 'States.Permissions');
});

test('where the server was told so, such a role may do anything, and the record says why', async (t) => {
  const world = openWorld(t, { undefinedRoles: 'unrestricted' });
  const outcome = await createTopic(world, 'arn:aws:iam::000000000000:role/path/from-elsewhere');
  assert.equal(outcome.kind, 'succeeded', JSON.stringify(outcome));
  const record = (await world.records()).at(-1);
  assert.match(record?.verdict ?? '', /role\/path\/from-elsewhere is not defined in this account/);
  assert.equal(record?.userIdentity.sessionContext?.sessionIssuer.userName, 'from-elsewhere');
});

test('a role of another account, and text that is no role, are refused all the same', async (t) => {
  const world = openWorld(t, { undefinedRoles: 'unrestricted' });
  for (const roleArn of ['arn:aws:iam::111111111111:role/x', 'arn:aws:iam::000000000000:user/x', 'role/x']) {
    const outcome = await createTopic(world, roleArn);
    assert.equal(outcome.kind, 'failed', roleArn);
  }
});

test('a queue without a policy is closed to services as on AWS, or open where the server was told so; a policy decides', async (t) => {
  const send = async (options: Parameters<typeof openWorld>[1], Policy?: string) => {
    const world = openWorld(t, options);
    const Attributes = Policy === undefined ? {} : { Policy };
    const { QueueUrl } = await world.call('sqs', 'CreateQueue', { QueueName: 'Work', Attributes });
    const events: Caller = {
      kind: 'service',
      account: '000000000000',
      service: 'events.amazonaws.com',
      sourceArn: 'arn:rule',
    };
    const outcome = await world.call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'x' }, events).then(
      () => 'sent',
      (error: ServiceError) => error.code,
    );
    return [outcome, (await world.records()).at(-1)?.verdict ?? ''] as const;
  };
  const closed = policy({ Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: '*' });
  assert.equal((await send({}))[0], 'AccessDeniedException');
  const [outcome, verdict] = await send({ undefinedRoles: 'unrestricted' });
  assert.equal(outcome, 'sent');
  assert.match(verdict, /has no policy.*on AWS it would be refused/);
  assert.equal((await send({ undefinedRoles: 'unrestricted' }, closed))[0], 'AccessDeniedException');
});
