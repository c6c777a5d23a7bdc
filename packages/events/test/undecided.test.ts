import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PutEventsEntry } from '@riposte/events';
import { inWorld, REGION, type World } from './world.ts';

const list = (first: string, second: string) => [
  ...Array.from({ length: 2000 }, () => ({ [first]: 1, [second]: 2 })),
  { [second]: 1 },
];
/** Two lists under one dotted name, whose elements a rule must try with one another. */
const DETAIL = { a: list('b', 'z'), 'a.c': list('d', 'e') };
const ENTRY: PutEventsEntry = { Source: 'test', DetailType: 'Order', Detail: JSON.stringify(DETAIL) };
const HOSTILE = { detail: { a: { b: [1], c: { d: [1], e: [1] }, z: [1] } } };

async function putRule(
  service: World['service'],
  Name: string,
  pattern: object,
  State?: 'DISABLED',
): Promise<string> {
  const EventPattern = JSON.stringify(pattern);
  return (await service.putRule(REGION, { Name, EventPattern, ...(State && { State }) })).RuleArn;
}

/** @returns how many turns of the event loop others have meanwhile */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const turn = (): void => {
    turns += 1;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  isOver = true;
  return turns;
}

test(
  'a rule that the work limit keeps from being matched does not match, is told with the event, once in the log, and explained; others match',
  inWorld(async ({ service, reports }) => {
    const hostile = await putRule(service, 'hostile', HOSTILE);
    const plain = await putRule(service, 'plain', { source: ['test'] });
    for (const _ of [1, 2]) {
      const [result] = await service.putEvents(REGION, [ENTRY]);
      const stored = await service.describeEvent(result?.EventId ?? '');
      assert.deepEqual(stored?.matchedRuleArns, [plain]);
      assert.deepEqual(stored.undecidedRuleArns, [hostile]);
    }
    assert.deepEqual(
      reports.map(({ kind }) => kind),
      ['match-undecided'],
    );
    const envelope = { source: 'test', 'detail-type': 'Order', detail: DETAIL };
    const { rules } = await service.explainEvent(REGION, envelope, {});
    assert.deepEqual(
      rules.map(({ ruleName, matched }) => [ruleName, matched]),
      [
        ['hostile', false],
        ['plain', true],
      ],
    );
    assert.match(rules[0]?.explanation ?? '', /^Whether the event matches was not decided/);
  }),
);

test(
  'a rule that is disabled is not even tried',
  inWorld(async ({ service, reports }) => {
    await putRule(service, 'hostile', HOSTILE, 'DISABLED');
    const [result] = await service.putEvents(REGION, [ENTRY]);
    const stored = await service.describeEvent(result?.EventId ?? '');
    assert.equal(stored?.undecidedRuleArns, undefined);
    assert.deepEqual(reports, []);
    const turns = await turnsDuring(() => service.putEvents(REGION, [ENTRY]));
    await putRule(service, 'hostile', HOSTILE);
    assert.ok((await turnsDuring(() => service.putEvents(REGION, [ENTRY]))) > turns);
  }),
);

test(
  'a backtest tells how many events were not decided',
  inWorld(async ({ service }) => {
    await service.putEvents(REGION, [ENTRY, { ...ENTRY, Detail: '{}' }, ENTRY]);
    const { examined, matched, undecided } = await service.backtest(
      { EventPattern: JSON.stringify(HOSTILE) },
      {},
      10,
    );
    assert.deepEqual({ examined, matched, undecided }, { examined: 3, matched: 0, undecided: 2 });
  }),
);

test(
  'others have their turns while large events are matched, explained and tried again',
  inWorld(async ({ service }) => {
    for (let rule = 0; rule < 3; rule += 1) await putRule(service, `rule-${rule}`, HOSTILE);
    const put = await turnsDuring(() => service.putEvents(REGION, [ENTRY, ENTRY, ENTRY]));
    assert.ok(put >= 9, `${put} turns for nine patterns`);
    const tried = await turnsDuring(() =>
      service.backtest({ EventPattern: JSON.stringify(HOSTILE) }, {}, 10),
    );
    assert.ok(tried >= 3, `${tried} turns for three events`);
  }),
);
