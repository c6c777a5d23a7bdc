/** Texts that are not JSON, and what the service says of them. The first two are recorded, the others worded alike. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonProblem, parseDefinition, parseJson } from '@riposte/asl';

const VALUE = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

const problems: readonly (readonly [text: string, problem: string])[] = [
  ['not some json', `Unrecognized token 'not': was expecting ${VALUE}`],
  ["{'not': 'json'", "Unexpected character (''' (code 39)): was expecting double-quote to start field name"],
  ['nul', `Unrecognized token 'nul': was expecting ${VALUE}`],
  ['{"some words": tru}', `Unrecognized token 'tru': was expecting ${VALUE}`],
  ['{"a":1} x', `Unrecognized token 'x': was expecting ${VALUE}`],
  ['{"a":}', `Unexpected character ('}' (code 125)): expected a valid value ${VALUE}`],
  ['[,]', `Unexpected character (',' (code 44)): expected a valid value ${VALUE}`],
  ['{"a":1,}', "Unexpected character ('}' (code 125)): was expecting double-quote to start field name"],
  ['{"a" 1}', "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value"],
  ['{"a":1 "b":2}', `Unexpected character ('"' (code 34)): was expecting comma to separate Object entries`],
  ['[1 2]', "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries"],
  ['{', 'Unexpected end-of-input'],
  ['{"a":[1,', 'Unexpected end-of-input'],
  ['"some words', 'Unexpected end-of-input'],
];

for (const [text, problem] of problems)
  test(`${text} is told as the service tells it`, () => {
    let told: string | undefined;
    try {
      parseJson(text);
    } catch (error) {
      told = jsonProblem(text, error);
    }
    assert.equal(told, problem);
  });

test('a definition that is not JSON is told with the place where the reader stopped', () => {
  const at = (text: string) => parseDefinition(text).diagnostics[0]?.location;
  assert.equal(at('not json'), '[Source: (String)"not json"; line: 1, column: 4]');
  assert.equal(at('{\n "a" 1}'), '[Source: (String)"{\n "a" 1}"; line: 2, column: 6]');
});
