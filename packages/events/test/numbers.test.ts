/** What was put is delivered with its digits, whichever way an event goes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNT, inWorld, REGION, START_MS, type World } from './world.ts';

const DETAIL = '{"id":9007199254740993,"max":9223372036854775807,"price":1.0,"far":1.0E10,"small":0.5,"n":7}';
const ID = /"id":9007199254740993\b/;

async function putDetail({ service }: World, DetailType: string, Detail = DETAIL) {
  const [result] = await service.putEvents(REGION, [{ Source: 'test', DetailType, Detail }]);
  return result;
}

test(
  'to a target, with and without a shape, and after a restart',
  inWorld(async (world) => {
    const pattern = { 'detail-type': ['Order'] };
    await world.rule('whole', pattern);
    await world.rule('part', pattern, { InputPath: '$.detail' });
    await world.rule('shaped', pattern, {
      InputTransformer: { InputPathsMap: { id: '$.detail.id' }, InputTemplate: '{"id":<id>}' },
    });
    await putDetail(world, 'Order');
    world.reopen();
    await world.service.start();
    await world.settle();
    const sent = new Map(
      world.invocations.map(({ ruleArn, payload }) => [ruleArn.split('/').at(-1), payload]),
    );
    assert.ok(sent.get('whole')?.endsWith(`"detail":${DETAIL}}`));
    assert.equal(sent.get('part'), DETAIL);
    assert.equal(sent.get('shaped'), '{"id":9007199254740993}');
  }),
);

test(
  'a rule tells numbers apart that doubles do not',
  inWorld(async (world) => {
    await world.service.start();
    const pattern = (id: string) => `{"detail":{"id":[${id}]}}`;
    await world.service.putRule(REGION, { Name: 'this', EventPattern: pattern('9007199254740993') });
    await world.service.putRule(REGION, { Name: 'next', EventPattern: pattern('9007199254740992') });
    const event = await world.service.describeEvent((await putDetail(world, 'Order'))?.EventId ?? '');
    assert.deepEqual(
      event?.matchedRuleArns.map((arn) => arn.split('/').at(-1)),
      ['this'],
    );
    assert.equal(JSON.stringify(event?.event.detail), DETAIL);
    const [found] = (await world.service.searchEvents({}, { limit: 10 })).events;
    assert.equal(JSON.stringify(found?.event.detail), DETAIL);
  }),
);

test(
  'out of an archive, whose pattern keeps its digits too',
  inWorld(async (world) => {
    await world.service.start();
    await world.rule('all', { 'detail-type': ['Order'] });
    const EventSourceArn = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`;
    await world.service.createArchive(REGION, {
      ArchiveName: 'kept',
      EventSourceArn,
      EventPattern: '{"detail":{"id":[9007199254740993]}}',
    });
    await putDetail(world, 'Order', DETAIL.replace('993', '992'));
    await putDetail(world, 'Order');
    await world.settle();
    world.invocations.length = 0;
    await world.service.startReplay(REGION, {
      ReplayName: 'again',
      EventSourceArn: `arn:aws:events:${REGION}:${ACCOUNT}:archive/kept`,
      eventStartTimeMs: START_MS - 60_000,
      eventEndTimeMs: START_MS + 60_000,
      Destination: { Arn: EventSourceArn },
    });
    await world.pass(60_000);
    assert.equal(world.invocations.length, 1);
    assert.match(world.invocations[0]?.payload ?? '', ID);
  }),
);

test(
  'numbers beyond what the service takes are refused, and nothing is rounded',
  inWorld(async (world) => {
    for (const number of ['9223372036854775808', '-9223372036854775809', '1e400'])
      assert.equal(
        (await putDetail(world, 'Order', `{"n":[${number}]}`))?.ErrorCode,
        'MalformedDetail',
        number,
      );
    for (const number of ['9223372036854775807', '-9223372036854775808', '1e300'])
      assert.equal((await putDetail(world, 'Order', `{"n":[${number}]}`))?.ErrorCode, undefined, number);
  }),
);
