import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { MailSummary } from '@riposte/server';
import { freePort, MailServer } from './support/mail-server.ts';
import { until } from './support/until.ts';
import { World } from './support/world.ts';

/** Longer than the notifier waits after a first failure. */
const RETRY_MS = 30_000;

let world: World;
let topicArn: string;
let port: number;

before(async () => {
  port = await freePort();
  world = await World.open({ smtpUrl: `smtp://127.0.0.1:${port}` });
  const aws = world.aws();
  topicArn = String((await aws.call('sns', 'CreateTopic', { Name: 'security' }))['TopicArn']);
  await aws.call('sns', 'Subscribe', {
    TopicArn: topicArn,
    Protocol: 'email',
    Endpoint: 'security@example.com',
  });
});
after(() => world.close());

async function publish(Subject: string): Promise<void> {
  await world.aws().call('sns', 'Publish', { TopicArn: topicArn, Subject, Message: 'Act now.' });
}

function mailNamed(subject: string, isWanted: (mail: MailSummary) => boolean): Promise<MailSummary> {
  return until(`The mail ${subject}`, async () =>
    (await world.json<MailSummary[]>('mail')).find((mail) => mail.subject === subject && isWanted(mail)),
  );
}

test('mail for a server that is down waits, says why, and goes out once when the server is back', async () => {
  await publish('Down');
  const waiting = await mailNamed('Down', ({ attempts }) => attempts > 0);
  assert.equal(waiting.status, 'pending');
  assert.match(waiting.lastError ?? '', /ECONNREFUSED/);
  assert.match(
    (await world.riposte('mail')).out,
    /pending \(.*ECONNREFUSED.*\)\s+security@example\.com\s+Down/,
  );

  const server = await MailServer.listen(port);
  try {
    world.clock.advance(RETRY_MS);
    const { status } = await mailNamed('Down', (mail) => mail.status === 'delivered');
    assert.equal(status, 'delivered');
    assert.deepEqual(server.subjects, ['Down']);
  } finally {
    await server.close();
  }
});

test('a restart while mail waits loses none and sends none twice', async () => {
  await publish('First');
  await publish('Second');
  await mailNamed('First', ({ attempts }) => attempts > 0);
  await mailNamed('Second', ({ attempts }) => attempts > 0);
  await world.restart();
  const server = await MailServer.listen(port);
  try {
    world.clock.advance(RETRY_MS);
    await mailNamed('First', (mail) => mail.status === 'delivered');
    await mailNamed('Second', (mail) => mail.status === 'delivered');
    await world.restart();
    await publish('Third');
    await mailNamed('Third', (mail) => mail.status === 'delivered');
    assert.deepEqual(server.subjects.toSorted(), ['First', 'Second', 'Third']);
    assert.equal(new Set(server.messageIds).size, 3);
  } finally {
    await server.close();
  }
});

test('an address that the mail server refuses for good is given up, with its words', async () => {
  const server = await MailServer.listen(port, { refuse: 'nobody@example.com' });
  try {
    const { SubscriptionArn } = await world.aws().call('sns', 'Subscribe', {
      TopicArn: topicArn,
      Protocol: 'email',
      Endpoint: 'nobody@example.com',
    });
    await publish('Two readers');
    const dead = await mailNamed('Two readers', (mail) => mail.status === 'dead');
    assert.equal(dead.endpoint, 'nobody@example.com');
    assert.match(dead.lastError ?? '', /550/);
    await mailNamed('Two readers', (mail) => mail.status === 'delivered');
    assert.deepEqual(server.subjects, ['Two readers']);
    await world.aws().call('sns', 'Unsubscribe', { SubscriptionArn });
  } finally {
    await server.close();
  }
});
