import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logFilter } from '../../src/logs/filter/filter-pattern.ts';

const CALL = JSON.stringify({
  eventType: 'UpdateTrail',
  sourceIPAddress: '111.111.111.111',
  arrayKey: ['value', 'another value'],
  objectList: [
    { name: 'a', id: 1 },
    { name: 'b', id: 2 },
  ],
  'key.with.dots': 'x',
  size: 5.5,
  missing: null,
  isReady: true,
});
const ACCESS = '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534';

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
const CASES: [pattern: string, message: string, isFound: boolean][] = [
  ['', 'anything', true],
  ['ERROR', '[ERROR 400] BAD REQUEST', true],
  ['ERROR', '[error 400]', false],
  ['ERROR ARGUMENTS', '[ERROR 419] MISSING ARGUMENTS', true],
  ['?ERROR ?WARN', 'WARN here', true],
  ['?ERROR ?WARN', 'INFO here', false],
  ['"INTERNAL SERVER ERROR"', 'SERVER ERROR', false],
  ['ERROR -400', '[ERROR 401]', true],
  ['ERROR -400', '[ERROR 400]', false],
  ['{ $.eventType = "UpdateTrail" }', CALL, true],
  ['{ $.eventType = UpdateTrail }', CALL, true],
  ['{ $.eventType != "UpdateTrail" }', CALL, false],
  ['{ $.absent != "x" }', CALL, false],
  ['{ $.eventType = "Upd*" && $.eventType = "*Trail" && $.eventType = "U*a*l" }', CALL, true],
  ['{ $.eventType = "Upd*Upd*" }', CALL, false],
  ['{ $.sourceIPAddress != 123.123.* }', CALL, true],
  ['{ $.arrayKey[0] = "value" }', CALL, true],
  ['{ $.arrayKey[2] = "value" }', CALL, false],
  ['{ $.objectList[1].id = 2 }', CALL, true],
  ['{ $.["key.with.dots"] = "x" }', CALL, true],
  ['{ $.size > 5 && $.size <= 5.5 && $.size != 6 }', CALL, true],
  ['{ $.size >= 1e1 }', CALL, false],
  ['{ $.eventType > 5 }', CALL, false],
  ['{ $.missing IS NULL }', CALL, true],
  ['{ $.isReady IS TRUE }', CALL, true],
  ['{ $.isReady is false }', CALL, false],
  ['{ $.absent NOT EXISTS }', CALL, true],
  ['{ $.missing NOT EXISTS }', CALL, false],
  ['{ ($.size = 1 || $.size = 5.5) && $.absent NOT EXISTS }', CALL, true],
  ['{ $.size = 1 && $.size = 5.5 || $.isReady IS TRUE }', CALL, true],
  ['{ $.size = 1 && ($.size = 5.5 || $.isReady IS TRUE) }', CALL, false],
  ['{ $.eventType = "UpdateTrail" }', 'no JSON', false],
  ['{ $.eventType = "UpdateTrail" }', '{broken', false],
  ['[ip, server, user, time, request, status, size]', ACCESS, true],
  ['[ip, server, user, time, request, status]', ACCESS, false],
  ['[ip, ..., status = 4*, size]', ACCESS, true],
  ['[ip, ..., status = 5*, size]', ACCESS, false],
  ['[..., size > 1000]', ACCESS, true],
  ['[ip = 127*, ...]', ACCESS, true],
  ['[ip, server, user, time, request = "*.html*", status = 404 || status = 410, size]', ACCESS, true],
  ['[ip, server, user, time, request, status = 4* && status != 404, size]', ACCESS, false],
];

for (const [pattern, message, isFound] of CASES)
  test(`${pattern} ${isFound ? 'finds' : 'leaves'} ${message.slice(0, 40)}`, () => {
    assert.equal(logFilter(pattern)(message), isFound);
  });

const WRONG: [pattern: string, problem: RegExp][] = [
  ['{ $.a }', /an operator .* is expected in the place of '}'/],
  ['{ $.a = "x"', /'}' is expected at its end/],
  ['{ $.a = "x" } more', /the end is expected in the place of 'more'/],
  ['{ a = 1 }', /a member such as '\$\.level' is expected/],
  ['{ $.a > "x" }', /'>' compares with a number only/],
  ['{ $.a = %x% }', /is not understood by this server/],
  ['[a, ..., b, ...]', /can stand in it once/],
  ['[a = 1 && b = 2]', /the column a is compared with b/],
  ['%x%', /regular expressions are not supported/],
  ['x'.repeat(1025), /longer than 1024/],
];

for (const [pattern, problem] of WRONG)
  test(`${pattern.slice(0, 40)} is no pattern`, () => {
    assert.throws(() => logFilter(pattern), { code: 'InvalidParameterException', message: problem });
  });
