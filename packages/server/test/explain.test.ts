import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { riposte, World } from './support/world.ts';

let world: World;
let folder: string;

const EVENT = { source: 'shop', 'detail-type': 'Order', detail: { total: 5, state: 'open' } };

before(async () => {
  world = await World.open();
  folder = mkdtempSync(join(tmpdir(), 'riposte-explain-'));
  const rule = (Name: string, pattern: object) =>
    world.aws().call('events', 'PutRule', { Name, EventPattern: JSON.stringify(pattern) });
  await rule('all-orders', { source: ['shop'] });
  await rule('large-orders', { source: ['shop'], detail: { total: [{ numeric: ['>', 100] }] } });
});
after(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

test('each rule says why it matches, or which field decides against it', async () => {
  const { code, out } = await world.riposte('explain', file('order.json', EVENT));
  assert.equal(code, 0);
  assert.equal(
    out,
    '✓ rule all-orders matches: source is as the pattern wants it.\n' +
      '– rule large-orders does not match: detail.total is 5, and the pattern wants a number > 100.\n',
  );
});

test('nothing is stored by an explanation; JSON names path, wanted and seen', async () => {
  const explained = await world.json<{ rules: object[] }>(
    'explain',
    file('order.json', EVENT),
    '--rule',
    'all-orders',
  );
  assert.equal(explained.rules.length, 1);
  const people = await world.people();
  assert.deepEqual(await people.get('/api/events'), { events: [] });
  const { code, out } = await world.riposte(
    'explain',
    file('order.json', EVENT),
    '--json',
    '--rule',
    'large-orders',
  );
  assert.equal(code, 1);
  assert.deepEqual((JSON.parse(out) as { rules: { decidedBy: object }[] }).rules[0]?.decidedBy, {
    path: 'detail.total',
    wanted: 'a number > 100',
    seen: '5',
  });
});

test('a stored event is explained by its id', async () => {
  const { Entries } = await world.aws().call('events', 'PutEvents', {
    Entries: [{ Source: 'shop', DetailType: 'Order', Detail: '{"total":500}' }],
  });
  const [{ EventId = '' } = {}] = Entries as { EventId?: string }[];
  const { out } = await world.riposte('explain', EventId, '--rule', 'large-orders');
  assert.match(out, /^✓ rule large-orders matches/);
  const unknown = await world.riposte('explain', '00000000-0000-0000-0000-000000000000');
  assert.equal(unknown.code, 1);
  assert.match(unknown.err, /There is no event 00000000-0000-0000-0000-000000000000/);
});

test('a pattern from a file needs no server', async () => {
  const pattern = file('pattern.json', { detail: { state: [{ prefix: 'closed' }] } });
  const { code, out } = await riposte(['explain', file('order.json', EVENT), '--pattern', pattern]);
  assert.equal(code, 1);
  assert.match(
    out,
    /does not match: detail\.state is "open", and the pattern wants text starting with "closed"/,
  );
});

test('what cannot be explained is said', async () => {
  const broken = await riposte([
    'explain',
    file('order.json', EVENT),
    '--pattern',
    file('broken.json', '{"a":1}'),
  ]);
  assert.equal(broken.code, 1);
  assert.match(
    broken.err,
    /broken\.json: Event pattern is not valid\. Reason: "a" must be an object or an array/,
  );
  const missing = await world.riposte('explain', join(folder, 'nothing.json'));
  assert.match(missing.err, /nothing\.json is neither a file nor the id of an event/);
  const noRule = await world.riposte('explain', file('order.json', EVENT), '--rule', 'other');
  assert.match(noRule.err, /There is no rule other on the bus default\. There are: all-orders, large-orders/);
});
