import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePattern, InvalidPattern } from '@riposte/patterns';

const REFUSED: readonly (readonly [pattern: string, reason: RegExp])[] = [
  ['["a"]', /^Filter is not an object$/],
  ['{}', /^Empty objects are not allowed$/],
  ['{"a":{}}', /^Empty objects are not allowed$/],
  ['{"a":[]}', /^Empty arrays are not allowed$/],
  ['{"a":"x"}', /^"a" must be an object or an array$/],
  ['{"a":[["x"]]}', /^Match value must be String, number, true, false, or null$/],
  ['{"a":[{}]}', /^Match expression name not found$/],
  ['{"a":[{"near":"x"}]}', /^Unrecognized match type near$/],
  ['{"a":[{"prefix":"x","suffix":"y"}]}', /^Only one key allowed in match expression$/],
  ['{"a":[{"prefix":5}]}', /^prefix match pattern must be a string$/],
  ['{"a":[{"prefix":{"near":"x"}}]}', /^Unsupported prefix pattern: near$/],
  ['{"a":[{"anything-but":{"prefix":""}}]}', /^Null prefix\/suffix not allowed$/],
  [
    '{"a":[{"anything-but":true}]}',
    /^Value of anything-but must be an array or single string\/number value\.$/,
  ],
  ['{"a":[{"anything-but":["x",5]}]}', /mixed type is not supported$/],
  ['{"a":[{"anything-but":[null]}]}', /^Inside anything but list, start\|null\|boolean is not supported\.$/],
  ['{"a":[{"anything-but":{"near":"x"}}]}', /^Unsupported anything-but pattern: near$/],
  ['{"a":[{"numeric":5}]}', /^Value of numeric must be an array\.$/],
  ['{"a":[{"numeric":[5]}]}', /^Invalid member in numeric match: 5$/],
  ['{"a":[{"numeric":["!",5]}]}', /^Unrecognized numeric range operator: !$/],
  ['{"a":[{"numeric":["=","5"]}]}', /^Value of equals must be numeric$/],
  ['{"a":[{"numeric":[">",5,">",6]}]}', /^Bad numeric range operator: >$/],
  ['{"a":[{"numeric":[">",5,"<",5]}]}', /^Bottom must be less than top$/],
  ['{"a":[{"numeric":[">",5,"<",6,"<",7]}]}', /^Too many terms in numeric range expression$/],
  ['{"a":[{"exists":"yes"}]}', /^exists match pattern must be either true or false\.$/],
  ['{"a":[{"cidr":"10.0.0.0"}]}', /^Malformed CIDR, one '\/' required$/],
  ['{"a":[{"cidr":"10.0.0.0/x"}]}', /^Malformed CIDR, mask bits must be an integer$/],
  ['{"a":[{"cidr":"10.0.0.0/-1"}]}', /^Malformed CIDR, mask bits must not be negative$/],
  ['{"a":[{"cidr":"10.0.0.0/32"}]}', /^IPv4 mask bits must be < 32$/],
  ['{"a":[{"cidr":"::/128"}]}', /^IPv6 mask bits must be < 128$/],
  ['{"a":[{"cidr":"10.0.0/8"}]}', /^Nonstandard IP address: 10\.0\.0$/],
  ['{"a":[{"wildcard":"a**b"}]}', /^Consecutive wildcard characters at pos 2$/],
  ['{"a":[{"wildcard":"a\\\\b"}]}', /^Invalid escape character at pos 1$/],
  ['{"$or":{"a":[1]}}', /^It must be an Array followed with \$or\.$/],
  ['{"$or":[{"a":[1]}]}', /^There must have at least 2 Objects in \$or relationship\.$/],
  ['{"$or":[{"a":[1]},5]}', /^Only JSON object is allowed in array of \$or relationship\.$/],
  ['{"$or":[{"prefix":["a"]},{"b":[1]}]}', /^prefix is Ruler reserved fieldName/],
  ['{"a":nope}', /^Unrecognized token 'nope': was expecting .*\n at .*line: 1, column: 6\]$/],
  ["{'a':[1]}", /^Unexpected character \('''.* double-quote to start field name/],
  ['{"a":[1 2]}', /^Unexpected character \('2' .* comma to separate Array entries/],
  ['{"a":[{"b":1]}', /^Unexpected close marker ']': expected '}' \(for Object starting at /],
  ['{"a":["\\d"]}', /^Unrecognized character escape 'd'/],
  ['{"a":["x\n"]}', /^Illegal unquoted character \(\(CTRL-CHAR, code 10\)\)/],
  ['{\n"a" [1]}', /^Unexpected character \('\['.* colon .*\n at [^]*line: 2, column: 5\]$/],
  ['{"a":[1],}', /double-quote to start field name/],
  ['{"a":[1', /^Unexpected end-of-input: expected close marker for Array/],
  ['', /^Unexpected end-of-input/],
];

for (const [pattern, reason] of REFUSED) {
  test(`${JSON.stringify(pattern)} is refused`, () => {
    assert.throws(
      () => compilePattern(pattern),
      (error) => error instanceof InvalidPattern && reason.test(error.message),
    );
  });
}

test('a pattern with too many combinations of $or is refused', () => {
  const choice = (field: string): unknown => Array.from({ length: 11 }, (_, n) => ({ [field + n]: [1] }));
  const pattern = { a: { $or: choice('x') }, b: { $or: choice('y') }, c: { $or: choice('z') } };
  assert.throws(() => compilePattern(JSON.stringify(pattern)), InvalidPattern);
});

test('no text crashes the reader: each is compiled or refused', () => {
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"$or"',
    '"prefix"',
    '"anything-but"',
    '1',
    '-',
    'null',
    '\\',
    '"',
    ' ',
  ];
  let state = 1;
  for (let round = 0; round < 20_000; round += 1) {
    let text = '{"a":[';
    for (let length = round % 12; length > 0; length -= 1) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      text += pieces[(state >> 8) % pieces.length];
    }
    try {
      compilePattern(text);
    } catch (error) {
      assert.ok(error instanceof InvalidPattern, `${text}: ${String(error)}`);
    }
  }
});

test('a pattern that is nested too deep is refused', () => {
  const deep = (open: string, close: string, depth: number): string =>
    `${open.repeat(depth)}["x"]${close.repeat(depth)}`;
  assert.throws(() => compilePattern(deep('{"a":', '}', 50_000)), InvalidPattern);
  assert.throws(() => compilePattern(deep('{"a":[', ']}', 50_000)), InvalidPattern);
  assert.throws(() => compilePattern('{"a":'.repeat(50_000)), InvalidPattern);
  assert.doesNotThrow(() => compilePattern(deep('{"a":', '}', 900)));
});
