import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNT, inWorld, REGION } from './world.ts';

const busArn = (name: string) => `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/${name}`;
const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:f`;

test(
  'an event that was forwarded reaches the other targets of the next bus, and is not forwarded again (E9)',
  inWorld(async (world) => {
    const { service } = world;
    const tried: string[] = [];
    world.answer = async ({ target, event, deliveryId }) => {
      const [, bus] = target.Arn.split('event-bus/');
      tried.push(bus ?? 'function');
      // a test that fails must not go round for ever
      if (bus !== undefined && tried.length < 20)
        await service.forwardEvent(REGION, event, { eventBusName: bus, deliveryId, simulated: false });
      return { kind: 'delivered' };
    };
    for (const Name of ['second', 'third']) await service.createEventBus(REGION, { Name });
    await world.rule('first', { source: ['test'] }, { Arn: busArn('second') });
    const rule = { Name: 'next', EventBusName: 'second', EventPattern: '{"source":["test"]}' };
    await service.putRule(REGION, rule);
    const targets = [
      { Id: 'on', Arn: busArn('third') },
      { Id: 'back', Arn: busArn('default') },
      { Id: 'work', Arn: FUNCTION },
    ];
    assert.deepEqual(await service.putTargets(REGION, 'next', targets, 'second'), []);
    await service.start();
    const eventId = await world.put('Order');
    await world.pass(24 * 3_600_000);
    assert.deepEqual(tried, ['second', 'function']);
    const { forwardedTo, deliveries = [] } = (await service.describeEvent(eventId)) ?? {};
    assert.deepEqual(forwardedTo, [{ region: REGION, eventBusName: 'second' }]);
    const dead = deliveries.filter(({ status }) => status === 'dead');
    assert.deepEqual(
      dead.map(({ targetId, attempts }) => [targetId, attempts]),
      [
        ['on', 1],
        ['back', 1],
      ],
    );
    for (const { lastError } of dead)
      assert.match(lastError ?? '', /^INVALID_PARAMETER: .*is not forwarded twice/);
    assert.deepEqual(
      world.reports.map(({ kind }) => kind),
      ['delivery-dead', 'delivery-dead'],
    );
  }),
);
