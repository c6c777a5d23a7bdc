import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson, equalJson, numberOf, parseJson, readNumber, stringifyJson } from '@riposte/json';

test('what was read is written again, and read again the same', () => {
  const text = '[1.0,{"a":1.0E7,"b":[12345678901234567890,0.1]},true,null,"1.0"]';
  assert.equal(stringifyJson(parseJson(text)), text);
  assert.equal(JSON.stringify(parseJson(stringifyJson(parseJson(text)))), text);
});

test('a number is written as the service writes it', () => {
  const written: Record<string, string> = {
    '1e7': '1.0E7',
    '10000000': '10000000',
    '0.00010': '1.0E-4',
    '-0': '0',
    '-0.0': '-0.0',
    '9007199254740993': '9007199254740993',
    '1e400': 'null',
  };
  for (const [text, wanted] of Object.entries(written))
    assert.equal(stringifyJson(parseJson(`[${text}]`)), `[${wanted}]`, text);
});

test('numbers in texts are texts', () => {
  for (const text of ['{"a":"x, 1.0, y"}', '{"1.0":":1e5,"}', '["\\", 9007199254740993 ","1.0"]'])
    assert.equal(stringifyJson(parseJson(`[${text},1.0]`)), `[${text},1.0]`);
});

test('text that is not JSON is refused, whatever numbers it has', () => {
  for (const text of [
    '',
    '{',
    '[1.0',
    '[01.0]',
    '[1.0,]',
    '{"a":1.0,}',
    '[1.e5]',
    '[.50]',
    '[+1.0]',
    '1.0 2.0',
  ])
    assert.throws(() => parseJson(text), SyntaxError, text);
});

test('numbers are equal by value, and none is rounded to be', () => {
  const equal = (a: string, b: string) => equalJson(parseJson(a), parseJson(b));
  assert.ok(equal('[1.0]', '[1]'));
  assert.ok(equal('{"a":1e1,"b":2}', '{"b":2.0,"a":10}'));
  assert.ok(!equal('9007199254740993', '9007199254740992'));
  assert.equal(canonicalJson(parseJson('{"b":1.0,"a":1}')), '{"a":1,"b":1}');
  assert.equal(numberOf(parseJson('1.0')), 1);
  assert.equal(numberOf('1.0'), undefined);
});

test('an integer of any length is read as it stands, without the noughts before it', () => {
  const digits = '9'.repeat(500_000);
  assert.equal(stringifyJson(parseJson(`[${digits}]`)), `[${digits}]`);
  assert.equal(stringifyJson(readNumber('-0012345678901234567890')), '-12345678901234567890');
  assert.equal(readNumber('007'), 7);
});
