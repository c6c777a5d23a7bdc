import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNT, inWorld, REGION } from './world.ts';

const EVENT = { source: 'aws.health', 'detail-type': 'AWS Health Event', detail: { service: 'RISK' } };

test(
  'any source may be injected, what is left out is filled in, and the event is marked',
  inWorld(async ({ service }) => {
    const { eventId } = await service.injectEvent(REGION, EVENT, { simulated: true });
    const stored = await service.describeEvent(eventId);
    assert.deepEqual(stored?.event, {
      version: '0',
      id: eventId,
      ...EVENT,
      account: ACCOUNT,
      time: '2026-01-31T12:00:00Z',
      region: REGION,
      resources: [],
    });
    assert.equal(stored?.simulated, true);
  }),
);

test(
  'the answer explains every rule of the bus',
  inWorld(async (world) => {
    await world.rule('match', { detail: { service: ['RISK'] } });
    await world.rule('other', { detail: { service: ['EC2'] } });
    await world.rule('off', { detail: { service: ['RISK'] } });
    await world.service.setRuleState(REGION, 'off', false);
    await world.service.putRule(REGION, { Name: 'timed', ScheduleExpression: 'rate(1 day)' });
    const { rules, eventId } = await world.service.injectEvent(REGION, EVENT, { simulated: true });
    assert.deepEqual(
      rules.map(({ ruleName, matched, explanation }) => [ruleName, matched, explanation]),
      [
        ['match', true, 'detail.service is as the pattern wants it.'],
        ['off', false, 'The rule is disabled.'],
        ['other', false, 'detail.service is "RISK", and the pattern wants "EC2".'],
        ['timed', false, 'The rule has a schedule and no event pattern.'],
      ],
    );
    assert.equal((await world.service.describeEvent(eventId))?.deliveries.length, 1);
  }),
);

test(
  'the mark travels to the target',
  inWorld(async (world) => {
    await world.service.start();
    await world.rule('r', { source: ['aws.health'] });
    await world.service.injectEvent(REGION, EVENT, { simulated: true });
    await world.settle();
    assert.equal(world.invocations[0]?.simulated, true);
  }),
);

const REFUSED: readonly (readonly [unknown, RegExp])[] = [
  ['text', /must be a JSON object/],
  [null, /must be a JSON object/],
  [[EVENT], /must be a JSON object/],
  [{ ...EVENT, source: undefined }, /"source" is missing/],
  [{ ...EVENT, source: 5 }, /"source" must be a text/],
  [{ ...EVENT, 'detail-type': '' }, /"detail-type" must be a text/],
  [{ ...EVENT, detail: '{}' }, /"detail" must be a JSON object/],
  [{ ...EVENT, detail: undefined }, /"detail" must be a JSON object/],
  [{ ...EVENT, resources: 'arn' }, /"resources" must be a list of texts/],
  [{ ...EVENT, time: 'yesterday' }, /"time" must look like 2026-01-31T12:00:00Z/],
  [{ ...EVENT, time: '2026-13-31T12:00:00Z' }, /"time" must look like/],
  [{ ...EVENT, account: '12' }, /"account" must be 12 digits/],
  [{ ...EVENT, detailType: 'x' }, /"detailType" is no member of an event/],
];

test(
  'an envelope that is none is refused by what is wrong with it, and nothing is stored',
  inWorld(async ({ service }) => {
    for (const [envelope, reason] of REFUSED)
      await assert.rejects(service.injectEvent(REGION, envelope, { simulated: true }), {
        code: 'ValidationException',
        message: reason,
      });
    await assert.rejects(service.injectEvent(REGION, EVENT, { simulated: true, eventBusName: 'nowhere' }), {
      code: 'ResourceNotFoundException',
      message: 'Event bus nowhere does not exist.',
    });
    assert.deepEqual((await service.searchEvents({}, { limit: 10 })).events, []);
  }),
);

test(
  'the newest event is listed first',
  inWorld(async (world) => {
    const first = await world.put('One');
    const second = await world.put('Two');
    const events = (await world.service.searchEvents({}, { limit: 10 })).events;
    assert.deepEqual(
      events.map(({ event }) => event.id),
      [second, first],
    );
    assert.equal((await world.service.searchEvents({}, { limit: 1 })).events.length, 1);
  }),
);
