import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { accountOperations, type Caller } from '@riposte/account';
import { ACCOUNT, administrator, at, openAccount, refusal, step, type Account } from './support/account.ts';
import { allow } from './support/policies.ts';

const TopicArn = `arn:aws:sns:us-east-1:${ACCOUNT}:Security`;
const session: Caller = {
  kind: 'role-session',
  account: ACCOUNT,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Notify/fn`,
  roleArn: `arn:aws:iam::${ACCOUNT}:role/Notify`,
  roleName: 'Notify',
  roleId: 'AROA',
  sessionName: 'fn',
  accessKeyId: 'ASIA',
  issuedAtMs: 0,
  step: { ...step, simulated: true },
};

async function withTopic(t: TestContext): Promise<Account> {
  const account = openAccount(t);
  await account.call('sns:CreateTopic', { Name: 'Security' });
  return account;
}

function subscribe(account: Account, Endpoint: string, Protocol = 'email') {
  return account.call('sns:Subscribe', { TopicArn, Protocol, Endpoint });
}

test('making a topic again is no change, with other attributes it is refused', async (t) => {
  const account = openAccount(t);
  const topic = { Name: 'Security', Attributes: { DisplayName: 'Team' } };
  assert.deepEqual(await account.call('sns:CreateTopic', topic), { TopicArn });
  assert.deepEqual(await account.call('sns:CreateTopic', topic), { TopicArn });
  assert.deepEqual(await account.call('sns:CreateTopic', { Name: 'Security' }), { TopicArn });
  await assert.rejects(
    account.call('sns:CreateTopic', { Name: 'Security', Attributes: { DisplayName: 'Other' } }),
    refusal(
      'InvalidParameter',
      400,
      'Invalid parameter: Attributes Reason: Topic already exists with different attributes',
    ),
  );
  await assert.rejects(
    account.call('sns:CreateTopic', { Name: 'Security', Tags: [{ Key: 'a', Value: 'b' }] }),
    refusal('InvalidParameter', 400, /different tags/),
  );
  await assert.rejects(
    account.call('sns:CreateTopic', { Name: 'a b' }),
    refusal('InvalidParameter', 400, 'Invalid parameter: Topic Name'),
  );
  for (const wrong of [{ Name: 'a.fifo' }, { Name: 'a', Attributes: { TracingConfig: 'Active' } }])
    await assert.rejects(
      account.call('sns:CreateTopic', wrong),
      refusal('InvalidParameter', 400, /not supported/),
    );
});

test('topics belong to their region', async (t) => {
  const account = await withTopic(t);
  await account.call('sns:CreateTopic', { Name: 'Other' }, { region: 'eu-west-1' });
  assert.deepEqual(await account.call('sns:ListTopics'), { Topics: [{ TopicArn }] });
  await assert.rejects(
    account.call('sns:GetTopicAttributes', { TopicArn }, { region: 'eu-west-1' }),
    refusal('InvalidParameter', 400, 'Invalid parameter: TopicArn'),
  );
  await assert.rejects(
    account.call('sns:GetTopicAttributes', { TopicArn: 'Security' }),
    refusal(
      'InvalidParameter',
      400,
      'Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1',
    ),
  );
});

test('attributes are set, shown and put back to their defaults', async (t) => {
  const account = await withTopic(t);
  const shown = async (name: string) =>
    at(await account.call('sns:GetTopicAttributes', { TopicArn }), `Attributes.${name}`);
  const set = (AttributeName: string, AttributeValue?: string) =>
    account.call('sns:SetTopicAttributes', { TopicArn, AttributeName, AttributeValue });
  const defaultPolicy = await shown('Policy');
  assert.match(String(defaultPolicy), new RegExp(`"AWS":"arn:aws:iam::${ACCOUNT}:root"`));
  assert.equal(await shown('SubscriptionsConfirmed'), '0');
  const policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: TopicArn,
      },
    ],
  });
  await set('Policy', policy);
  await set('DisplayName', 'Team');
  assert.equal(await shown('Policy'), policy);
  assert.equal(await shown('DisplayName'), 'Team');
  await set('Policy', '');
  assert.equal(await shown('Policy'), defaultPolicy);
  assert.equal(await shown('DisplayName'), 'Team');
  await assert.rejects(
    set('Policy', '{'),
    refusal('InvalidParameter', 400, /^Invalid parameter: Policy Error/),
  );
  await assert.rejects(set('Policy', allow('sns:*')), refusal('InvalidParameter', 400, /Policy Error/));
  await assert.rejects(set('DeliveryPolicy', '{}'), refusal('InvalidParameter', 400, /not supported/));
});

test('the policy of a topic speaks when its operations are authorised', async (t) => {
  const account = await withTopic(t);
  const operation = accountOperations.find((one) => one.service === 'sns' && one.name === 'Publish');
  const policyFor = (input: object) =>
    account.inTransaction((transaction) =>
      operation?.resourcePolicy?.(account.context(), input as never, transaction),
    );
  assert.match(String(await policyFor({ TopicArn })), /__default_policy_ID/);
  assert.equal(await policyFor({ TopicArn: `${TopicArn}2` }), undefined);
  assert.equal(await policyFor({ PhoneNumber: '+41' }), undefined);
});

test('a subscription is made once, shown, listed and removed', async (t) => {
  const account = await withTopic(t);
  const first = await subscribe(account, 'security@example.com');
  assert.match(String(first['SubscriptionArn']), new RegExp(`^${TopicArn}:[0-9a-f-]{36}$`));
  assert.deepEqual(await subscribe(account, 'security@example.com'), first);
  assert.notDeepEqual(await subscribe(account, 'security@example.com', 'email-json'), first);
  const attributes = await account.call('sns:GetSubscriptionAttributes', first);
  assert.equal(at(attributes, 'Attributes.PendingConfirmation'), 'false');
  assert.equal(at(attributes, 'Attributes.SubscriptionPrincipal'), administrator.arn);
  const listed = await account.call('sns:ListSubscriptionsByTopic', { TopicArn });
  assert.equal((listed['Subscriptions'] as object[]).length, 2);
  assert.deepEqual(await account.call('sns:ListSubscriptions'), listed);
  await account.call('sns:Unsubscribe', first);
  await account.call('sns:Unsubscribe', first);
  await assert.rejects(
    account.call('sns:GetSubscriptionAttributes', first),
    refusal('NotFound', 404, 'Subscription does not exist'),
  );
  await assert.rejects(
    account.call('sns:Unsubscribe', { SubscriptionArn: TopicArn }),
    refusal('InvalidParameter', 400, 'Invalid parameter: SubscriptionArn'),
  );
});

test('subscriptions are listed a hundred at a time', async (t) => {
  const account = await withTopic(t);
  for (let index = 0; index < 101; index++) await subscribe(account, `s${index}@example.com`);
  const first = await account.call('sns:ListSubscriptionsByTopic', { TopicArn });
  assert.equal((first['Subscriptions'] as object[]).length, 100);
  const second = await account.call('sns:ListSubscriptions', { NextToken: first['NextToken'] });
  assert.equal((second['Subscriptions'] as object[]).length, 1);
  assert.equal(second['NextToken'], undefined);
});

test('what this server does not deliver to cannot be subscribed', async (t) => {
  const account = await withTopic(t);
  const cases: [protocol: string, endpoint: string, text: RegExp][] = [
    ['sqs', 'arn:aws:sqs:us-east-1:111122223333:q', /belongs to another account/],
    ['sqs', 'arn:aws:sqs:us-east-1:000000000000:q.fifo', /^Invalid parameter: SQS endpoint ARN$/],
    [
      'lambda',
      'arn:aws:lambda:us-east-1:000000000000:function:f',
      /this server does not deliver to lambda yet/,
    ],
    ['pigeon', 'coop', /^Invalid parameter: Amazon SNS does not support this protocol string: pigeon$/],
    ['email', 'nobody', /^Invalid parameter: Email address$/],
    ['email', 'a@b.c\r\nBcc: d@e.f', /^Invalid parameter: Email address$/],
    ['email', 'a@b.c,d@e.f', /^Invalid parameter: Email address$/],
  ];
  for (const [protocol, endpoint, text] of cases)
    await assert.rejects(
      subscribe(account, endpoint, protocol),
      refusal('InvalidParameter', 400, text),
      protocol,
    );
  await assert.rejects(
    account.call('sns:Subscribe', {
      TopicArn,
      Protocol: 'email',
      Endpoint: 'a@b.c',
      Attributes: { FilterPolicy: '{}' },
    }),
    refusal('InvalidParameter', 400, /FilterPolicy is not supported/),
  );
  await assert.rejects(
    account.call('sns:Subscribe', { TopicArn: `${TopicArn}2`, Protocol: 'email', Endpoint: 'a@b.c' }),
    refusal('NotFound', 404, 'Topic does not exist'),
  );
});

test('a message goes to each subscriber once, with the step it comes from', async (t) => {
  const account = await withTopic(t);
  await subscribe(account, 'a@example.com');
  await subscribe(account, 'b@example.com');
  const { MessageId } = await account.call(
    'sns:Publish',
    { TopicArn, Subject: 'Key exposed', Message: 'It was deleted.' },
    { as: session },
  );
  const queued = await account.store.listNotifications({ executionArn: step.executionArn, limit: 10 });
  assert.deepEqual(queued.map((one) => one.endpoint).sort(), ['a@example.com', 'b@example.com']);
  assert.equal(new Set(queued.map((one) => one.id)).size, 2);
  for (const one of queued) {
    assert.equal(one.messageId, MessageId);
    assert.equal(one.subject, 'Key exposed');
    assert.equal(one.message, 'It was deleted.');
    assert.equal(one.simulated, true);
    assert.equal(one.stateName, step.stateName);
    assert.equal(one.status, 'pending');
  }
});

test('a service that acts on an injected event marks its message as simulated', async (t) => {
  const account = await withTopic(t);
  await subscribe(account, 'a@example.com');
  const events: Caller = { kind: 'service', account: ACCOUNT, service: 'events.amazonaws.com' };
  await account.call('sns:Publish', { TopicArn, Message: 'real' }, { as: events });
  await account.call('sns:Publish', { TopicArn, Message: 'drill' }, { as: { ...events, simulated: true } });
  const queued = await account.store.listNotifications({ limit: 10 });
  assert.deepEqual(
    queued.map((one) => [one.message, one.simulated]),
    [
      ['drill', true],
      ['real', false],
    ],
  );
});

test('a JSON message holds a text for each protocol', async (t) => {
  const account = await withTopic(t);
  await subscribe(account, 'a@example.com', 'email');
  await subscribe(account, 'a@example.com', 'email-json');
  const { MessageId } = await account.call('sns:Publish', {
    TopicArn,
    MessageStructure: 'json',
    Message: JSON.stringify({ default: 'short', email: 'long' }),
    MessageAttributes: { severity: { DataType: 'String', StringValue: 'high' } },
  });
  const queued = await account.store.listNotifications({ limit: 10 });
  const of = (protocol: string) => queued.find((one) => one.protocol === protocol)?.message ?? '';
  assert.equal(of('email'), 'long');
  assert.deepEqual(JSON.parse(of('email-json')), {
    Type: 'Notification',
    MessageId,
    TopicArn,
    Message: 'short',
    Timestamp: '2026-11-23T06:00:00.000Z',
    MessageAttributes: { severity: { Type: 'String', Value: 'high' } },
  });
});

test('messages and subjects that SNS refuses are refused, and nobody is told', async (t) => {
  const account = await withTopic(t);
  await subscribe(account, 'a@example.com');
  const cases: [input: object, text: RegExp][] = [
    [{ Message: '' }, /^Invalid parameter: Empty message$/],
    [{ Message: 'x'.repeat(262_145) }, /^Invalid parameter: Message too long$/],
    [{ Message: 'é'.repeat(131_073) }, /Message too long/],
    [{ Message: 'x', Subject: 'x'.repeat(100) }, /^Invalid parameter: Subject$/],
    [{ Message: 'x', Subject: 'two\nlines' }, /^Invalid parameter: Subject$/],
    [{ Message: 'x', Subject: '' }, /^Invalid parameter: Subject$/],
    [{ Message: '{"email":"x"}', MessageStructure: 'json' }, /No default entry in JSON message body$/],
    [{ Message: 'x', MessageStructure: 'json' }, /JSON message body failed to parse$/],
    [{ Message: 'null', MessageStructure: 'json' }, /JSON message body failed to parse$/],
    [{ Message: 'x', MessageStructure: 'xml' }, /^Invalid parameter: MessageStructure$/],
    [{ Message: 'x', MessageDeduplicationId: '1' }, /not valid for this topic type$/],
    [{ Message: 'x', PhoneNumber: '+41' }, /does not send text messages/],
    [{ Message: 'x', TargetArn: TopicArn }, /only one of them/],
  ];
  for (const [input, text] of cases)
    await assert.rejects(
      account.call('sns:Publish', { TopicArn, ...input }),
      refusal('InvalidParameter', 400, text),
      JSON.stringify(input).slice(0, 80),
    );
  await assert.rejects(
    account.call('sns:Publish', { Message: 'x' }),
    refusal('InvalidParameter', 400, /no value for required parameter/),
  );
  assert.deepEqual(await account.store.listNotifications({ limit: 10 }), []);
  await account.call('sns:Publish', { TopicArn, Message: 'x'.repeat(262_144), Subject: 'é'.repeat(99) });
  assert.equal((await account.store.listNotifications({ limit: 10 })).length, 1);
});

test('a topic that is deleted takes its subscriptions along', async (t) => {
  const account = await withTopic(t);
  await subscribe(account, 'a@example.com');
  await account.call('sns:DeleteTopic', { TopicArn });
  await account.call('sns:DeleteTopic', { TopicArn });
  assert.deepEqual(await account.call('sns:ListSubscriptions'), { Subscriptions: [] });
  await assert.rejects(
    account.call('sns:Publish', { TopicArn, Message: 'x' }),
    refusal('NotFound', 404, 'Topic does not exist'),
  );
});
