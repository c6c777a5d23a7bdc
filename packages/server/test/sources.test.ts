import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import type { CreatedSource, ExecutionSummary, RejectedArrival, SourceStatus } from '@riposte/server';
import { until } from './support/until.ts';
import { ACCOUNT, World } from './support/world.ts';

const root = resolve(import.meta.dirname, '../../..');
const FEEDING_TEMPLATE = join(root, 'docs', 'feeding-account', 'template.yaml');
const DYING_SERVER = join(root, 'e2e', 'dying-server.ts');

/** Stands in for AWS: the account that feeds. */
let aws: World;
let world: World;
let queueUrl: string;
let machineArn: string;

before(async () => {
  aws = await World.open();
  // Riposte has no template resource for users: the reader is made by hand, with what the template allows it.
  const text = readFileSync(FEEDING_TEMPLATE, 'utf8')
    .replace(/^ {2}ReaderUser:\n(?: {3,}.*\n|\n)+/m, '')
    .replace(/^ {2}ReaderUserName:\n(?: {3,}.*\n?)+/m, '');
  const template = join(aws.folder, 'template.yaml');
  writeFileSync(template, text);
  const { code, err } = await aws.riposte(
    'up',
    template,
    '-p',
    `ReaderPrincipalArn=arn:aws:iam::${ACCOUNT}:root`,
  );
  assert.equal(code, 0, err);
  const [stack] = await aws.json<{ outputs: Record<string, { value: string }> }[]>('stacks');
  queueUrl = stack!.outputs['QueueUrl']!.value;
  const reader = await aws.createUser('reader', {
    Effect: 'Allow',
    Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage'],
    Resource: `arn:aws:sqs:us-east-1:${ACCOUNT}:${queueUrl.split('/').at(-1)}`,
  });

  const credentials = join(aws.folder, 'credentials');
  writeFileSync(
    credentials,
    `[feed]\naws_access_key_id=${reader.accessKeyId}\naws_secret_access_key=${reader.secretAccessKey}\n`,
  );
  process.env['AWS_SHARED_CREDENTIALS_FILE'] = credentials;

  world = await World.open({ sourcesPort: 0 });
  machineArn = await world.createMachine('respond', await world.createRole('respond', 'states'), {
    Done: { Type: 'Succeed' },
  });
  await world
    .aws()
    .call('events', 'PutRule', { Name: 'feed', EventPattern: '{"source":["aws.health","shop"]}' });
  const RoleArn = await world.createRole('start', 'events', 'states:StartExecution');
  await world.aws().call('events', 'PutTargets', {
    Rule: 'feed',
    Targets: [{ Id: 'respond', Arn: machineArn, RoleArn }],
  });
});
after(async () => {
  delete process.env['AWS_SHARED_CREDENTIALS_FILE'];
  await (world as World | undefined)?.close(); // not there when the first could not be set up
  await aws.close();
});

/** What our account made of an event of the other. */
async function executionsOf(eventId: string): Promise<ExecutionSummary[]> {
  const { executions } = await (
    await world.people()
  ).get<{ executions: ExecutionSummary[] }>('/api/executions', { eventId });
  return executions;
}

const started = (eventId: string) =>
  until(`An execution of event ${eventId}`, async () => (await executionsOf(eventId))[0]);

async function sourceNamed(name: string): Promise<SourceStatus> {
  const found = (await world.json<SourceStatus[]>('connect', '--list')).find(
    ({ source }) => source.name === name,
  );
  assert.ok(found, `a source ${name}`);
  return found;
}

async function waiting(): Promise<number> {
  const { Attributes } = await aws.aws().call('sqs', 'GetQueueAttributes', {
    QueueUrl: queueUrl,
    AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
  });
  return Object.values(Attributes as Record<string, string>).reduce((sum, count) => sum + Number(count), 0);
}

const healthEvent = () => aws.simulate({ name: 'health/AWS_RISK_CREDENTIALS_EXPOSED' });

test('an event of the other account goes by its rule and queue to our rule and starts an execution', async () => {
  const { code, err } = await world.riposte(
    'connect',
    '--queue',
    queueUrl,
    '--profile',
    'feed',
    '--region',
    'us-east-1',
    '--name',
    'feed',
  );
  assert.equal(code, 0, err);
  const { event } = await healthEvent();
  const execution = await started(event.id);
  assert.equal(execution.simulated, true, 'a rehearsal there is a rehearsal here');
  await until('The message is deleted', async () => (await waiting()) === 0);
  const { counts, lastPollMs, failingSinceMs } = await sourceNamed('feed');
  assert.equal(counts.events, 1);
  assert.ok(lastPollMs !== undefined && failingSinceMs === undefined);
  assert.match((await world.riposte('connect', '--list')).out, /feed +queue +works +1 +0 +0/);
});

test('what is no event is kept aside, and shown', async () => {
  await aws.aws().call('sqs', 'SendMessage', { QueueUrl: queueUrl, MessageBody: 'by mistake' });
  const [rejected] = await until('The rejected message', async () => {
    const found = await world.json<RejectedArrival[]>('connect', '--rejected', 'feed');
    return found.length > 0 && found;
  });
  assert.equal(rejected?.body, 'by mistake');
  assert.match(
    (await world.riposte('connect', '--rejected', 'feed')).out,
    /The body is not JSON\.\n {2}by mistake/,
  );
});

test('killed at any moment between receiving and deleting, an event is neither lost nor doubled', async () => {
  for (const commits of [1, 2, 3]) {
    await world.stop();
    const { event } = await healthEvent();
    await until('The event is in the queue', async () => (await waiting()) > 0);
    const child = spawn(process.execPath, [DYING_SERVER, world.configuration().dataFolder, String(commits)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await once(child, 'exit');
    assert.equal(child.signalCode, 'SIGKILL');
    await world.start();
    aws.clock.advance(61_000); // what the dead server had received is visible again
    await started(event.id);
    await until('The message is deleted', async () => (await waiting()) === 0);
    assert.equal((await executionsOf(event.id)).length, 1, `killed after commit ${commits}`);
  }
  const { counts } = await sourceNamed('feed');
  assert.equal(counts.events, 4);
  assert.ok(counts.duplicates >= 1, 'at least one came again');
});

test('credentials that end are shown and renewed without a restart', async () => {
  const credentials = process.env['AWS_SHARED_CREDENTIALS_FILE'] ?? '';
  const { code, err } = await world.riposte(
    'connect',
    '--queue',
    queueUrl,
    '--profile',
    'later',
    '--region',
    'us-east-1',
    '--name',
    'later',
  );
  assert.equal(code, 0, err);
  const failing = await until('The failure', async () => {
    const status = await sourceNamed('later');
    return status.failingSinceMs !== undefined && status;
  });
  assert.match(failing.lastError?.message ?? '', /profile later in ~\/\.aws/);
  writeFileSync(credentials, '\n[later]\naws_access_key_id=test\naws_secret_access_key=test\n', {
    flag: 'a',
  });
  world.clock.advance(60_000);
  assert.equal((await world.riposte('connect', '--remove', 'feed')).code, 0);
  await started((await healthEvent()).event.id);
  await until('It works', async () => (await sourceNamed('later')).failingSinceMs === undefined);
  assert.equal((await world.riposte('connect', '--remove', 'later')).code, 0);
  assert.equal((await world.riposte('connect', '--remove', 'later')).code, 1);
});

test('an API destination of the other account sends to our door, once for each event', async () => {
  const created = await world.json<CreatedSource>('sources', 'add-push', 'direct');
  const call = (operation: string, input: object) => aws.aws().call('events', operation, input);
  const { ConnectionArn } = await call('CreateConnection', {
    Name: 'riposte',
    AuthorizationType: 'API_KEY',
    AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'x-api-key', ApiKeyValue: created.secret } },
  });
  const { ApiDestinationArn } = await call('CreateApiDestination', {
    Name: 'riposte',
    ConnectionArn,
    InvocationEndpoint: created.url,
    HttpMethod: 'POST',
  });
  await call('PutRule', { Name: 'direct', EventPattern: '{"source":["shop"]}' });
  const RoleArn = await aws.createRole('send', 'events', 'events:InvokeApiDestination');
  await call('PutTargets', { Rule: 'direct', Targets: [{ Id: 'r', Arn: ApiDestinationArn, RoleArn }] });
  const { Entries } = await call('PutEvents', {
    Entries: [{ Source: 'shop', DetailType: 'Order', Detail: '{"n":1}' }],
  });
  const eventId = (Entries as { EventId: string }[])[0]?.EventId ?? '';
  assert.equal((await started(eventId)).simulated, false);
  const rehearsed = await aws.simulate({
    event: { source: 'shop', 'detail-type': 'Order', detail: { n: 1 } },
  });
  assert.equal((await started(rehearsed.event.id)).simulated, true);
  assert.equal((await aws.riposte('events', 'resend', eventId)).code, 0);
  await until('The repetition', async () => (await sourceNamed('direct')).counts.duplicates === 1);
  assert.equal((await executionsOf(eventId)).length, 1);
});

test('the sources’ door takes events and nothing else', async () => {
  const { secret, url = '' } = await world.json<CreatedSource>(
    'sources',
    'add-webhook',
    'hook',
    '--source',
    'shop',
  );
  const body = '{"n":2}';
  const signed = {
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  };
  const post = (headers: Record<string, string>, path = '', method = 'POST') =>
    fetch(`${url}${path}`, { method, headers, ...(method === 'POST' && { body }) });
  const taken = await post(signed);
  assert.equal(taken.status, 200);
  await started(((await taken.json()) as { eventId: string }).eventId);
  assert.equal((await post({})).status, 401);
  assert.equal((await post({ ...signed, 'x-hub-signature-256': 'sha256=00' })).status, 401);
  assert.equal((await post({ ...signed, Origin: 'https://example.com' })).status, 403);
  assert.equal((await post(signed, 'x')).status, 404);
  assert.equal((await post(signed, '', 'GET')).status, 405);
  const door = new URL(url).origin;
  for (const path of ['/api/sources', '/_riposte/health', '/'])
    assert.equal((await fetch(`${door}${path}`)).status, 404, path);
  const long = await fetch(url, { method: 'POST', headers: signed, body: 'x'.repeat(1024 * 1024 + 1) });
  assert.equal(long.status, 413);
  const listed = await world.riposte('sources', '--json');
  assert.doesNotMatch(`${listed.out}${world.reports.join('\n')}`, new RegExp(secret));
  assert.equal((await world.riposte('sources', 'remove', 'hook')).code, 0);
  assert.equal((await post(signed)).status, 404);
});

test('an event is taken that is larger than a request of PutEvents may be, and nothing that none can become', async () => {
  const { secret, url = '' } = await world.json<CreatedSource>('sources', 'add-push', 'large');
  const push = (body: string) => fetch(url, { method: 'POST', headers: { 'x-api-key': secret }, body });
  const [{ EventId = '' } = {}] = (
    await world.aws().call('events', 'PutEvents', {
      Entries: [{ Source: 'shop', DetailType: 'Large', Detail: `{"a":"${'x'.repeat(1_048_500)}"}` }],
    })
  )['Entries'] as { EventId?: string }[];
  const people = await world.people();
  const { event } = await people.get<{ event: object }>(`/api/events/${EventId}`);
  const body = JSON.stringify({ ...event, id: randomUUID() });
  assert.ok(body.length > 1024 * 1024);
  assert.equal((await push(body)).status, 200);
  assert.equal((await push('x'.repeat(9 * 1024 * 1024 + 1025))).status, 413);
});

test('who sends an event for a bus that is gone is told so, and can send it again when the bus is there', async () => {
  await world.aws().call('events', 'CreateEventBus', { Name: 'other' });
  const { secret, url = '' } = await world.json<CreatedSource>(
    'sources',
    'add-push',
    'busless',
    '--bus',
    'other',
  );
  await world.aws().call('events', 'DeleteEventBus', { Name: 'other' });
  const { event } = await world.simulate({ name: 'health/AWS_RISK_CREDENTIALS_EXPOSED' });
  const push = () =>
    fetch(url, { method: 'POST', headers: { 'x-api-key': secret }, body: JSON.stringify(event) });
  const refused = await push();
  assert.equal(refused.status, 503);
  assert.match(
    ((await refused.json()) as { message: string }).message,
    /^The event was not stored: Event bus other does not exist/,
  );
  await world.aws().call('events', 'CreateEventBus', { Name: 'other' });
  assert.equal((await push()).status, 200);
});
