import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidSchedule, nextRun, parseSchedule } from '@riposte/patterns';

function runs(expression: string, from: string, count: number): string[] {
  const schedule = parseSchedule(expression);
  const found: string[] = [];
  let at: number | undefined = Date.parse(from);
  while (found.length < count) {
    at = nextRun(schedule, at);
    if (at === undefined) break;
    found.push(new Date(at).toISOString().replace(':00.000Z', ''));
  }
  return found;
}

const CRONS: readonly (readonly [expression: string, from: string, count: number, expected: string[]])[] = [
  ['cron(0 12 * * ? *)', '2026-01-31T12:00:00Z', 2, ['2026-02-01T12:00', '2026-02-02T12:00']],
  ['cron(0 12 * * ? *)', '2026-01-31T11:59:59Z', 1, ['2026-01-31T12:00']],
  ['cron(50/5 22-23 ? * * *)', '2026-01-31T22:55:00Z', 2, ['2026-01-31T23:50', '2026-01-31T23:55']],
  ['cron(0 0 29 2 ? *)', '2026-01-01T00:00:00Z', 2, ['2028-02-29T00:00', '2032-02-29T00:00']],
  ['cron(0 0 31 * ? *)', '2026-01-31T00:00:00Z', 2, ['2026-03-31T00:00', '2026-05-31T00:00']],
  ['cron(0 0 L * ? *)', '2026-01-31T00:00:00Z', 2, ['2026-02-28T00:00', '2026-03-31T00:00']],
  ['cron(0 0 LW * ? *)', '2026-01-01T00:00:00Z', 2, ['2026-01-30T00:00', '2026-02-27T00:00']],
  ['cron(0 0 1W * ? *)', '2026-07-31T00:00:00Z', 2, ['2026-08-03T00:00', '2026-09-01T00:00']],
  ['cron(0 0 15W * ? *)', '2026-02-01T00:00:00Z', 2, ['2026-02-16T00:00', '2026-03-16T00:00']],
  ['cron(0 0 ? * 6L *)', '2026-01-01T00:00:00Z', 2, ['2026-01-30T00:00', '2026-02-27T00:00']],
  ['cron(0 0 ? * FRI#5 *)', '2026-01-01T00:00:00Z', 2, ['2026-01-30T00:00', '2026-05-29T00:00']],
  ['cron(0 0 ? jan,MAR mon-wed 2027)', '2026-01-01T00:00:00Z', 2, ['2027-01-04T00:00', '2027-01-05T00:00']],
  ['cron(0 0 1 1 ? 2027)', '2026-01-01T00:00:00Z', 2, ['2027-01-01T00:00']],
  ['cron(59 23 31 12 ? 2199)', '2199-12-31T23:59:00Z', 1, []],
];

for (const [expression, from, count, expected] of CRONS) {
  test(`${expression} after ${from} runs at ${expected.join(', ') || 'no time'}`, () => {
    assert.deepEqual(runs(expression, from, count), expected);
  });
}

test('a rate counts from its anchor and never drifts', () => {
  const rate = parseSchedule('rate(5 minutes)');
  assert.equal(nextRun(rate, 1000), 301_000);
  assert.equal(nextRun(rate, 301_000, 1000), 601_000);
  assert.equal(nextRun(rate, 1_000_000, 1000), 1_201_000);
});

for (const expression of [
  'rate(1 minutes)',
  'rate(2 minute)',
  'rate(0 minutes)',
  'rate(-1 minutes)',
  'rate(1.5 hours)',
  'rate( 5 minutes)',
  'Rate(5 minutes)',
  'rate(5 weeks)',
  'rate(999999999 days)',
  'at(2026-01-01T00:00:00)',
  'cron(0 12 * * ?)',
  'cron(0 12 * * * *)',
  'cron(0 12 ? * ? *)',
  'cron(60 12 * * ? *)',
  'cron(0 24 * * ? *)',
  'cron(0 12 0 * ? *)',
  'cron(0 12 * 13 ? *)',
  'cron(0 12 ? * 8 *)',
  'cron(0 12 ? * MON#6 *)',
  'cron(0 12 * * ? 2200)',
  'cron(5-1 12 * * ? *)',
  'cron(0/0 12 * * ? *)',
  'cron(0 12 32W * ? *)',
  'cron(0  12 * * ? *)',
]) {
  test(`${expression} is refused`, () => {
    assert.throws(() => parseSchedule(expression), InvalidSchedule);
  });
}
