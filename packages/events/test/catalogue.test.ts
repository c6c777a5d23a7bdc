import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RuleCatalogue } from '../src/rules/catalogue.ts';
import { inWorld, REGION } from './world.ts';

test(
  'a change of one rule compiles its pattern, and no other',
  inWorld(async ({ service, store }) => {
    const put = (Name: string, state: string) =>
      service.putRule(REGION, { Name, EventPattern: JSON.stringify({ detail: { state: [state] } }) });
    await put('changed', 'a');
    await put('same', 'b');
    const catalogue = new RuleCatalogue(store);
    const patterns = async () =>
      new Map(
        (await catalogue.rules(REGION, 'default')).all.map(({ stored, pattern }) => [
          stored.rule.Name,
          pattern,
        ]),
      );
    const before = await patterns();
    catalogue.changed();
    await put('changed', 'c');
    catalogue.changed();
    const after = await patterns();
    assert.equal(after.get('same'), before.get('same'));
    assert.notEqual(after.get('changed'), before.get('changed'));
    const { index } = await catalogue.rules(REGION, 'default');
    assert.deepEqual(index.matching({ detail: { state: 'c' } }), [0]);
    assert.deepEqual(index.matching({ detail: { state: 'a' } }), []);
  }),
);
