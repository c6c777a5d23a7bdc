import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inWorld, START_MS } from './world.ts';

const EVERYTHING = { source: ['test'] };

test(
  'an event is on disk with its deliveries before PutEvents answers',
  inWorld(async (world) => {
    await world.rule('r', EVERYTHING);
    const eventId = await world.put('Order', { n: 1 });
    const stored = await world.service.describeEvent(eventId);
    assert.deepEqual(stored?.event.detail, { n: 1 });
    assert.equal(stored?.event.time, '2026-01-31T12:00:00Z');
    assert.deepEqual(
      stored?.deliveries.map(({ status, targetId }) => ({ status, targetId })),
      [{ status: 'pending', targetId: 'target' }],
    );
    assert.equal(world.invocations.length, 0, 'nothing is delivered before start');
  }),
);

test(
  'a matching event reaches its target once, shaped, and the answer is kept',
  inWorld(async (world) => {
    world.answer = () => ({ kind: 'delivered', resultArn: 'arn:execution' });
    await world.service.start();
    const ruleArn = await world.rule('r', { 'detail-type': ['Order'] }, { InputPath: '$.detail' });
    await world.put('Other');
    const eventId = await world.put('Order', { n: 1 });
    await world.settle();
    assert.equal(world.invocations.length, 1);
    assert.equal(world.invocations[0]?.payload, '{"n":1}');
    assert.equal(world.invocations[0]?.ruleArn, ruleArn);
    assert.equal(world.invocations[0]?.attempt, 1);
    const [delivery] = (await world.service.describeEvent(eventId))?.deliveries ?? [];
    assert.equal(delivery?.status, 'delivered');
    assert.equal(delivery?.attempts, 1);
    assert.equal(delivery?.resultArn, 'arn:execution');
  }),
);

test(
  'a crash before the answer of the target leads to the same delivery again after reopening',
  inWorld(async (world) => {
    await world.service.start();
    await world.rule('r', EVERYTHING);
    world.answer = () => new Promise(() => undefined); // the process dies while the target is working
    await world.put('Order');
    await world.settle();
    world.crash();
    world.answer = () => ({ kind: 'delivered' });
    world.open();
    await world.service.start();
    await world.settle();
    assert.equal(world.invocations.length, 2);
    assert.equal(world.invocations[0]?.deliveryId, world.invocations[1]?.deliveryId);
    assert.equal(world.invocations[1]?.attempt, 1, 'an attempt without an answer is not counted');
  }),
);

test(
  'a failing target is tried again after growing pauses, then the delivery is dead',
  inWorld(async (world) => {
    const attempts: number[] = [];
    world.uniform = 1 - Number.EPSILON; // the longest pauses
    world.answer = () => {
      attempts.push(world.clock.now() - START_MS);
      return { kind: 'failed', errorCode: 'THROTTLING', errorMessage: 'slow down', retryable: true };
    };
    await world.service.start();
    await world.rule('r', EVERYTHING, { RetryPolicy: { MaximumRetryAttempts: 3 } });
    const eventId = await world.put('Order');
    await world.pass(60_000);
    assert.deepEqual(attempts, [0, 1000, 3000, 7000]);
    const [delivery] = (await world.service.describeEvent(eventId))?.deliveries ?? [];
    assert.equal(delivery?.status, 'dead');
    assert.equal(delivery?.attempts, 4);
    assert.match(delivery?.lastError ?? '', /^THROTTLING: slow down \(MaximumRetryAttempts reached\)$/);
    assert.equal(world.reports.filter(({ kind }) => kind === 'delivery-dead').length, 1);
    assert.equal(new Set(world.invocations.map(({ deliveryId }) => deliveryId)).size, 1);
  }),
);
