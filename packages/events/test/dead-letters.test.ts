import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InvocationOutcome } from '@riposte/events';
import { ACCOUNT, inWorld, REGION, START_MS, type World } from './world.ts';

const EVERYTHING = { source: ['test'] };
const QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}:Dead`;
const WITH_QUEUE = { DeadLetterConfig: { Arn: QUEUE } };

const failed = (errorCode: string, retryable: boolean): InvocationOutcome => ({
  kind: 'failed',
  errorCode,
  errorMessage: 'It said no.',
  retryable,
});

async function deliveryOf(world: World, eventId: string) {
  const [delivery] = (await world.service.describeEvent(eventId))?.deliveries ?? [];
  return delivery && { status: delivery.status, attempts: delivery.attempts, lastError: delivery.lastError };
}

/** @returns the id of an event whose dead letter is being sent, to a queue that never answers */
async function untilSending(world: World, target = {}): Promise<string> {
  world.answer = () => failed('NO_RESOURCE', false);
  world.answerOfQueue = () => new Promise(() => undefined);
  await world.service.start();
  await world.rule('r', EVERYTHING, { ...WITH_QUEUE, ...target });
  const eventId = await world.put('Order');
  await world.settle();
  return eventId;
}

/** After a crash. */
async function sendsItAgain(world: World): Promise<void> {
  world.answerOfQueue = () => ({ kind: 'delivered' });
  world.open();
  await world.service.start();
  await world.settle();
  assert.equal(world.deadLetters.length, 2);
  assert.deepEqual(world.deadLetters[0], world.deadLetters[1]);
}

test(
  'what no retry can help is in the dead-letter queue at once, as the target would have had it',
  inWorld(async (world) => {
    world.answer = () => failed('NO_PERMISSIONS', false);
    await world.service.start();
    const ruleArn = await world.rule('r', EVERYTHING, { InputPath: '$.detail', ...WITH_QUEUE });
    const eventId = await world.put('Order', { n: 1 });
    await world.settle();
    assert.equal(world.invocations[0]?.payload, '{"n":1}');
    assert.deepEqual(world.deadLetters, [
      {
        invocation: world.invocations[0],
        queueArn: QUEUE,
        attributes: {
          RULE_ARN: ruleArn,
          TARGET_ARN: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:r`,
          ERROR_CODE: 'NO_PERMISSIONS',
          ERROR_MESSAGE: 'It said no.',
          RETRY_ATTEMPTS: '0',
        },
      },
    ]);
    assert.deepEqual(await deliveryOf(world, eventId), {
      status: 'dead',
      attempts: 1,
      lastError: `NO_PERMISSIONS: It said no. (dead letter sent to ${QUEUE})`,
    });
  }),
);

test(
  'a dead letter tells how often it was tried and what ran out',
  inWorld(async (world) => {
    world.answer = () => failed('THROTTLING', true);
    await world.service.start();
    await world.rule(
      'tries',
      { 'detail-type': ['tries'] },
      { ...WITH_QUEUE, RetryPolicy: { MaximumRetryAttempts: 2 } },
    );
    await world.rule(
      'age',
      { 'detail-type': ['age'] },
      { ...WITH_QUEUE, RetryPolicy: { MaximumEventAgeInSeconds: 60 } },
    );
    await world.put('tries');
    await world.pass(10_000);
    await world.put('age');
    await world.pass(60_000);
    const told = world.deadLetters.map(({ attributes }) => attributes);
    assert.equal(told[0]?.['RETRY_ATTEMPTS'], '2');
    assert.equal(told[0]['EXHAUSTED_RETRY_CONDITION'], 'MaximumRetryAttempts');
    assert.equal(told[1]?.['EXHAUSTED_RETRY_CONDITION'], 'MaximumEventAgeInSeconds');
    assert.equal(told.length, 2);
  }),
);

test(
  'a crash between death and sending loses nothing, and the target is not asked again',
  inWorld(async (world) => {
    const eventId = await untilSending(world);
    assert.equal(world.deadLetters.length, 1);
    assert.equal((await deliveryOf(world, eventId))?.status, 'pending');
    world.crash();
    await sendsItAgain(world);
    assert.equal(world.invocations.length, 1);
    assert.equal((await deliveryOf(world, eventId))?.status, 'dead');
  }),
);

test(
  'a dead letter that is sent after the age of its event is sent all the same, once',
  inWorld(async (world) => {
    const eventId = await untilSending(world, { RetryPolicy: { MaximumEventAgeInSeconds: 60 } });
    world.crash();
    await world.pass(3_600_000);
    await sendsItAgain(world);
    assert.equal(
      (await deliveryOf(world, eventId))?.lastError,
      `NO_RESOURCE: It said no. (dead letter sent to ${QUEUE})`,
    );
  }),
);

test(
  'a queue that fails is tried again; one that refuses is told with the delivery and reported',
  inWorld(async (world) => {
    world.answer = () => failed('NO_RESOURCE', false);
    const answers = [failed('INTERNAL_ERROR', true), failed('NO_PERMISSIONS', false)];
    world.answerOfQueue = () => answers.shift() ?? { kind: 'delivered' };
    await world.service.start();
    await world.rule('r', EVERYTHING, WITH_QUEUE);
    const eventId = await world.put('Order');
    await world.pass(1_000);
    assert.equal(world.deadLetters.length, 2);
    assert.deepEqual(await deliveryOf(world, eventId), {
      status: 'dead',
      attempts: 1,
      lastError: `NO_RESOURCE: It said no. (dead letter not sent to ${QUEUE}: NO_PERMISSIONS: It said no.)`,
    });
    assert.deepEqual(
      world.reports.map(({ kind }) => kind),
      ['delivery-dead'],
    );
    const [delivery] = (await world.service.describeEvent(eventId))?.deliveries ?? [];
    assert.deepEqual(
      delivery?.attemptLog?.map(({ isOfDeadLetter, error }) => [
        isOfDeadLetter,
        error?.includes('dead letter'),
      ]),
      [
        [undefined, false],
        [true, true],
        [true, true],
      ],
    );
  }),
);

test(
  'a dead letter whose message could not be made carries the event, and no control characters',
  inWorld(async (world) => {
    world.answer = () => ({ ...failed('NO_RESOURCE', false), errorMessage: 'a\u0000\ud800' });
    await world.service.start();
    await world.rule('r', EVERYTHING, {
      InputTransformer: { InputPathsMap: { a: '$.detail.a' }, InputTemplate: '{"a": <a>' },
      ...WITH_QUEUE,
    });
    await world.rule('s', EVERYTHING, WITH_QUEUE);
    await world.put('Order', { a: 1 });
    await world.settle();
    const [broken, other] = world.deadLetters.toSorted((a, b) =>
      a.invocation.ruleArn < b.invocation.ruleArn ? -1 : 1,
    );
    assert.equal(JSON.parse(broken?.invocation.payload ?? '')['detail-type'], 'Order');
    assert.equal(broken?.attributes['ERROR_CODE'], 'INVALID_JSON');
    assert.equal(other?.attributes['ERROR_MESSAGE'], 'a\ufffd\ufffd');
  }),
);

test(
  'what becomes larger than any target takes is dead at once, and its dead letter carries the event',
  inWorld(async (world) => {
    await world.service.start();
    const a = 'x'.repeat(600_000);
    await world.rule('template', EVERYTHING, {
      InputTransformer: { InputPathsMap: { a: '$.detail' }, InputTemplate: `[${'<a>,'.repeat(300)}0]` },
      ...WITH_QUEUE,
    });
    await world.rule('parameters', EVERYTHING, {
      HttpParameters: { PathParameterValues: ['$.detail.a', '$.detail'] },
      ...WITH_QUEUE,
    });
    await world.put('Order', { a });
    await world.settle();
    assert.equal(world.invocations.length, 0);
    assert.equal(world.deadLetters.length, 2);
    for (const { invocation, attributes } of world.deadLetters) {
      assert.deepEqual(JSON.parse(invocation.payload).detail, { a });
      assert.equal(attributes['ERROR_CODE'], 'INVALID_PARAMETER');
      assert.match(attributes['ERROR_MESSAGE'] ?? '', /is larger than 1048576 bytes/);
      assert.equal(attributes['RETRY_ATTEMPTS'], '0');
    }
  }),
);

test(
  'what is put off until it is too old is given up, with its dead letter',
  inWorld(async (world) => {
    world.answer = ({ expiresAtMs }) => {
      assert.equal(expiresAtMs, START_MS + 60_000);
      return { kind: 'later', atMs: world.clock.now() + 7000 };
    };
    await world.service.start();
    await world.rule('r', EVERYTHING, { ...WITH_QUEUE, RetryPolicy: { MaximumEventAgeInSeconds: 60 } });
    const eventId = await world.put('Order');
    await world.pass(55_999);
    assert.equal((await deliveryOf(world, eventId))?.status, 'pending');
    await world.pass(1);
    assert.deepEqual(
      world.deadLetters.map(({ attributes }) => [
        attributes['ERROR_CODE'],
        attributes['RETRY_ATTEMPTS'],
        attributes['EXHAUSTED_RETRY_CONDITION'],
      ]),
      [['THROTTLING', '0', 'MaximumEventAgeInSeconds']],
    );
    const asked = world.invocations.length;
    await world.pass(120_000);
    assert.equal(world.invocations.length, asked);
    assert.equal((await deliveryOf(world, eventId))?.status, 'dead');
  }),
);

test(
  'only standard queues of the account and the region of the rule take dead letters',
  inWorld(async (world) => {
    const refused = async (Arn: string) => {
      await world.service.putRule(REGION, { Name: 'r', EventPattern: '{"source":["test"]}' });
      const target = { Id: 't', Arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:Work`, DeadLetterConfig: { Arn } };
      return (await world.service.putTargets(REGION, 'r', [target]))[0]?.ErrorMessage ?? 'taken';
    };
    assert.equal(await refused(QUEUE), 'taken');
    assert.match(await refused(`${QUEUE}.fifo`), /not the ARN of a standard SQS queue/);
    assert.match(await refused('Dead'), /not the ARN of a standard SQS queue/);
    assert.match(await refused(QUEUE.replace(ACCOUNT, '999999999999')), /another account/);
    assert.match(await refused(QUEUE.replace(REGION, 'eu-west-1')), /another region/);
  }),
);
