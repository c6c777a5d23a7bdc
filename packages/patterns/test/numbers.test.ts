/** Numbers as texts of JSON have them: patterns compare what they are, targets are sent how they were written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJson } from '@riposte/json';
import { compilePattern, explain, matches, PatternIndex, transformInput } from '@riposte/patterns';

/** Alternatives of the field `f`, its value, and whether it matches; JSON texts. */
const CASES: readonly (readonly [alternatives: string, value: string, matched: boolean])[] = [
  ['[300]', '300.0', true],
  ['[3e2]', '300', true],
  ['[300.0]', '3.0E2', true],
  ['[0]', '-0.0', true],
  ['[1]', '1.5', false],
  ['[1.5]', '1.50', true],
  ['[9007199254740992]', '9007199254740993', false],
  ['[9007199254740993]', '9007199254740993', true],
  ['[9007199254740993]', '[1,9007199254740993]', true],
  ['[-9223372036854775808]', '-9223372036854775807', false],
  ['[10000000000000000000]', '1e19', true],
  ['[{"anything-but":9007199254740993}]', '9007199254740993', false],
  ['[{"anything-but":9007199254740993}]', '9007199254740992', true],
  ['[{"anything-but":[1.0,2]}]', '1', false],
  ['[{"anything-but":[1,9007199254740993]}]', '9007199254740993', false],
  ['[{"numeric":["=",3e2]}]', '300.0', true],
  ['[{"numeric":[">",1.0,"<=",1e1]}]', '10.0', true],
  ['[{"numeric":[">",1e15]}]', '9007199254740993', true],
  ['[{"numeric":["<",9007199254740993]}]', '5.0', true],
  ['["9007199254740993"]', '9007199254740993', false],
  ['[{"exists":true}]', '1.0', true],
  ['[{"prefix":"1"}]', '1.0', false],
];

for (const [alternatives, value, matched] of CASES)
  test(`${alternatives} ${matched ? 'matches' : 'does not match'} ${value}`, () => {
    const pattern = compilePattern(`{"f":${alternatives}}`);
    const event = parseJson(`{"f":${value}}`);
    assert.equal(matches(pattern, event), matched);
    assert.equal(new PatternIndex([pattern]).matching(event).length, matched ? 1 : 0);
    assert.equal(explain(pattern, event).matched, matched);
  });

test('a number has no members: a path into it leads nowhere', () => {
  const event = parseJson('{"f":1.0}');
  assert.equal(matches(compilePattern('{"f":{"text":[{"exists":false}]}}'), event), true);
  assert.throws(() => transformInput({ InputPath: '$.f.text' }, event, NO_RULE), /leads nowhere/);
});

test('what decided is told with its digits', () => {
  const event = parseJson('{"f":9007199254740993}');
  const { wanted, seen } = explain(compilePattern('{"f":[9007199254740992]}'), event);
  assert.deepEqual([wanted, seen], ['9007199254740992', '9007199254740993']);
});

test('whatever shapes the input, numbers keep their digits', () => {
  const text = '{"n":9007199254740993,"d":1.0,"e":1.0E10}';
  const event = parseJson(text);
  assert.equal(transformInput({}, event, NO_RULE), text);
  assert.equal(transformInput({ InputPath: '$.n' }, event, NO_RULE), '9007199254740993');
  const transformed = (InputTemplate: string) =>
    transformInput(
      { InputTransformer: { InputPathsMap: { n: '$.n', d: '$.d', all: '$' }, InputTemplate } },
      event,
      NO_RULE,
    );
  assert.equal(transformed('{"n":<n>,"d":<d>,"all":<all>}'), `{"n":9007199254740993,"d":1.0,"all":${text}}`);
  assert.equal(transformed('"<n> and <d>"'), '"9007199254740993 and 1.0"');
});

const NO_RULE = { ruleArn: '', ruleName: '', ingestionTime: '' };
