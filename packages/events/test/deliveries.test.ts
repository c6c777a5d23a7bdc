import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inWorld, REGION, START_MS } from './world.ts';

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

test(
  'the age of an event ends the retries, and a poisoned delivery does not hold up its neighbours',
  inWorld(async (world) => {
    world.uniform = 1 - Number.EPSILON;
    world.answer = ({ eventId }) => {
      if (eventId === poison) throw new Error('cannot be read');
      return { kind: 'delivered' };
    };
    await world.service.start();
    await world.rule('r', EVERYTHING, { RetryPolicy: { MaximumEventAgeInSeconds: 60 } });
    const poison = await world.put('Order', { poison: true });
    const healthy = await Promise.all(Array.from({ length: 100 }, (_, n) => world.put('Order', { n })));
    await world.settle();
    for (const id of healthy)
      assert.equal((await world.service.describeEvent(id))?.deliveries[0]?.status, 'delivered');
    await world.pass(3_600_000);
    const [dead] = (await world.service.describeEvent(poison))?.deliveries ?? [];
    assert.equal(dead?.status, 'dead');
    assert.equal(dead?.attempts, 6); // at 0, 1, 3, 7, 15 and 31 s; the next would be after 60 s
    assert.equal(dead?.lastError, 'INTERNAL_ERROR: cannot be read (MaximumEventAgeInSeconds reached)');
  }),
);

test(
  'what is older than its target was given is not tried; without such an age it is, however late',
  inWorld(async (world) => {
    await world.rule('strict', EVERYTHING, { RetryPolicy: { MaximumEventAgeInSeconds: 60 } });
    await world.rule('patient', EVERYTHING);
    const eventId = await world.put('Order');
    await world.pass(25 * 3_600_000); // nothing is delivered before the start
    await world.service.start();
    await world.settle();
    assert.deepEqual(
      world.invocations.map(({ ruleArn }) => ruleArn.split('/').at(-1)),
      ['patient'],
    );
    const { deliveries = [] } = (await world.service.describeEvent(eventId)) ?? {};
    const strict = deliveries.find(({ ruleArn }) => ruleArn.endsWith('/strict'));
    assert.equal(strict?.status, 'dead');
    assert.match(strict.lastError ?? '', /^THROTTLING: The event was too old when its turn came/);
  }),
);

test(
  'a failure that no retry can help ends the delivery at once',
  inWorld(async (world) => {
    world.answer = () => ({
      kind: 'failed',
      errorCode: 'NO_RESOURCE',
      errorMessage: 'there is no such function',
      retryable: false,
    });
    await world.service.start();
    await world.rule('r', EVERYTHING);
    const eventId = await world.put('Order');
    await world.pass(3_600_000);
    const [delivery] = (await world.service.describeEvent(eventId))?.deliveries ?? [];
    assert.deepEqual(
      [delivery?.status, delivery?.attempts, delivery?.lastError],
      ['dead', 1, 'NO_RESOURCE: there is no such function'],
    );
  }),
);

test(
  'a template that gives no JSON is dead at once and never reaches the target',
  inWorld(async (world) => {
    await world.service.start();
    await world.rule('r', EVERYTHING, {
      InputTransformer: { InputPathsMap: { d: '$.detail' }, InputTemplate: '{"text":"<d>"}' },
    });
    const eventId = await world.put('Order', { quoted: 'x' });
    await world.settle();
    const [delivery] = (await world.service.describeEvent(eventId))?.deliveries ?? [];
    assert.equal(delivery?.status, 'dead');
    assert.match(delivery?.lastError ?? '', /^INVALID_JSON: InputTemplate gives no JSON/);
    assert.equal(world.invocations.length, 0);
  }),
);

test(
  'a rule whose target hangs leaves room for the others, and hanging attempts time out',
  inWorld(async (world) => {
    world.answer = ({ target }) =>
      target.Arn.endsWith(':slow') ? new Promise(() => undefined) : { kind: 'delivered' };
    await world.service.start();
    await world.rule('slow', { 'detail-type': ['Slow'] }, { RetryPolicy: { MaximumRetryAttempts: 0 } });
    await world.rule('quick', { 'detail-type': ['Quick'] });
    const slow = await Promise.all(Array.from({ length: 40 }, () => world.put('Slow')));
    const quick = await Promise.all(Array.from({ length: 40 }, () => world.put('Quick')));
    await world.settle();
    const statuses = async (ids: string[]): Promise<unknown[]> => {
      const found = await Promise.all(ids.map((id) => world.service.describeEvent(id)));
      return [...new Set(found.map((stored) => stored?.deliveries[0]?.status))];
    };
    assert.deepEqual(await statuses(quick), ['delivered']);
    assert.deepEqual(await statuses(slow), ['pending']);
    assert.equal(world.invocations.filter(({ target }) => target.Arn.endsWith(':slow')).length, 16);
    await world.pass(5 * 60_000);
    assert.deepEqual(await statuses(slow), ['dead']);
    const [timedOut] = (await world.service.describeEvent(slow[0] ?? ''))?.deliveries ?? [];
    assert.match(timedOut?.lastError ?? '', /^TIMEOUT: The target did not answer within 60 seconds/);
  }),
);

test(
  'an answer that comes after its attempt was given up changes nothing',
  inWorld(async (world) => {
    const late: ((outcome: { kind: 'delivered' }) => void)[] = [];
    world.answer = ({ attempt }) =>
      attempt === 1
        ? new Promise((resolve) => late.push(resolve))
        : { kind: 'delivered', resultArn: 'arn:second' };
    world.uniform = 0;
    await world.service.start();
    await world.rule('r', EVERYTHING);
    const eventId = await world.put('Order');
    await world.pass(61_000);
    late[0]?.({ kind: 'delivered' });
    await world.settle();
    const [delivery] = (await world.service.describeEvent(eventId))?.deliveries ?? [];
    assert.deepEqual(
      [delivery?.status, delivery?.attempts, delivery?.resultArn],
      ['delivered', 2, 'arn:second'],
    );
  }),
);

test(
  'deliveries whose target or rule is gone meanwhile still go where they were meant for',
  inWorld(async (world) => {
    await world.rule('r', EVERYTHING);
    await world.put('Order');
    await world.service.removeTargets(REGION, 'r', ['target']);
    await world.service.deleteRule(REGION, 'r');
    await world.service.start();
    await world.settle();
    assert.equal(world.invocations.length, 1);
  }),
);

test(
  'a closed service delivers nothing more and can be opened again',
  inWorld(async (world) => {
    await world.service.start();
    await world.rule('r', EVERYTHING);
    await world.service.close();
    await world.put('Order');
    await world.settle();
    assert.equal(world.invocations.length, 0);
    await world.service.start();
    await world.settle();
    assert.equal(world.invocations.length, 1);
  }),
);

test(
  'nothing waits on the clock when nothing is to be done',
  inWorld(async (world) => {
    await world.service.start();
    await world.rule('r', EVERYTHING);
    await world.put('Order');
    await world.settle();
    assert.equal(world.clock.waitingCount, 0);
  }),
);

test(
  'a delivery that the end of the service broke off is neither counted nor given up',
  inWorld(async (world) => {
    let breakOff = () => {};
    world.answer = () =>
      new Promise((resolve) => {
        breakOff = () =>
          resolve({
            kind: 'failed',
            errorCode: 'SDK_CLIENT_ERROR',
            errorMessage: 'The server is shutting down.',
            retryable: false,
          });
      });
    await world.rule('once', { source: ['test'] }, { RetryPolicy: { MaximumRetryAttempts: 0 } });
    const eventId = await world.put('Order');
    await world.settle();
    const closed = world.service.close();
    breakOff();
    await closed;
    await world.settle();
    const [delivery] = (await world.service.describeEvent(eventId))?.deliveries ?? [];
    assert.deepEqual([delivery?.status, delivery?.attempts], ['pending', 0]);
    world.answer = () => ({ kind: 'delivered' });
    await world.service.start();
    await world.settle();
    const [again] = (await world.service.describeEvent(eventId))?.deliveries ?? [];
    assert.equal(again?.status, 'delivered');
    assert.deepEqual(world.reports, []);
  }),
);

test(
  'a delivery that was only just claimed when the service closes waits for the next start',
  inWorld(async (world) => {
    await world.rule('late', { source: ['test'] });
    const eventId = await world.put('Order');
    await world.service.close();
    const atClose = world.invocations.length;
    await world.settle();
    assert.equal(world.invocations.length, atClose);
    await world.service.start();
    await world.settle();
    assert.equal((await world.service.describeEvent(eventId))?.deliveries[0]?.status, 'delivered');
    assert.equal(world.invocations.length, 1);
  }),
);

test(
  'a target that takes so many a second is asked later, without an attempt being counted',
  inWorld(async (world) => {
    let free = 0;
    world.answer = () => (free++ === 0 ? { kind: 'later', atMs: START_MS + 3000 } : { kind: 'delivered' });
    await world.service.start();
    await world.rule('r', EVERYTHING);
    const eventId = await world.put('Order');
    await world.pass(2999);
    assert.equal(world.invocations.length, 1);
    await world.pass(1);
    const [delivery] = (await world.service.describeEvent(eventId))?.deliveries ?? [];
    assert.deepEqual([delivery?.status, delivery?.attempts], ['delivered', 1]);
  }),
);

test(
  'a target that says when to come again is not asked before',
  inWorld(async (world) => {
    const failed = {
      kind: 'failed',
      errorCode: 'THROTTLING',
      errorMessage: 'slow down',
      retryable: true,
    } as const;
    world.answer = ({ attempt }) =>
      attempt === 1 ? { ...failed, retryAfterMs: 120_000 } : { kind: 'delivered' };
    await world.service.start();
    await world.rule('r', EVERYTHING);
    await world.put('Order');
    await world.pass(119_999);
    assert.equal(world.invocations.length, 1);
    await world.pass(1);
    assert.equal(world.invocations.length, 2);
  }),
);

test(
  'each attempt is kept with its time and its error',
  inWorld(async (world) => {
    const failed = { kind: 'failed', errorCode: 'TIMEOUT', errorMessage: 'nobody', retryable: true } as const;
    world.answer = ({ attempt }) => (attempt === 1 ? failed : { kind: 'delivered' });
    await world.service.start();
    await world.rule('r', EVERYTHING);
    const eventId = await world.put('Order');
    await world.pass(5000);
    const [delivery] = (await world.service.describeEvent(eventId))?.deliveries ?? [];
    assert.deepEqual(delivery?.attemptLog, [
      { number: 1, endedAtMs: START_MS, error: 'TIMEOUT: nobody' },
      { number: 2, endedAtMs: START_MS + 500 },
    ]);
  }),
);

test(
  'parameters that are paths come filled from the event, one that leads nowhere is empty',
  inWorld(async (world) => {
    await world.service.start();
    await world.rule('r', EVERYTHING, {
      HttpParameters: {
        PathParameterValues: ['$.detail.id', 'fixed', '$.detail.none'],
        QueryStringParameters: { n: '$.detail.n' },
        HeaderParameters: { h: '$.source' },
      },
    });
    await world.put('Order', { id: 'a', n: 5 });
    await world.settle();
    assert.deepEqual(world.invocations[0]?.target.HttpParameters, {
      PathParameterValues: ['a', 'fixed', ''],
      QueryStringParameters: { n: '5' },
      HeaderParameters: { h: 'test' },
    });
  }),
);

test(
  'large events are all delivered without further cause, though few are handed out at once; one that waits for its target is held as text',
  inWorld(async (world) => {
    await world.service.start();
    await world.rule('a', EVERYTHING);
    await world.rule('b', EVERYTHING);
    world.answer = () => new Promise(() => undefined);
    await Promise.all([1, 2, 3, 4, 5, 6].map((n) => world.put('Large', { n, text: 'x'.repeat(900_000) })));
    await world.settle();
    assert.equal(world.invocations.length, 12);
    const [invocation] = world.invocations;
    assert.deepEqual(invocation?.event, JSON.parse(invocation?.payload ?? ''));
    assert.notEqual(invocation?.event, invocation?.event);
  }),
);
