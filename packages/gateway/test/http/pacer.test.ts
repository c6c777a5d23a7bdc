import assert from 'node:assert/strict';
import test from 'node:test';
import { Pacer } from '../../src/http/pacer.ts';

const request = (id: string, untilMs = Infinity) => ({ id, untilMs });

test('a destination of one request a second takes one at once, and gives the others slots a second apart', () => {
  const pacer = new Pacer();
  assert.equal(pacer.admit('d', 1, request('a'), 1000), undefined);
  assert.equal(pacer.admit('d', 1, request('b'), 1000), 2000);
  assert.equal(pacer.admit('d', 1, request('c'), 1001), 3000);
  assert.equal(pacer.admit('other', 1, request('x'), 1000), undefined, 'each destination has its own rate');
  assert.equal(pacer.admit('d', 1, request('b'), 1500), 2000, 'too early it keeps its slot');
  assert.equal(pacer.admit('d', 1, request('b'), 2000), undefined);
  assert.equal(pacer.admit('d', 1, request('c'), 3000), undefined);
});

test('a short burst within the rate passes', () => {
  const pacer = new Pacer();
  const waiting = Array.from({ length: 30 }, (_, n) => pacer.admit('d', 300, request(`r${n}`), 0));
  assert.deepEqual(new Set(waiting), new Set([undefined]));
  const later = Array.from({ length: 300 }, (_, n) => pacer.admit('d', 300, request(`s${n}`), 0));
  assert.equal(later.at(-1), 1097, 'the 330th of 300 a second');
});

test('a slot that comes too late for a request is left to the others', () => {
  const pacer = new Pacer();
  assert.equal(pacer.admit('d', 1, request('a'), 0), undefined);
  for (let n = 0; n < 1000; n += 1)
    assert.equal(pacer.admit('d', 1, request(`late${n}`, 999), 0), 1000, 'told, so that it is given up');
  assert.equal(pacer.admit('d', 1, request('b', 1000), 0), 1000);
  assert.equal(pacer.admit('d', 1, request('c', 2000), 0), 2000);
});

test('after a restart the rate holds, though what waits comes at the slots of before: each is put off once at most', () => {
  const before = new Pacer();
  const waiting: { id: string; atMs: number; putOff: number }[] = [];
  const sentAtMs: number[] = [];
  for (let n = 0; n < 20; n += 1) {
    const atMs = before.admit('d', 2, request(`old${n}`), 0);
    if (atMs === undefined) sentAtMs.push(0);
    else waiting.push({ id: `old${n}`, atMs, putOff: 0 });
  }
  const pacer = new Pacer();
  for (let n = 0; n < 20; n += 1) waiting.push({ id: `new${n}`, atMs: 10 + n * 100, putOff: 0 });
  while (waiting.length > 0) {
    waiting.sort((a, b) => a.atMs - b.atMs);
    const next = waiting.shift()!; // there is one
    const atMs = pacer.admit('d', 2, request(next.id), next.atMs);
    if (atMs === undefined) sentAtMs.push(next.atMs);
    else waiting.push({ ...next, atMs, putOff: next.putOff + 1 });
    assert.ok(next.putOff <= 1);
  }
  assert.equal(sentAtMs.length, 40);
  const [beforeRestart, first = 0, ...others] = sentAtMs;
  assert.deepEqual([beforeRestart, first], [0, 10], 'what was sent before is not known');
  for (const [index, atMs] of others.entries())
    assert.ok(atMs - (others[index - 1] ?? first) >= 400, sentAtMs.join(' ')); // 500, and 100 ahead
});
