import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareWithNaive } from './support/compare.ts';

test('compiled patterns, their index and their explanations agree with a naive matcher on 3,000 seeds', () => {
  let matched = 0;
  const seeds = 3000;
  for (let seed = 1; seed <= seeds; seed += 1) {
    const compared = compareWithNaive(seed);
    assert.equal(compared.difference, undefined);
    matched += compared.matched;
  }
  assert.ok(matched > seeds / 4 && matched < seeds * 4, `a fair share matches, here ${matched}`);
});
