import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceError } from '@riposte/engine';
import type { PutEventsEntry } from '@riposte/events';
import { ACCOUNT, inWorld, REGION } from './world.ts';

const GOOD: PutEventsEntry = { Source: 'test', DetailType: 'Order', Detail: '{}' };

test(
  'each entry is answered in its place, and a bad one does not spoil the others',
  inWorld(async ({ service }) => {
    const results = await service.putEvents(REGION, [
      { ...GOOD, Source: '' },
      GOOD,
      { Source: 'test', Detail: '{}' },
      { Source: 'test', DetailType: 'Order' },
      { ...GOOD, Detail: 'text' },
      { ...GOOD, Detail: '"{}"' },
      { ...GOOD, Detail: '[]' },
      { ...GOOD, Source: 'aws.health' },
    ]);
    assert.deepEqual(
      results.map(({ ErrorCode, ErrorMessage }) => [ErrorCode, ErrorMessage]),
      [
        ['InvalidArgument', 'Parameter Source is not valid. Reason: Source is a required argument.'],
        [undefined, undefined],
        ['InvalidArgument', 'Parameter DetailType is not valid. Reason: DetailType is a required argument.'],
        ['InvalidArgument', 'Parameter Detail is not valid. Reason: Detail is a required argument.'],
        ['MalformedDetail', 'Detail is malformed.'],
        ['MalformedDetail', 'Detail is malformed.'],
        ['MalformedDetail', 'Detail is malformed.'],
        ['NotAuthorizedForSourceException', 'Not authorized for the source.'],
      ],
    );
    assert.equal((await service.searchEvents({}, { limit: 10 })).events.length, 1);
  }),
);

test(
  'the envelope is filled from the entry, the account and the time',
  inWorld(async ({ service }) => {
    const Time = new Date('2025-12-24T18:00:00.900Z');
    const [first] = await service.putEvents(REGION, [{ ...GOOD, Time, Resources: ['arn:one'] }]);
    const stored = await service.describeEvent(first?.EventId ?? '');
    assert.deepEqual(stored?.event, {
      version: '0',
      id: first?.EventId,
      'detail-type': 'Order',
      source: 'test',
      account: ACCOUNT,
      time: '2025-12-24T18:00:00Z',
      region: REGION,
      resources: ['arn:one'],
      detail: {},
    });
    assert.equal(stored?.simulated, false);
  }),
);

test(
  'a time whose year has no four digits is refused, and the other entries are taken',
  inWorld(async ({ service }) => {
    const TIMES = [
      ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59Z'],
      ['+010000-01-01T00:00:00Z', undefined],
      ['+275760-09-13T00:00:00Z', undefined],
      ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00Z'],
      ['-000001-12-31T23:59:59.999Z', undefined],
      ['never', undefined],
    ] as const;
    const results = await service.putEvents(
      REGION,
      TIMES.map(([time]) => ({ ...GOOD, Time: new Date(time) })),
    );
    for (const [n, [time, expected]] of TIMES.entries()) {
      const stored = await service.describeEvent(results[n]?.EventId ?? '');
      assert.equal(stored?.event.time, expected, time);
      assert.equal(results[n]?.ErrorCode, expected === undefined ? 'InvalidArgument' : undefined, time);
    }
  }),
);

test(
  'more than ten entries are refused, and so are none',
  inWorld(async ({ service }) => {
    await assert.rejects(
      service.putEvents(
        REGION,
        Array.from({ length: 11 }, () => GOOD),
      ),
      (error: ServiceError) =>
        error.code === 'ValidationException' &&
        error.message.startsWith(
          "1 validation error detected: Value '[PutEventsRequestEntry(time=null, source=test, resources=null, detailType=Order, detail={}, eventBusName=null,",
        ) &&
        error.message.endsWith(
          "at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10",
        ),
    );
    await assert.rejects(service.putEvents(REGION, []), /length greater than or equal to 1$/);
  }),
);

test(
  'a request is refused when its entries together reach one megabyte, counted as the service counts',
  inWorld(async ({ service }) => {
    const sized = (bytes: number, Time?: Date): PutEventsEntry => ({
      ...GOOD,
      Detail: JSON.stringify({ a: 'x'.repeat(bytes - 'testOrder{"a":""}'.length) }),
      ...(Time && { Time }),
    });
    const refused = /^ValidationException: Total size of the entries in the request is over the limit\.$/;
    await assert.rejects(service.putEvents(REGION, [sized(1_048_576)]), refused);
    await assert.rejects(service.putEvents(REGION, [sized(1_048_570, new Date())]), refused);
    assert.ok((await service.putEvents(REGION, [sized(1_048_575)]))[0]?.EventId);
  }),
);

test(
  'JSON nested beyond a thousand is refused',
  inWorld(async ({ service }) => {
    const nested = (depth: number): string => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    const [deep, oneDeeper, fine] = await service.putEvents(REGION, [
      { ...GOOD, Detail: nested(100_000) },
      { ...GOOD, Detail: nested(1000) }, // in an object
      { ...GOOD, Detail: nested(999) },
    ]);
    assert.equal(deep?.ErrorCode, 'MalformedDetail');
    assert.equal(oneDeeper?.ErrorCode, 'MalformedDetail');
    assert.ok(fine?.EventId);
  }),
);

test(
  'an event for a bus that is not there gets an id, goes nowhere and is reported',
  inWorld(async ({ service, reports }) => {
    const [result] = await service.putEvents(REGION, [{ ...GOOD, EventBusName: 'nowhere' }]);
    assert.ok(result?.EventId);
    assert.equal(await service.describeEvent(result.EventId), undefined);
    assert.deepEqual(
      reports.map(({ kind }) => kind),
      ['event-lost'],
    );
  }),
);

test(
  'a bus is named by name or by ARN, and regions do not see each other',
  inWorld(async (world) => {
    const { service } = world;
    const { EventBusArn } = await service.createEventBus(REGION, { Name: 'orders' });
    await service.putRule(REGION, { Name: 'r', EventBusName: 'orders', EventPattern: '{"source":["test"]}' });
    await world.rule('other', { source: ['test'] });
    const results = await service.putEvents(REGION, [{ ...GOOD, EventBusName: EventBusArn }]);
    const stored = await service.describeEvent(results[0]?.EventId ?? '');
    assert.deepEqual(stored?.matchedRuleArns, [`arn:aws:events:${REGION}:${ACCOUNT}:rule/orders/r`]);
    const [elsewhere] = await service.putEvents('eu-west-1', [GOOD]);
    assert.deepEqual((await service.describeEvent(elsewhere?.EventId ?? ''))?.matchedRuleArns, []);
  }),
);

test(
  'events are marked as simulated only where the caller says so',
  inWorld(async ({ service }) => {
    const [plain] = await service.putEvents(REGION, [GOOD]);
    const [marked] = await service.putEvents(REGION, [GOOD], { simulated: true });
    assert.equal((await service.describeEvent(plain?.EventId ?? ''))?.simulated, false);
    assert.equal((await service.describeEvent(marked?.EventId ?? ''))?.simulated, true);
  }),
);

test(
  'a delivery brings its event to another bus once, and another delivery brings it again',
  inWorld(async (world) => {
    const { service } = world;
    await service.createEventBus(REGION, { Name: 'second' });
    await world.rule('first', { source: ['test'] });
    const [put] = await service.putEvents(REGION, [GOOD]);
    const { event } = (await service.describeEvent(put?.EventId ?? ''))!;
    const forward = (deliveryId: string, eventBusName = 'second') =>
      service.forwardEvent(REGION, event, { eventBusName, deliveryId, simulated: false });
    await forward('d1');
    await forward('d1');
    assert.equal((await service.searchEvents({}, { limit: 10 })).events.length, 2);
    await forward('d2');
    const all = (await service.searchEvents({}, { limit: 10 })).events;
    assert.deepEqual(
      all.map((stored) => [stored.eventBusName, stored.event]),
      ['second', 'second', 'default'].map((name) => [name, event]),
    );
    assert.equal((await service.describeEvent(event.id))?.eventBusName, 'default');
    await assert.rejects(forward('d3', 'gone'), { code: 'ResourceNotFoundException' });
  }),
);
