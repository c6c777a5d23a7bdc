import assert from 'node:assert/strict';
import test from 'node:test';
import { Pacer } from '../../src/http/pacer.ts';

test('a destination of one request a second takes one at once, and gives the others slots a second apart', () => {
  const pacer = new Pacer();
  assert.equal(pacer.admit('d', 1, 'a', 1000), undefined);
  assert.equal(pacer.admit('d', 1, 'b', 1000), 2000);
  assert.equal(pacer.admit('d', 1, 'c', 1001), 3000);
  assert.equal(pacer.admit('other', 1, 'x', 1000), undefined, 'each destination has its own rate');
  assert.equal(pacer.admit('d', 1, 'b', 1500), 2000, 'too early it keeps its slot');
  assert.equal(pacer.admit('d', 1, 'b', 2000), undefined);
  assert.equal(pacer.admit('d', 1, 'c', 3000), undefined);
});

test('a short burst within the rate passes', () => {
  const pacer = new Pacer();
  const waiting = Array.from({ length: 30 }, (_, n) => pacer.admit('d', 300, `r${n}`, 0));
  assert.deepEqual(new Set(waiting), new Set([undefined]));
  const later = Array.from({ length: 300 }, (_, n) => pacer.admit('d', 300, `s${n}`, 0));
  assert.equal(later.at(-1), 1097, 'the 330th of 300 a second');
});
