import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidSchedule, isTimeZone, nextRun, parseSchedulerExpression } from '@riposte/patterns';

function runs(expression: string, timeZone: string, from: string, count: number): string[] {
  const schedule = parseSchedulerExpression(expression);
  const found: string[] = [];
  for (let at: number | undefined = Date.parse(from); found.length < count;) {
    at = nextRun(schedule, at, at, timeZone);
    if (at === undefined) break;
    found.push(new Date(at).toISOString().replace(':00.000Z', 'Z'));
  }
  return found;
}

const BERLIN = 'Europe/Berlin';
const CASES: readonly (readonly [
  name: string,
  expression: string,
  timeZone: string,
  from: string,
  expected: string[],
])[] = [
  [
    'a time that clocks are put forward over is left out',
    'cron(30 2 * * ? *)',
    BERLIN,
    '2026-03-28T00:00:00Z',
    ['2026-03-28T01:30Z', '2026-03-30T00:30Z'],
  ],
  [
    'a time that comes twice runs once, the first time',
    'cron(30 2 * * ? *)',
    BERLIN,
    '2026-10-24T12:00:00Z',
    ['2026-10-25T00:30Z', '2026-10-26T01:30Z'],
  ],
  [
    'from within the repeated hour the next new time is taken',
    'cron(0/30 * * * ? *)',
    BERLIN,
    '2026-10-25T01:10:00Z',
    ['2026-10-25T02:00Z', '2026-10-25T02:30Z'],
  ],
  [
    'the day is that of the zone',
    'cron(0 20 L * ? *)',
    'America/New_York',
    '2026-01-31T12:00:00Z',
    ['2026-02-01T01:00Z', '2026-03-01T01:00Z'],
  ],
  [
    'zones with quarter hours',
    'cron(0 0 1 1 ? *)',
    'Asia/Kathmandu',
    '2026-06-01T00:00:00Z',
    ['2026-12-31T18:15Z', '2027-12-31T18:15Z'],
  ],
  [
    'clocks that are put forward at midnight leave a day without one',
    'cron(0 0 * * ? *)',
    'Africa/Cairo',
    '2026-04-22T23:00:00Z',
    ['2026-04-24T21:00Z', '2026-04-25T21:00Z'],
  ],
  ['once', 'at(2026-07-01T09:00:00)', BERLIN, '2026-01-01T00:00:00Z', ['2026-07-01T07:00Z']],
  ['once, and it is past', 'at(2026-07-01T09:00:00)', BERLIN, '2026-07-01T07:00:00Z', []],
  ['once, at a time that there is not', 'at(2026-03-29T02:30:00)', BERLIN, '2026-01-01T00:00:00Z', []],
  ['once, before 1970', 'at(1969-07-20T20:17:40)', 'UTC', '2026-01-01T00:00:00Z', []],
  [
    'units as one likes',
    'rate(1 minutes)',
    'UTC',
    '2026-01-01T00:00:00Z',
    ['2026-01-01T00:01Z', '2026-01-01T00:02Z'],
  ],
  [
    'a rate of days is hours, whatever clocks do',
    'rate(1 day)',
    BERLIN,
    '2026-03-28T12:00:00Z',
    ['2026-03-29T12:00Z', '2026-03-30T12:00Z'],
  ],
];

for (const [name, expression, timeZone, from, expected] of CASES)
  test(`${name}: ${expression} in ${timeZone}`, () => {
    assert.deepEqual(runs(expression, timeZone, from, 2), expected);
  });

test('a rate that starts later starts then', () => {
  const start = Date.parse('2026-05-01T10:00:00Z');
  const rate = parseSchedulerExpression('rate(2 hours)');
  assert.equal(nextRun(rate, start - 86_400_000, start), start);
  assert.equal(nextRun(rate, start, start), start + 7_200_000);
});

test('nothing runs later than a date can tell', () => {
  const last = 8.64e15;
  const rate = parseSchedulerExpression('rate(999999999 hours)');
  assert.equal(nextRun(rate, last - 1, last), last);
  assert.equal(nextRun(rate, last, last), undefined);
});

for (const expression of [
  'at(2026-02-31T00:00:00)',
  'at(2026-01-01T24:00:00)',
  'at(2026-01-01)',
  'at(2026-01-01T00:00:00Z)',
  'rate(0 minutes)',
  'rate(10 years)',
  'rate(999999999 days)',
  'rate( 10 minutes )',
  'cron()',
  'cron(71 8 1 * ? *)',
  '',
])
  test(`${expression || 'nothing'} is refused by the Scheduler`, () => {
    assert.throws(() => parseSchedulerExpression(expression), InvalidSchedule);
  });

test('time zones go by their names', () => {
  assert.deepEqual(['Europe/Berlin', 'UTC', 'Mars/Olympus', ''].map(isTimeZone), [true, true, false, false]);
});
