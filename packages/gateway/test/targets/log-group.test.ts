import assert from 'node:assert/strict';
import test from 'node:test';
import type { TargetInvocation } from '@riposte/events';
import { openRealWorld } from '../support/real-rooms.ts';
import { ACCOUNT, REGION } from '../support/world.ts';

const GROUP = '/aws/events/orders';
const ARN = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${GROUP}`;
const TRANSFORMED = { InputTransformer: { InputTemplate: '{"timestamp":<t>,"message":<m>}' } };

function invocation(payload: string, target: object = {}): TargetInvocation {
  return {
    deliveryId: `delivery-${payload}`,
    eventId: 'event',
    event: { time: '2026-01-31T12:00:00Z' } as TargetInvocation['event'],
    ruleArn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/r`,
    region: REGION,
    target: { Id: 't', Arn: ARN, ...target },
    payload,
    simulated: false,
    attempt: 1,
    expiresAtMs: Infinity,
  };
}

test('a log group gets the event as a line, or the time and the message that the transformer gives', async (t) => {
  const world = await openRealWorld(t);
  const { targetInvoker } = world.gateway;
  const missing = await targetInvoker.invoke(invocation('{}'));
  assert.equal(missing.kind === 'failed' && missing.errorCode, 'NO_RESOURCE');
  await world.call('logs', 'CreateLogGroup', { logGroupName: GROUP });
  assert.deepEqual(await targetInvoker.invoke(invocation('{"n":1}')), { kind: 'delivered' });
  const shaped = '{"timestamp":"2026-01-31T12:00:01Z","message":{"n":2}}';
  await targetInvoker.invoke(invocation(shaped, { ...TRANSFORMED, Arn: `${ARN}:*` }));
  const { events } = await world.call('logs', 'FilterLogEvents', { logGroupName: GROUP });
  assert.deepEqual(
    (events as { timestamp: number; message: string }[]).map(({ timestamp, message }) => [
      timestamp,
      message,
    ]),
    [
      [Date.UTC(2026, 0, 31, 12), '{"n":1}'],
      [Date.UTC(2026, 0, 31, 12, 0, 1), '{"n":2}'],
    ],
  );
});

test('what is no line of a log is hopeless', async (t) => {
  const world = await openRealWorld(t);
  for (const payload of ['"text"', '{"message":"m"}', '{"timestamp":"soon","message":"m"}']) {
    const outcome = await world.gateway.targetInvoker.invoke(invocation(payload, TRANSFORMED));
    assert.deepEqual(outcome.kind === 'failed' && [outcome.errorCode, outcome.retryable], [
      'INVALID_PARAMETER',
      false,
    ]);
  }
});

test('an attempt that is made again after a crash writes no second line', async (t) => {
  const world = await openRealWorld(t);
  await world.call('logs', 'CreateLogGroup', { logGroupName: GROUP });
  for (let made = 0; made < 2; made += 1)
    assert.deepEqual(await world.gateway.targetInvoker.invoke(invocation('{"n":1}')), { kind: 'delivered' });
  const { events } = await world.call('logs', 'FilterLogEvents', { logGroupName: GROUP });
  assert.equal((events as object[]).length, 1);
});
