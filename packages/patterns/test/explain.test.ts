import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePattern, explain } from '@riposte/patterns';

function explained(pattern: unknown, event: unknown): ReturnType<typeof explain> {
  return explain(compilePattern(JSON.stringify(pattern)), event);
}

const RISK = {
  source: ['aws.health'],
  detail: { service: ['RISK'], statusCode: [{ 'anything-but': 'closed' }, { exists: false }] },
};

test('a match names the fields that were asked for', () => {
  assert.deepEqual(explained(RISK, { source: 'aws.health', detail: { service: 'RISK' } }), {
    matched: true,
    sentence: 'All 3 fields are as the pattern wants them: source, detail.service, detail.statusCode.',
  });
});

test('the first field in the order of the pattern that fails is named, with wanted and seen', () => {
  assert.deepEqual(
    explained(RISK, { source: 'aws.health', detail: { service: 'EC2', statusCode: 'closed' } }),
    {
      matched: false,
      path: 'detail.service',
      wanted: '"RISK"',
      seen: '"EC2"',
      sentence: 'detail.service is "EC2", and the pattern wants "RISK".',
    },
  );
});

test('an absent field is called absent', () => {
  assert.equal(
    explained({ a: ['x', { prefix: 'y' }] }, {}).sentence,
    'a is absent, and the pattern wants "x" or text starting with "y".',
  );
});

test('absence is a wish like any other', () => {
  assert.equal(
    explained(RISK, { source: 'aws.health', detail: { service: 'RISK', statusCode: 'closed' } }).sentence,
    'detail.statusCode is "closed", and the pattern wants anything but "closed" or absence.',
  );
});

test('of the branches of $or the closest one is explained', () => {
  const pattern = { $or: [{ a: ['1'], b: ['2'], c: ['3'] }, { d: ['4'] }] };
  assert.equal(
    explained(pattern, { a: '1', b: '2' }).sentence,
    'No branch of $or matches; in the closest, c is absent, and the pattern wants "3".',
  );
});

test('fields that hold in different elements of a list are told as such', () => {
  const { matched, path, sentence } = explained({ a: { b: [1], c: [2] } }, { a: [{ b: 1 }, { c: 2 }] });
  assert.equal(matched, false);
  assert.equal(path, 'a.c');
  assert.equal(
    sentence,
    'a.b, a.c hold in different elements of a list, and the pattern wants them in the same element.',
  );
});

test('long values and long lists are cut', () => {
  const { sentence } = explained({ a: ['x'] }, { a: ['y'.repeat(500), 1, 2, 3, 4, 5, 6] });
  assert.ok(sentence.length < 250, sentence);
  assert.match(sentence, /… *, 1, 2, 3, 4 and 2 more/);
});

test('what was given up at the work limit is said to be undecided, and names no field', () => {
  const list = (first: string, second: string) => [
    ...Array.from({ length: 3000 }, () => ({ [first]: 1, [second]: 2 })),
    { [second]: 1 },
  ];
  const event = { a: list('b', 'z'), 'a.c': list('d', 'e') };
  const pattern = { a: { b: [1], c: { d: [1], e: [1] }, z: [1] } };
  const { matched, path, sentence } = explained(pattern, event);
  assert.deepEqual([matched, path], [false, undefined]);
  assert.match(sentence, /^Whether the event matches was not decided, which counts as not matching/);
});
