import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inWorld } from '../world.ts';
import { HEALTH_EVENT, QUEUE_URL, ScriptedQueue, sourcesOf } from './queue.ts';

test(
  'an event of a real account is stored as it is, delivered, not marked as simulated, and its message deleted',
  inWorld(async (world) => {
    await world.service.start();
    await world.rule('risk', { source: ['aws.health'], account: ['444455556666'] });
    const queue = new ScriptedQueue(world.clock);
    const sources = sourcesOf(world, queue);
    await sources.start();
    queue.put(HEALTH_EVENT);
    await sources.connect({ queueUrl: QUEUE_URL });
    await world.settle();
    const stored = await world.service.describeEvent(HEALTH_EVENT.id);
    assert.deepEqual(stored?.event, HEALTH_EVENT);
    assert.equal(stored?.simulated, false);
    assert.equal(world.invocations.length, 1);
    assert.deepEqual(queue.messages, []);
    const [status] = await sources.list();
    assert.deepEqual(status?.counts, {
      events: 1,
      duplicates: 0,
      rejected: 0,
      lastEventMs: world.clock.now(),
    });
    assert.equal(status?.source.name, 'riposte-events');
    await sources.close();
    assert.equal(queue.isOpen, false);
  }),
);

test(
  'a message is deleted only when its event is on disk; one that comes again is dropped by the event’s id',
  inWorld(async (world) => {
    await world.service.start();
    await world.rule('risk', { source: ['aws.health'] });
    const queue = new ScriptedQueue(world.clock);
    const deletes = queue.deleting;
    queue.deleting = async () => {
      assert.ok(await world.service.describeEvent(HEALTH_EVENT.id), 'stored before it is deleted');
      queue.deleting = deletes;
      throw new Error('The message could not be deleted.');
    };
    const sources = sourcesOf(world, queue, [{ queueUrl: QUEUE_URL }]);
    queue.put(HEALTH_EVENT);
    await sources.start();
    await world.pass(5_000);
    assert.deepEqual(queue.messages, []);
    assert.equal(world.invocations.length, 1);
    const [status] = await sources.list();
    assert.equal(status?.counts.events, 1);
    assert.equal(status?.counts.duplicates, 1);
    await sources.close();
  }),
);

test(
  'what was stored before a crash is known after it, whichever queue brings it; a replay of it is another event',
  inWorld(async (world) => {
    const queue = new ScriptedQueue(world.clock);
    queue.deleting = () => new Promise(() => undefined);
    const before = sourcesOf(world, queue);
    await before.start();
    queue.put(HEALTH_EVENT);
    await before.connect({ queueUrl: QUEUE_URL });
    await world.settle();
    world.crash();

    world.open();
    await world.service.start();
    const again = new ScriptedQueue(world.clock);
    const after = sourcesOf(world, again);
    again.put(HEALTH_EVENT);
    await after.start();
    await world.settle();
    assert.deepEqual(again.messages, [], 'the connection goes on by itself');
    again.put(HEALTH_EVENT, 'the same by another way');
    again.put({ ...HEALTH_EVENT, 'replay-name': 'again' }, 'replay');
    await world.pass(20_000);
    const [status] = await after.list();
    assert.deepEqual([status?.counts.events, status?.counts.duplicates, status?.counts.rejected], [2, 2, 0]);
    assert.equal((await world.service.searchEvents({}, { limit: 10 })).events.length, 2);
    await after.close();
  }),
);

test(
  'what is no event is kept aside with its reason, and only then deleted',
  inWorld(async (world) => {
    const queue = new ScriptedQueue(world.clock);
    const lines: string[] = [];
    const sources = sourcesOf(world, queue, [], lines);
    await sources.start();
    queue.put('not JSON', 'text');
    queue.put([], 'list');
    queue.put({ Type: 'Notification', Message: JSON.stringify(HEALTH_EVENT) }, 'notification');
    queue.put({ ...HEALTH_EVENT, time: 'yesterday' }, 'time');
    queue.put({ ...HEALTH_EVENT, 'ingested-by': 'a member that AWS adds one day' }, 'newer');
    await sources.connect({ queueUrl: QUEUE_URL });
    await world.settle();
    assert.deepEqual(queue.messages, []);
    const rejected = await sources.rejected('riposte-events', 10);
    assert.deepEqual(
      rejected.map(({ key }) => key),
      ['time', 'notification', 'list', 'text'],
    );
    assert.match(rejected[1]?.reason ?? '', /"version" is missing.*without Input, InputPath/);
    assert.equal(rejected[3]?.body, 'not JSON');
    assert.match(lines[0] ?? '', /message text is kept aside. The body is not JSON\./);
    assert.ok(await world.service.describeEvent(HEALTH_EVENT.id), 'the newer event was taken');
    await sources.close();
  }),
);

test(
  'failures are shown, tried again after a while that grows to a minute, and survived',
  inWorld(async (world) => {
    const queue = new ScriptedQueue(world.clock);
    const lines: string[] = [];
    const sources = sourcesOf(world, queue, [{ queueUrl: QUEUE_URL }], lines);
    queue.failures = Array.from({ length: 9 }, () => new Error('The network is down.'));
    queue.put(HEALTH_EVENT);
    const beganMs = world.clock.now();
    await sources.start();
    await world.settle();
    const [failing] = await sources.list();
    assert.equal(failing?.failingSinceMs, beganMs);
    assert.equal(failing?.lastError?.message, 'The network is down.');
    assert.equal(failing?.lastPollMs, undefined);
    // Three quarters of 1, 2, 4, 8, 16, 32, 60, 60, 60 seconds: chance is a half here.
    await world.pass(182_000);
    assert.equal((await sources.list())[0]?.counts.events, 0);
    await world.pass(1_000);
    const [works] = await sources.list();
    assert.equal(works?.counts.events, 1);
    assert.equal(works?.failingSinceMs, undefined);
    assert.equal(works?.lastError?.message, 'The network is down.', 'told of afterwards too');
    assert.deepEqual(
      lines.map((line) => line.replace(/^source riposte-events: /, '')),
      ['The network is down. It is tried again until it works.', 'works again.'],
    );
    await sources.close();
  }),
);

test(
  'a queue that answers at once with nothing is asked once a second',
  inWorld(async (world) => {
    const queue = new ScriptedQueue(world.clock);
    queue.receive = async () => {
      queue.polls += 1;
      return [];
    };
    const sources = sourcesOf(world, queue, [{ queueUrl: QUEUE_URL }]);
    await sources.start();
    await world.pass(10_000);
    assert.ok(queue.polls <= 11, `${queue.polls} polls in ten seconds`);
    await sources.close();
  }),
);

test(
  'without its bus an event stays in the queue',
  inWorld(async (world) => {
    const region = 'us-east-1';
    await world.service.createEventBus(region, { Name: 'other' });
    const queue = new ScriptedQueue(world.clock);
    const sources = sourcesOf(world, queue);
    await sources.start();
    await sources.connect({ queueUrl: QUEUE_URL, eventBusName: 'other' });
    await world.settle();
    await world.service.deleteEventBus(region, 'other');
    queue.put(HEALTH_EVENT);
    await world.pass(30_000);
    assert.equal(queue.messages.length, 1);
    assert.match((await sources.list())[0]?.lastError?.message ?? '', /Event bus other does not exist/);
    await world.service.createEventBus(region, { Name: 'other' });
    await world.pass(60_000);
    assert.equal(queue.messages.length, 0);
    await sources.close();
  }),
);

test(
  'a message that cannot be stored is named, stays in its queue, holds up no other, and the source fails while it comes',
  inWorld(async (world) => {
    const queue = new ScriptedQueue(world.clock);
    queue.visibilityMs = 60_000;
    const lines: string[] = [];
    let isMended = false;
    const takeIn: typeof world.service.takeIn = (region, from, arrivals) => {
      if (!isMended && arrivals.some((arrival) => arrival.kind === 'event' && arrival.event.id === 'bad'))
        throw new RangeError('Maximum call stack size exceeded');
      return world.service.takeIn(region, from, arrivals);
    };
    const describeEventBus = world.service.describeEventBus.bind(world.service);
    const sources = sourcesOf(world, queue, [{ queueUrl: QUEUE_URL }], lines, { takeIn, describeEventBus });
    queue.put(HEALTH_EVENT, 'first');
    queue.put({ ...HEALTH_EVENT, id: 'bad' }, 'poison');
    queue.put({ ...HEALTH_EVENT, id: 'good' }, 'last');
    queue.put('not JSON', 'text');
    const beganMs = world.clock.now();
    const status = async () => (await sources.list())[0];
    await sources.start();
    await world.settle();
    assert.deepEqual(
      queue.messages.map(({ messageId }) => messageId),
      ['poison'],
    );
    assert.equal((await status())?.counts.events, 2);
    assert.equal((await status())?.counts.rejected, 1);
    const problem = 'message poison (event bad, aws.health) was not stored: Maximum call stack size exceeded';
    assert.deepEqual((await status())?.lastError, { atMs: beganMs, message: problem });
    // Empty polls, and others that come meanwhile, are no sign that this one is stored.
    await world.pass(25_000);
    queue.put({ ...HEALTH_EVENT, id: 'later' }, 'later');
    await world.pass(120_000);
    assert.ok(queue.polls > 5);
    assert.equal((await status())?.counts.events, 3);
    assert.equal((await status())?.failingSinceMs, beganMs);
    isMended = true;
    await world.pass(61_000);
    assert.equal((await status())?.counts.events, 4);
    assert.equal((await status())?.failingSinceMs, undefined);
    assert.deepEqual(
      lines.map((line) => line.replace(/^source riposte-events: /, '')),
      [
        'message text is kept aside. The body is not JSON. See it with: riposte connect --rejected riposte-events',
        `${problem}. It is tried again until it works.`,
        'works again.',
      ],
    );
    await sources.close();
  }),
);

test(
  'a source works again when a message that could not be stored does not come any more',
  inWorld(async (world) => {
    const queue = new ScriptedQueue(world.clock);
    queue.visibilityMs = 60_000;
    const describeEventBus = world.service.describeEventBus.bind(world.service);
    const takeIn = () => Promise.reject(new Error('no'));
    const sources = sourcesOf(world, queue, [{ queueUrl: QUEUE_URL }], [], { takeIn, describeEventBus });
    queue.put(HEALTH_EVENT);
    queue.put({ ...HEALTH_EVENT, id: 'other' });
    await sources.start();
    await world.pass(100_000);
    const [failing] = await sources.list();
    assert.ok(failing?.failingSinceMs !== undefined);
    assert.match(failing.lastError?.message ?? '', /^message m-1 \(.*\) and 1 more were not stored: no$/);
    queue.messages = []; // by the queue's redrive policy
    await world.pass(300_000);
    assert.equal((await sources.list())[0]?.failingSinceMs, undefined);
    await sources.close();
  }),
);

test(
  'a removed source is read no more; one of the configuration is removed there; names are unique',
  inWorld(async (world) => {
    const queue = new ScriptedQueue(world.clock);
    const sources = sourcesOf(world, queue, [{ queueUrl: QUEUE_URL, name: 'fixed' }]);
    await sources.start();
    await sources.connect({ queueUrl: QUEUE_URL, name: 'second' });
    await assert.rejects(sources.connect({ queueUrl: QUEUE_URL, name: 'fixed' }), /already exists/);
    await assert.rejects(sources.connect({ queueUrl: QUEUE_URL, name: 'second' }), /already exists/);
    await assert.rejects(sources.remove('fixed'), /stands in the server's configuration/);
    await sources.remove('second');
    await assert.rejects(sources.remove('second'), { code: 'ResourceNotFoundException' });
    assert.deepEqual(
      (await sources.list()).map(({ source, isConfigured }) => [source.name, isConfigured]),
      [['fixed', true]],
    );
    await assert.rejects(sources.connect({ queueUrl: 'queue' }), /is no URL of http or https/);
    await assert.rejects(
      sources.connect({ queueUrl: 'http://localhost:4566/000000000000/q' }),
      /does not say the queue's region/,
    );
    await assert.rejects(sources.connect({ queueUrl: QUEUE_URL, eventBusName: 'no' }), /does not exist/);
    await sources.close();
  }),
);

test(
  'an event of AWS Health that names no resources is an event',
  inWorld(async (world) => {
    await world.service.start();
    await world.rule('risk', { source: ['aws.health'], resources: [{ exists: false }] });
    const queue = new ScriptedQueue(world.clock);
    const { resources: _absent, ...event } = HEALTH_EVENT;
    queue.put(event);
    const sources = sourcesOf(world, queue, [{ queueUrl: QUEUE_URL }]);
    await sources.start();
    await world.settle();
    assert.equal(world.invocations.length, 1);
    assert.deepEqual((await world.service.describeEvent(HEALTH_EVENT.id))?.event, HEALTH_EVENT);
    assert.deepEqual(await sources.rejected('riposte-events', 10), []);
    await sources.close();
  }),
);

test(
  'a message made to hurt is kept aside with its reason, and those beside it are taken',
  inWorld(async (world) => {
    await world.service.start();
    const queue = new ScriptedQueue(world.clock);
    const whole = JSON.stringify(HEALTH_EVENT);
    const deep = (depth: number, innermost: string) => `${'['.repeat(depth)}${innermost}${']'.repeat(depth)}`;
    const hurting = {
      'deep in a new member': whole.replace('{', `{"new":${deep(100_000, '')},`),
      'deep, with a number to keep': whole.replace('{', `{"new":${deep(100_000, '1.0')},`),
      'deep in the detail': whole.replace('"RISK"', deep(1_001, '')),
      'a number that is too large': whole.replace('"RISK"', '9223372036854775808'),
      'infinite in a new member': whole.replace('{', '{"new":1e400,'),
    };
    for (const [name, body] of Object.entries(hurting)) queue.put(body, name);
    queue.put(HEALTH_EVENT, 'good');
    const sources = sourcesOf(world, queue, [{ queueUrl: QUEUE_URL }]);
    await sources.start();
    await world.settle();
    assert.deepEqual(queue.messages, []);
    assert.ok(await world.service.describeEvent(HEALTH_EVENT.id));
    const reasons = (await sources.rejected('riposte-events', 10)).map(({ reason }) => reason);
    assert.deepEqual(reasons.toSorted(), [
      'The body has a number that is too large: an integer has 64 bits at most.',
      'The body has a number that is too large: an integer has 64 bits at most.',
      'The body is nested more than 1000 deep.',
      'The body is nested more than 1000 deep.',
      'The body is nested more than 1000 deep.',
    ]);
    await sources.close();
  }),
);

test(
  'a message that a rehearsal caused elsewhere is one here: its event and what comes of it are marked',
  inWorld(async (world) => {
    await world.service.start();
    await world.rule('risk', { source: ['aws.health'] });
    const queue = new ScriptedQueue(world.clock);
    queue.put(HEALTH_EVENT, 'rehearsed', true);
    queue.put({ ...HEALTH_EVENT, id: 'real' }, 'real');
    const sources = sourcesOf(world, queue, [{ queueUrl: QUEUE_URL }]);
    await sources.start();
    await world.settle();
    const marks = world.invocations.map(({ eventId, simulated }) => [eventId, simulated]);
    assert.deepEqual(Object.fromEntries(marks), { [HEALTH_EVENT.id]: true, real: false });
    assert.equal((await world.service.describeEvent(HEALTH_EVENT.id))?.simulated, true);
    await sources.close();
  }),
);
