import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ruleAnnouncement,
  tellAtMs,
  watchAfterChange,
  watchAfterMatch,
  watchAfterTelling,
  type RuleWatch,
} from '@riposte/events';

const HOUR = 3_600_000;
const watch = (state: RuleWatch['state'], lastMs = 10, afterMs = HOUR): RuleWatch => ({
  state,
  afterMs,
  lastMs,
});
const rule = (hours: string | undefined, State: 'ENABLED' | 'DISABLED' = 'ENABLED') => ({
  rule: { Name: 'r', Arn: 'arn:r', EventBusName: 'default', State },
  ...(hours !== undefined && { tags: { 'riposte:quiet-after-hours': hours } }),
  createdAtMs: 7,
});

type Watched = RuleWatch | undefined;

const CHANGED: [string, Watched, ReturnType<typeof rule>, Watched][] = [
  ['a rule with the tag is watched from its creation', undefined, rule('1'), watch('matching', 7)],
  ['parts of hours count', undefined, rule('0.5'), watch('matching', 7, HOUR / 2)],
  ['a rule without the tag is not watched', undefined, rule(undefined), undefined],
  ['nor one with no hours, or none that a date can tell', undefined, rule('0'), undefined],
  ['nor with', undefined, rule('soon'), undefined],
  ['nor with', undefined, rule('1e30'), undefined],
  ['a disabled rule is not', watch('quiet'), rule('1', 'DISABLED'), undefined],
  ['without its tag it is no longer', watch('matching'), rule(undefined), undefined],
  ['other hours change nothing else', watch('quiet'), rule('2'), watch('quiet', 10, 2 * HOUR)],
];

const MATCHED: [RuleWatch['state'], RuleWatch['state']][] = [
  ['matching', 'matching'],
  ['quiet', 'matched-again'],
  ['matched-again', 'matched-again'],
];

const TOLD: [string, RuleWatch, 'rule-quiet' | 'rule-matched-again', RuleWatch['state']][] = [
  ['a rule that was told to be quiet is', watch('matching'), 'rule-quiet', 'quiet'],
  [
    'one that matched while that was told is to be told of',
    watch('matching', 11),
    'rule-quiet',
    'matched-again',
  ],
  ['one that was told to match again does', watch('matched-again'), 'rule-matched-again', 'matching'],
  ['also when it matched once more meanwhile', watch('matched-again', 11), 'rule-matched-again', 'matching'],
  ['what is told twice changes nothing', watch('quiet'), 'rule-matched-again', 'quiet'],
];

const TELL: [string, RuleWatch, number | undefined][] = [
  ['one that matches is told of when it has been quiet for so long', watch('matching'), 10 + HOUR],
  ['one that is quiet is not, until it matches', watch('quiet'), undefined],
  ['one that has matched again is at once', watch('matched-again'), 10],
  ['one that is quiet at no time that a date can tell never is', watch('matching', 1, 8.64e15), undefined],
];

for (const [what, before, stored, after] of CHANGED)
  test(`${what} (${stored.tags?.['riposte:quiet-after-hours'] ?? 'no tag'})`, () =>
    assert.deepEqual(watchAfterChange(before, stored), after));

for (const [before, after] of MATCHED)
  test(`after a match ${before} is ${after}, counted from then`, () =>
    assert.deepEqual(watchAfterMatch(watch(before), 99), watch(after, 99)));

for (const [what, before, kind, after] of TOLD)
  test(what, () => {
    const told = { kind, ruleArn: 'arn:r', sinceMs: 10, afterMs: HOUR };
    assert.deepEqual(watchAfterTelling(before, told), { ...before, state: after });
  });

for (const [what, before, atMs] of TELL) test(what, () => assert.equal(tellAtMs(before), atMs));

test('what is told names the rule, its last match and how long it may be quiet', () => {
  const known = { ruleArn: 'arn:r', sinceMs: 10, afterMs: HOUR };
  assert.deepEqual(ruleAnnouncement('arn:r', watch('matching')), { kind: 'rule-quiet', ...known });
  assert.deepEqual(ruleAnnouncement('arn:r', watch('matched-again')), {
    kind: 'rule-matched-again',
    ...known,
  });
});
