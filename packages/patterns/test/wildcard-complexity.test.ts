import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complexityOf } from '../src/pattern/wildcard-complexity.ts';
import { compilePattern, InvalidPattern } from '@riposte/patterns';

/** One alternative of a field: a wildcard, or the list of an anything-but. */
type Alternative = string | readonly string[];

const complexity = (...alternatives: Alternative[]) =>
  complexityOf(
    alternatives.map((alternative) => [alternative].flat().map((wildcard) => wildcard.split('*'))),
    1000,
  );

/** What event-ruler's own evaluator says of a rule (its MachineComplexityEvaluatorTest and …Corpus). */
const KNOWN: readonly (readonly [number, ...Alternative[]])[] = [
  [7, '*a*a*a*'],
  [11, 'a*a*a*a*a*a*'],
  [101, `${'*a'.repeat(50)}*`],
  [3, '*z*'],
  [2, 'abc*def'],
  [2, 'a*bc'],
  [3, 'a*bb'],
  [5, 'a*b*bb'],
  [7, '*ab*b*b*'],
  [6, 'ab*cd', 'ab*wx', 'ab*yz'],
  [7, 'a*aaa', 'aa*aa'],
  [10, 'F*eatureFeature', 'Fe*atureFeature', 'Fea*tureFeature'],
  [7, ['*kiwi*', '*BASE_QuxB*', '*Delta*', '*a/example-lake-abc98765432*']],
  [12, '*kiwi*', '*BASE_QuxB*', '*Delta*', '*a/example-lake-abc98765432*'],
  [24, '*aa*', '*ba*', '*ca*', '*da*', '*ea*', '*fa*', '*ga*', '*ha*'],
];

for (const [wanted, ...alternatives] of KNOWN)
  test(`the complexity of ${JSON.stringify(alternatives).slice(0, 80)} is ${wanted}`, () => {
    assert.equal(complexity(...alternatives), wanted);
  });

test('it goes by bytes: characters that begin with the same byte look alike', () => {
  assert.equal(complexity('*ab'), 2);
  assert.equal(complexity('*é'), 2);
  assert.equal(complexity('*ééé'), 4);
  assert.equal(complexity('*éèê'), 3);
});

const stack = (name: string) => ({ wildcard: `*:stack/${name}/*` });
const accepted: Record<string, unknown> = {
  'six stars after a character': { a: [{ wildcard: 'a*a*a*a*a*a*' }] },
  'three of four words': { a: ['SharedStack', 'TrackerStack', 'DriverStack'].map(stack) },
  'four endings': { a: ['*.bif', '*.tiff', '*.tif', '*.svs'].map((wildcard) => ({ wildcard })) },
  'a repeated sequence': { a: [{ wildcard: '/Users/*/dir/dir/dir/dir/dir/doc.txt' }] },
  'one anything-but of four words': {
    a: [{ 'anything-but': { wildcard: ['*kiwi*', '*Delta*', '*lake*', '*abc*'] } }],
  },
  'the same wildcard twice': { a: [stack('A'), stack('A'), stack('B'), stack('C'), stack('C')] },
  'a field each': { a: [stack('A'), stack('B')], b: [stack('A'), stack('B')] },
  'branches after different fields': {
    b: {
      $or: [
        { a: ['x'], k: ['A', 'B'].map(stack) },
        { a: ['y'], k: ['C', 'D'].map(stack) },
      ],
    },
  },
};
for (const [name, pattern] of Object.entries(accepted))
  test(`accepted: ${name}`, () => {
    compilePattern(JSON.stringify(pattern));
  });

const refused: Record<string, unknown> = {
  'five stars that look for the same': { a: [{ wildcard: '*:*:*:*:*:event-bus/*' }] },
  'four words': { a: ['SharedStack', 'TrackerStack', 'DriverStack', 'MonitoringStack'].map(stack) },
  'four endings in one folder': {
    a: ['bif', 'tif', 'tiff', 'svs'].map((ending) => ({ wildcard: `*/datasync/*.${ending}` })),
  },
  'seven stars after a character': { a: [{ wildcard: 'a*a*a*a*a*a*a*' }] },
  'seven stars that must not match': { a: [{ 'anything-but': { wildcard: '*a*a*a*a*a*a*a*' } }] },
  'branches of $or that ask the same field': {
    $or: [{ a: ['A', 'B'].map(stack) }, { a: ['C', 'D'].map(stack) }],
  },
};
for (const [name, pattern] of Object.entries(refused))
  test(`refused in the service’s words: ${name}`, () => {
    assert.throws(
      () => compilePattern(JSON.stringify(pattern)),
      new InvalidPattern(
        'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character',
      ),
    );
  });

test('wildcards made to be costly are judged at once', () => {
  assert.throws(
    () => compilePattern(JSON.stringify({ a: [{ wildcard: '*a'.repeat(2000) }] })),
    InvalidPattern,
  );
  const long = Array.from({ length: 10 }, (_, index) => ({ wildcard: `a${index}${'bc'.repeat(180)}*` }));
  compilePattern(JSON.stringify({ a: long }));
});
