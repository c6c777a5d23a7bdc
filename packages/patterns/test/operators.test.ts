import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePattern, matches } from '@riposte/patterns';

/** Alternatives of the field `f`, an event, and whether it matches. */
type Case = readonly [alternatives: unknown[], event: unknown, matched: boolean];

const CASES: Readonly<Record<string, readonly Case[]>> = {
  'a literal is strict about its type': [
    [['x'], { f: 'x' }, true],
    [['x'], { f: 'X' }, false],
    [[5], { f: 5.0 }, true],
    [[5], { f: '5' }, false],
    [[true], { f: 'true' }, false],
    [[false], { f: false }, true],
    [[null], { f: null }, true],
    [[null], { f: [] }, false],
    [[null], {}, false],
    [[''], { f: null }, false],
  ],
  'alternatives and list elements are each enough': [
    [['x', 'y'], { f: 'y' }, true],
    [['x'], { f: ['a', 'x'] }, true],
    [['x'], { f: [['x']] }, true],
    [['x'], { f: { g: 'x' } }, false],
  ],
  'prefix and suffix look at texts only': [
    [[{ prefix: 'ab' }], { f: 'abc' }, true],
    [[{ prefix: 'AB' }], { f: 'abc' }, false],
    [[{ prefix: '' }], { f: 'anything' }, true],
    [[{ prefix: '' }], { f: 5 }, false],
    [[{ prefix: { 'equals-ignore-case': 'AB' } }], { f: 'abc' }, true],
    [[{ suffix: '.png' }], { f: 'a.png' }, true],
    [[{ suffix: '.png' }], { f: 'a.PNG' }, false],
    [[{ suffix: { 'equals-ignore-case': '.png' } }], { f: 'a.PNG' }, true],
  ],
  'equals-ignore-case folds letters, also those that grow': [
    [[{ 'equals-ignore-case': 'Straße' }], { f: 'STRASSE' }, true],
    [[{ 'equals-ignore-case': 'ΣΊΣΥΦΟΣ' }], { f: 'σίσυφος' }, true],
    [[{ 'equals-ignore-case': 'abc' }], { f: 'abcd' }, false],
  ],
  'anything-but wants a value to be there': [
    [[{ 'anything-but': 'x' }], {}, false],
    [[{ 'anything-but': 'x' }], { f: null }, true],
    [[{ 'anything-but': 'x' }], { f: 5 }, true],
    [[{ 'anything-but': 'x' }], { f: ['x', 'y'] }, true],
    [[{ 'anything-but': 'x' }], { f: ['x'] }, false],
    [[{ 'anything-but': ['x', 'y'] }], { f: 'y' }, false],
    [[{ 'anything-but': [1, 2] }], { f: 3 }, true],
    [[{ 'anything-but': [1, 2] }], { f: '1' }, true],
    [[{ 'anything-but': { prefix: 'a' } }], { f: 7 }, true],
    [[{ 'anything-but': { prefix: ['a', 'b'] } }], { f: 'bc' }, false],
    [[{ 'anything-but': { suffix: 'z' } }], { f: 'az' }, false],
    [[{ 'anything-but': { 'equals-ignore-case': ['ON', 'off'] } }], { f: 'Off' }, false],
    [[{ 'anything-but': { wildcard: 'a*c' } }], { f: 'abc' }, false],
    [[{ 'anything-but': { wildcard: '' } }], { f: 'abc' }, true],
  ],
  'numeric compares numbers, not texts': [
    [[{ numeric: ['=', 300] }], { f: 3e2 }, true],
    [[{ numeric: ['=', 300] }], { f: '300' }, false],
    [[{ numeric: ['>', 0, '<=', 5] }], { f: 5 }, true],
    [[{ numeric: ['>', 0, '<=', 5] }], { f: 0 }, false],
    [[{ numeric: ['<', -1.5] }], { f: -2 }, true],
    [[{ numeric: ['>=', 1] }], { f: null }, false],
  ],
  'exists is about leaves': [
    [[{ exists: true }], { f: null }, true],
    [[{ exists: true }], { f: [] }, false],
    [[{ exists: true }], { f: { g: 1 } }, false],
    [[{ exists: false }], {}, true],
    [[{ exists: false }], { f: null }, false],
    [[{ exists: false }, 'x'], { f: 'x' }, true],
  ],
  'cidr takes addresses of both families': [
    [[{ cidr: '10.0.0.0/24' }], { f: '10.0.0.255' }, true],
    [[{ cidr: '10.0.0.0/24' }], { f: '10.0.1.0' }, false],
    [[{ cidr: '10.0.0.0/24' }], { f: 'host' }, false],
    [[{ cidr: '0.0.0.0/0' }], { f: '255.255.255.255' }, true],
    [[{ cidr: '2001:db8::/33' }], { f: '2001:db8:7fff::1' }, true],
    [[{ cidr: '2001:db8::/33' }], { f: '2001:db8:8000::1' }, false],
    [[{ cidr: '2001:db8::/32' }], { f: '10.0.0.1' }, false],
  ],
  'a wildcard star is any run of characters': [
    [[{ wildcard: 'a*c' }], { f: 'ac' }, true],
    [[{ wildcard: 'a*c' }], { f: 'abcbc' }, true],
    [[{ wildcard: 'a*c' }], { f: 'abcd' }, false],
    [[{ wildcard: '*/dir/*.js' }], { f: 'x/dir/dir/y.js' }, true],
    [[{ wildcard: 'aba*aba' }], { f: 'aba' }, false],
    [[{ wildcard: 'aba*aba' }], { f: 'abaaba' }, true],
    [[{ wildcard: '*a*a*' }], { f: 'a' }, false],
    [[{ wildcard: '\\*\\\\*' }], { f: '*\\x' }, true],
    [[{ wildcard: '' }], { f: '' }, false],
  ],
};

for (const [name, cases] of Object.entries(CASES)) {
  test(name, () => {
    for (const [alternatives, event, matched] of cases) {
      const pattern = JSON.stringify({ f: alternatives });
      assert.equal(
        matches(compilePattern(pattern), event),
        matched,
        `${pattern} on ${JSON.stringify(event)}`,
      );
    }
  });
}

/** Whole patterns. */
const STRUCTURES: Readonly<Record<string, readonly (readonly [unknown, unknown, boolean])[]>> = {
  'fields of one list of objects must hold in the same element': [
    [{ a: { b: [1], c: [2] } }, { a: [{ b: 1 }, { c: 2 }] }, false],
    [{ a: { b: [1], c: [2] } }, { a: [{ b: 1 }, { b: 1, c: 2 }] }, true],
    [
      { a: { b: { x: [1] }, c: [2] } },
      {
        a: [
          { b: [{ x: 1 }], c: 3 },
          { b: [{ x: 2 }], c: 2 },
        ],
      },
      false,
    ],
    [{ a: { x: [1] }, b: { y: [1] } }, { a: [{ x: 0 }, { x: 1 }], b: [{ y: 1 }, { y: 0 }] }, true],
    [{ a: { b: [1], c: [2] } }, { a: [[{ b: 1 }, { c: 2 }]] }, false],
  ],
  'a dotted name and nesting are the same on both sides': [
    [{ 'a.b': [1] }, { a: { b: 1 } }, true],
    [{ a: { b: [1] } }, { 'a.b': 1 }, true],
  ],
  '$or needs one branch, at any depth, beside everything else': [
    [{ $or: [{ a: [1] }, { b: [2] }] }, { b: 2 }, true],
    [{ $or: [{ a: [1] }, { b: [2] }] }, { a: 2, b: 1 }, false],
    [
      { s: ['x'], d: { $or: [{ a: [1] }, { $or: [{ b: [2] }, { c: [3] }] }] } },
      { s: 'x', d: { c: 3 } },
      true,
    ],
    [{ s: ['x'], d: { $or: [{ a: [1] }, { b: [2] }] } }, { s: 'y', d: { a: 1 } }, false],
  ],
  'an event that is no object has no fields': [
    [{ a: [{ exists: false }] }, 'text', true],
    [{ a: ['b'] }, null, false],
  ],
  'names of built-in properties are ordinary names': [
    [{ constructor: [{ exists: false }] }, {}, true],
    [{ toString: ['x'] }, { toString: 'x' }, true],
  ],
};

for (const [name, cases] of Object.entries(STRUCTURES)) {
  test(name, () => {
    for (const [pattern, event, matched] of cases)
      assert.equal(
        matches(compilePattern(JSON.stringify(pattern)), event),
        matched,
        `${JSON.stringify(pattern)} on ${JSON.stringify(event)}`,
      );
  });
}

test('of keys that come twice the last one counts', () => {
  assert.equal(matches(compilePattern('{"a":["x"],"a":["y"]}'), { a: 'y' }), true);
  assert.equal(matches(compilePattern('{"a":["x"],"$or":[{"a":["y"]},{"b":[1]}]}'), { a: 'y' }), true);
});

test('independent lists do not multiply each other', () => {
  const list = (name: string): unknown[] => Array.from({ length: 300 }, () => ({ [name]: 1 }));
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const event = Object.fromEntries(names.map((name) => [name, list('x')]));
  const pattern = compilePattern(
    JSON.stringify(Object.fromEntries(names.map((name) => [name, { x: [1], y: [{ exists: false }] }]))),
  );
  assert.equal(matches(pattern, event), true);
});
