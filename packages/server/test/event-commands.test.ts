import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Backtest, StoredEvents } from '@riposte/server';
import { until } from './support/until.ts';
import { World } from './support/world.ts';

let world: World;
let eventId: string;

before(async () => {
  world = await World.open();
  const { account, region } = world.server.describe();
  await world.aws().call('events', 'PutRule', { Name: 'orders', EventPattern: '{"detail-type":["Order"]}' });
  await world.aws().call('events', 'CreateArchive', {
    ArchiveName: 'all',
    EventSourceArn: `arn:aws:events:${region}:${account}:event-bus/default`,
  });
  await world.aws().call('logs', 'CreateLogGroup', { logGroupName: '/aws/events/orders' });
  const Arn = `arn:aws:logs:${region}:${account}:log-group:/aws/events/orders`;
  await world.aws().call('events', 'PutTargets', { Rule: 'orders', Targets: [{ Id: 'log', Arn }] });
  const { Entries } = await world.aws().call('events', 'PutEvents', {
    Entries: [
      { Source: 'shop', DetailType: 'Order', Detail: '{"n":1}' },
      { Source: 'shop', DetailType: 'Other', Detail: '{"n":2}' },
    ],
  });
  eventId = (Entries as { EventId: string }[])[0]?.EventId ?? '';
});
after(() => world.close());

test('events are listed by what they are, with what became of them', async () => {
  const all = await world.json<StoredEvents>('events', '--source', 'shop');
  assert.equal(all.events.length, 2);
  const orders = await world.riposte('events', '--type', 'Order', '--rule', 'orders', '--since', '1h');
  assert.equal(orders.code, 0, orders.err);
  assert.match(orders.out, new RegExp(`${eventId}  shop +Order`));
  assert.doesNotMatch(orders.out, /Other/);
  assert.match((await world.riposte('events', '--since', 'soon')).err, /--since is soon, and must look like/);
  assert.match((await world.riposte('events', '--text', 'nowhere')).out, /^No events\.$/m);
});

test('an event is shown with its rules, deliveries and attempts, and sent again', async () => {
  const resent = await world.riposte('events', 'resend', eventId, '--rule', 'orders');
  assert.equal(resent.code, 0, resent.err);
  assert.match(resent.out, /✓ rule orders matches/);
  assert.match(resent.out, /Deliveries made: 1\./);
  const shown = await world.riposte('events', 'show', eventId);
  assert.equal(shown.code, 0, shown.err);
  assert.match(shown.out, /rule orders matched/);
  assert.match(shown.out, /target log, arn:aws:logs:.*\(sent again /);
  const unknown = await world.riposte('events', 'show', 'none');
  assert.equal(unknown.code, 1);
  assert.match(unknown.err, /There is no event none/);
});

test('a rule and a pattern are tried on what is stored', async () => {
  const found = await world.json<Backtest>('backtest', '--rule', 'orders');
  assert.equal(found.matched, 1);
  assert.ok(found.examined >= 2);
  const file = join(world.folder, 'pattern.json');
  writeFileSync(file, '{"source":["shop"]}');
  const tried = await world.riposte('backtest', '--pattern', file, '--since', '1h');
  assert.match(tried.out, /^2 of \d+ events would have matched\./);
  assert.equal((await world.riposte('backtest')).code, 1);
});

test('a replay is counted before, and started', async () => {
  const preview = await world.riposte(
    'replay',
    'all',
    '--rule',
    'orders',
    '--to',
    '2100-01-01T00:00:00Z',
    '--preview',
  );
  assert.equal(preview.code, 0, preview.err);
  assert.match(preview.out, /2 archived events in this time\./);
  assert.match(preview.out, /rule orders would get 1 of them/);
  const started = await world.riposte('replay', 'all', '--rule', 'orders', '--name', 'again');
  assert.equal(started.code, 0, started.err);
  assert.match(started.out, /Replay again begins/);
});

test('what is asked for may hold spaces and every other character that a query writes in its own way', async () => {
  const detailType = "EC2 Instance State-change Notification +%20&='(x)*/ü~";
  await world.aws().call('events', 'PutEvents', {
    Entries: [{ Source: 'odd', DetailType: detailType, Detail: '{}' }],
  });
  const { events } = await world.json<StoredEvents>('events', '--type', detailType);
  assert.deepEqual(
    events.map(({ event }) => event['detail-type']),
    [detailType],
  );
  assert.match((await world.riposte('events', '--text', 'a b')).out, /^No events\.$/m);
  assert.match((await world.riposte('schedules', 'a b')).err, /is named a b/);
});

test('no text of an event passes for a row or a line of ours', async () => {
  const forged = '1999-01-02T09:09:09.000Z  1111  aws.signin  FORGED  9';
  const DetailType = `a\n${forged}\u2028${forged}`;
  const { Entries } = await world.aws().call('events', 'PutEvents', {
    Entries: [{ Source: 'forger\t\n', DetailType, Detail: JSON.stringify({ text: `\n${forged}` }) }],
  });
  const [{ EventId = '' } = {}] = Entries as { EventId?: string }[];
  const file = join(world.folder, 'forging.json');
  const event = { source: 'forger', 'detail-type': DetailType, id: `x\n${forged}`, detail: {} };
  writeFileSync(file, JSON.stringify(event));
  writeFileSync(join(world.folder, 'forger.json'), '{"source":[{"prefix":"forger"}]}');
  const commands: [string, ...string[]][] = [
    ['events', '--text', 'forged'],
    ['events', 'show', EventId],
    ['simulate', file],
    ['backtest', '--pattern', join(world.folder, 'forger.json')],
    ['explain', EventId],
  ];
  for (const words of commands) {
    const { code, out, err } = await world.riposte(...words);
    assert.equal(code, 0, err);
    assert.doesNotMatch(out, /^\s*1999-01-02T09/m, words[0]);
    assert.doesNotMatch(out, /\u2028/, words[0]);
  }
  assert.match(
    (await world.riposte('events', '--source', 'forger\t\n')).out,
    / {2}forger ↵ {2}a↵1999-01-02T09.*\uFFFD/,
  );
});

test('a name that is not there is said to be missing when nothing is found, and an empty span of time is refused', async () => {
  const noRule = await world.riposte('events', '--rule', 'nosuch');
  assert.deepEqual([noRule.code, noRule.out], [0, 'No events.\n']);
  assert.match(noRule.err, /^There is no rule nosuch\. There are: .*orders/);
  const noBus = await world.riposte('events', '--bus', 'nosuch');
  assert.equal(noBus.err, 'There is no event bus nosuch. There are: default.\n');
  await world.aws().call('events', 'PutRule', { Name: 'idle', EventPattern: '{"source":["nowhere"]}' });
  for (const words of [
    ['--rule', 'idle'],
    ['--rule', 'orders', '--until', '2020-01-01T00:00:00Z'],
  ])
    assert.equal((await world.riposte('events', ...words)).err, '');
  const turned = await world.riposte('events', '--since', '2h', '--until', '3h');
  assert.equal(turned.code, 2);
  assert.match(turned.err, /--since 2h is not before --until 3h/);
});

test('a number that cannot be is refused with the name of its option', async () => {
  const commands: [RegExp, ...string[]][] = [
    [/--count is 0, and must be a whole number from 1 to 1,000/, 'schedules', 'x', '--count', '0'],
    [/--before is x, and must be a whole number from 0\./, 'events', '--before', 'x'],
    [/--limit is 1e3, and/, 'events', '--limit', '1e3'],
    [/--limit is 0, and/, 'executions', '--limit', '0'],
    [/--limit is -1, and/, 'backtest', '--rule', 'orders', '--limit', '-1'],
    [
      /--tolerance is 0, and must be a whole number from 1\./,
      'sources',
      'add-webhook',
      'x',
      '--tolerance',
      '0',
    ],
    [/--keep-events-days is -1, and/, 'start', '--keep-events-days', '-1'],
    [
      /--sources-port is 70000, and must be a whole number from 0 to 65,535\./,
      'start',
      '--sources-port',
      '70000',
    ],
    [/--port is abc, and must be a whole number/, 'start', '--port', 'abc'],
    [/--people-port is 1\.5, and/, 'start', '--people-port', '1.5'],
    [/--keep-events-mb is 1 GB, and/, 'start', '--keep-events-mb', '1 GB'],
    [/region\. Name it: --region REGION/, 'connect', '--queue', 'http://127.0.0.1:4566/000000000000/q'],
  ];
  for (const [told, ...words] of commands) {
    const { code, err } = await world.riposte(...words);
    assert.notEqual(code, 0);
    assert.match(err, told);
  }
});

test('a dead letter is shown as one, not as another attempt', async () => {
  const { account, region } = world.server.describe();
  const aws = world.aws();
  const queueArn = `arn:aws:sqs:${region}:${account}:letters`;
  const Statement = [
    {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: '*',
    },
  ];
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await aws.call('sqs', 'CreateQueue', { QueueName: 'letters', Attributes: { Policy } });
  await aws.call('events', 'PutRule', { Name: 'dead', EventPattern: '{"detail-type":["Dead"]}' });
  const Arn = `arn:aws:lambda:${region}:${account}:function:none`;
  const Targets = [{ Id: 'f', Arn, DeadLetterConfig: { Arn: queueArn } }];
  await aws.call('events', 'PutTargets', { Rule: 'dead', Targets });
  const { Entries } = await aws.call('events', 'PutEvents', {
    Entries: [{ Source: 'dead', DetailType: 'Dead', Detail: '{}' }],
  });
  const [{ EventId = '' } = {}] = Entries as { EventId?: string }[];
  const shown = await until('The dead letter', async () => {
    const { out } = await world.riposte('events', 'show', EventId);
    return out.includes('dead letter,') && out;
  });
  const lines = shown.split('\n').filter((line) => /attempt|dead letter/.test(line));
  assert.equal(lines.length, 2, shown);
  assert.match(lines[0] ?? '', /^ {6}attempt 1, .*: NO_RESOURCE/);
  assert.match(lines[1] ?? '', /^ {6}dead letter, [^ ]+: sent to arn:aws:sqs:[^ ]*:letters$/);
});

test('with many rules those that match are seen, and why some of the others do not', async () => {
  const aws = world.aws();
  const rules = Array.from({ length: 30 }, (_, n) => `many-${n}`);
  await aws.call('events', 'CreateEventBus', { Name: 'many' });
  for (const Name of rules)
    await aws.call('events', 'PutRule', { Name, EventBusName: 'many', EventPattern: '{"source":["never"]}' });
  const put = await aws.call('events', 'PutEvents', {
    Entries: [{ Source: 's', DetailType: 't', Detail: '{}', EventBusName: 'many' }],
  });
  const [{ EventId = '' } = {}] = put['Entries'] as { EventId?: string }[];
  const refused = await world.riposte('events', 'resend', EventId);
  assert.equal(refused.code, 1);
  assert.equal(refused.err.trimEnd().split('\n').length, 7, refused.err);
  assert.match(refused.err, new RegExp(`\\n {2}and 25 more; why: riposte explain ${EventId}\\n$`));
  const EventPattern = '{"source":["s"]}';
  await aws.call('events', 'PutRule', { Name: 'z-matches', EventBusName: 'many', EventPattern });
  const { out } = await world.riposte('events', 'resend', EventId);
  assert.match(out, /^✓ rule z-matches matches\n– rule many-0 does not match: /);
  assert.match(out, new RegExp(`\\n– 25 more do not match; why: riposte explain ${EventId}\\n`));
  const file = join(world.folder, 'one.json');
  writeFileSync(file, '{"source":"s","detail-type":"t","detail":{}}');
  const simulated = await world.riposte('simulate', file, '--bus', 'many');
  assert.match(simulated.out, /\n {2}✓ rule z-matches matches\n {2}– rule many-0 does not match: /);
  assert.equal(simulated.out.trimEnd().split('\n').length, 8, simulated.out);
});

test('a rule that there was too much to compare for is told with the event and in a backtest', async () => {
  const pattern = '{"source":["hostile"],"detail":{"a":{"b":[1],"c":{"d":[1],"e":[1]},"z":[1]}}}';
  await world.aws().call('events', 'PutRule', { Name: 'costly', EventPattern: pattern });
  const list = (first: string, second: string) =>
    Array.from({ length: 800 }, (_, index) => ({ [first]: 1, [second]: index === 0 ? 1 : 2 })).toReversed();
  const Detail = JSON.stringify({ a: [{ z: 1 }, ...list('b', 'y')], 'a.c': list('d', 'f').concat({ e: 1 }) });
  const { Entries } = await world
    .aws()
    .call('events', 'PutEvents', { Entries: [{ Source: 'hostile', DetailType: 'Lists', Detail }] });
  const shown = await world.riposte('events', 'show', (Entries as { EventId: string }[])[0]?.EventId ?? '');
  assert.match(shown.out, /^rule costly was not decided, which counts as not matching: /m);
  const tried = await world.riposte('backtest', '--rule', 'costly');
  assert.match(tried.out, /^0 of \d+ events would have matched\.\n1 could not be decided/);
});
