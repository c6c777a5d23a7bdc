import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import type { PushAnswer, WebhookSourceInput } from '@riposte/events';
import { inWorld, type World } from '../world.ts';
import { HEALTH_EVENT, ScriptedQueue, sourcesOf } from './queue.ts';

type Headers = Record<string, string>;

/** A webhook and a way to send to it as the door does. */
async function webhook(world: World, input: Partial<WebhookSourceInput> = {}) {
  const sources = sourcesOf(world, new ScriptedQueue(world.clock));
  const { secret } = await sources.createWebhook({ name: 'hook', ...input });
  const sign = (content: string) => createHmac('sha256', secret).update(content).digest('hex');
  const send = async (body: string, headers: Headers): Promise<PushAnswer> => {
    const source = await sources.admit('webhook', 'hook', headers);
    return 'status' in source ? source : sources.push(source, headers, Buffer.from(body));
  };
  return { sources, secret, sign, send };
}

test(
  'an event is taken for the right key, once for its id, answered when it is on disk',
  inWorld(async (world) => {
    const sources = sourcesOf(world, new ScriptedQueue(world.clock));
    const { apiKey, source } = await sources.createPush({ name: 'main' });
    assert.doesNotMatch(JSON.stringify([source, await sources.list()]), /sha256|apiKey"/i);
    assert.doesNotMatch(JSON.stringify(await world.store.documents('source', '*')), new RegExp(apiKey));
    const headers = { 'x-api-key': apiKey };
    const admitted = await sources.admit('events', 'main', headers);
    assert.ok(!('status' in admitted));
    const body = Buffer.from(JSON.stringify(HEALTH_EVENT));
    const { id: eventId } = HEALTH_EVENT;
    assert.deepEqual(await sources.push(admitted, headers, body), {
      status: 200,
      eventId,
      isDuplicate: false,
    });
    assert.ok(await world.service.describeEvent(eventId));
    assert.deepEqual(await sources.push(admitted, headers, body), {
      status: 200,
      eventId,
      isDuplicate: true,
    });
    assert.equal((await world.service.searchEvents({}, { limit: 10 })).events.length, 1);
    const noEvent = await sources.push(admitted, headers, Buffer.from('{"id":"x"}'));
    assert.equal(noEvent.status, 400);
  }),
);

test(
  'nobody is admitted without the key, with another, or to a source of another kind or name',
  inWorld(async (world) => {
    const sources = sourcesOf(world, new ScriptedQueue(world.clock));
    const { apiKey } = await sources.createPush({ name: 'main', apiKeyHeader: 'X-Feed-Key' });
    const status = async (...asked: Parameters<typeof sources.admit>) => {
      const admitted = await sources.admit(...asked);
      return 'status' in admitted ? admitted.status : 'admitted';
    };
    assert.equal(await status('events', 'main', { 'x-feed-key': apiKey }), 'admitted');
    assert.equal(await status('events', 'main', {}), 401);
    assert.equal(await status('events', 'main', { 'x-feed-key': `${apiKey}x` }), 401);
    assert.equal(await status('webhook', 'main', { 'x-feed-key': apiKey }), 404);
    assert.equal(await status('events', 'other', { 'x-feed-key': apiKey }), 404);
  }),
);

test(
  'a signed webhook becomes the detail of an event that says where it comes from',
  inWorld(async (world) => {
    const { sign, send } = await webhook(world, { source: 'github', detailType: 'Push' });
    const body = '{"ref":"main"}';
    const answer = await send(body, { 'x-hub-signature-256': `sha256=${sign(body)}` });
    assert.ok(answer.status === 200);
    const stored = await world.service.describeEvent(answer.eventId);
    assert.deepEqual(stored?.event, {
      version: '0',
      id: answer.eventId,
      'detail-type': 'Push',
      source: 'github',
      account: '111122223333',
      time: '2026-01-31T12:00:00Z',
      region: 'us-east-1',
      resources: [],
      detail: { ref: 'main' },
    });
    assert.equal(stored?.simulated, false);
  }),
);

test(
  'a wrong signature, another body, a list and what is not JSON are refused, and nothing is stored',
  inWorld(async (world) => {
    const { sign, send } = await webhook(world);
    const header = 'x-hub-signature-256';
    const statuses = [
      await send('{}', {}),
      await send('{}', { [header]: sign('{}') }),
      await send('{"a":1}', { [header]: `sha256=${sign('{}')}` }),
      await send('[]', { [header]: `sha256=${sign('[]')}` }),
      await send('x', { [header]: `sha256=${sign('x')}` }),
    ].map(({ status }) => status);
    assert.deepEqual(statuses, [401, 401, 401, 400, 400]);
    assert.deepEqual((await world.service.searchEvents({}, { limit: 10 })).events, []);
  }),
);

test(
  'a signed timestamp bounds how long a request can be sent again, and within that time it is dropped',
  inWorld(async (world) => {
    const { sign, send } = await webhook(world, {
      timestampHeader: 'X-Slack-Request-Timestamp',
      signatureHeader: 'X-Slack-Signature',
      signaturePrefix: 'v0=',
      signedContent: 'v0:{timestamp}:{body}',
      toleranceSeconds: 60,
    });
    const seconds = String(world.clock.now() / 1000);
    const signed = (timestamp: string) => ({
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${sign(`v0:${timestamp}:{}`)}`,
    });
    const first = await send('{}', signed(seconds));
    assert.ok(first.status === 200 && !first.isDuplicate);
    const again = await send('{}', signed(seconds));
    assert.ok(again.status === 200 && again.isDuplicate);
    const inBase64 = {
      'x-slack-request-timestamp': seconds,
      'x-slack-signature': `v0=${Buffer.from(sign(`v0:${seconds}:{}`), 'hex').toString('base64')}`,
    };
    const rewritten = await send('{}', inBase64);
    assert.ok(rewritten.status === 200 && rewritten.isDuplicate, 'the same signature in other characters');
    assert.equal((await send('{}', signed('soon'))).status, 401);
    const { 'x-slack-signature': signature } = signed(seconds);
    const shifted = {
      'x-slack-request-timestamp': String(Number(seconds) + 1),
      'x-slack-signature': signature,
    };
    assert.equal((await send('{}', shifted)).status, 401);
    await world.pass(61_000);
    assert.equal((await send('{}', signed(seconds))).status, 401);
  }),
);

test(
  'the sender’s own id makes a delivery one; without any, the same body twice is two events',
  inWorld(async (world) => {
    const { sign, send } = await webhook(world, { idHeader: 'X-GitHub-Delivery' });
    const headers = { 'x-hub-signature-256': `sha256=${sign('{}')}` };
    const outcomes = [
      await send('{}', headers),
      await send('{}', headers),
      await send('{}', { ...headers, 'x-github-delivery': '1' }),
      await send('{}', { ...headers, 'x-github-delivery': '1' }),
    ].map((answer) => answer.status === 200 && answer.isDuplicate);
    assert.deepEqual(outcomes, [false, false, false, true]);
  }),
);

test(
  'a webhook cannot speak for AWS, sign nothing, or have a guessable secret; its secret is shown once',
  inWorld(async (world) => {
    const { sources, secret } = await webhook(world);
    const refused = (input: Partial<WebhookSourceInput>, reason: RegExp) =>
      assert.rejects(sources.createWebhook({ name: 'other', ...input }), reason);
    await refused({ source: 'aws.health' }, /is AWS's own/);
    await refused({ signedContent: 'x' }, /must contain \{body\}/);
    await refused({ timestampHeader: 'x-time', signedContent: '{body}' }, /counts only when it is signed/);
    await refused({ secret: 'short' }, /at least 16/);
    await refused({ toleranceSeconds: 5 }, /needs the timestamp/);
    await refused({ name: 'a/b' }, /A source's name/);
    await refused({ idHeader: 'no header' }, /is no name of a header/);
    assert.doesNotMatch(JSON.stringify(await sources.list()), new RegExp(secret));
  }),
);

test(
  'a request with the mark of a rehearsal brings a marked event, whatever the mark’s value',
  inWorld(async (world) => {
    const { sources, sign, send } = await webhook(world, { idHeader: 'x-id' });
    const marked = async (headers: Headers): Promise<unknown> => {
      const body = '{}';
      const answer = await send(body, { 'x-hub-signature-256': `sha256=${sign(body)}`, ...headers });
      return answer.status === 200 && (await world.service.describeEvent(answer.eventId))?.simulated;
    };
    assert.equal(await marked({ 'x-id': '1' }), false);
    assert.equal(await marked({ 'x-id': '2', 'riposte-simulated': 'true' }), true);
    assert.equal(await marked({ 'x-id': '3', 'riposte-simulated': 'no' }), true);
    const { apiKey } = await sources.createPush({ name: 'main' });
    // a header that came twice has no value
    const headers = { 'x-api-key': apiKey, 'riposte-simulated': undefined };
    const admitted = await sources.admit('events', 'main', headers);
    assert.ok(!('status' in admitted));
    await sources.push(admitted, headers, Buffer.from(JSON.stringify(HEALTH_EVENT)));
    assert.equal((await world.service.describeEvent(HEALTH_EVENT.id))?.simulated, true);
  }),
);
