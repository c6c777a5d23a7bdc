import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AccessRequest } from '@riposte/policy';
import { ask } from './support.ts';

type Row = [condition: object, context: AccessRequest['context'], holds: boolean];

function table(name: string, rows: Row[]): void {
  describe(name, () => {
    for (const [Condition, context, holds] of rows)
      test(`${JSON.stringify(Condition)} ${holds ? 'holds' : 'does not hold'} for ${JSON.stringify(context)}`, () =>
        assert.equal(ask({ Condition }, { context }), holds ? 'Allow' : 'ImplicitDeny'));
  });
}

table('strings', [
  [{ StringEquals: { k: 'a' } }, { k: 'a' }, true],
  [{ StringEquals: { K: 'a' } }, { k: 'a' }, true],
  [{ StringEquals: { k: 'a' } }, { k: 'A' }, false],
  [{ StringEquals: { k: ['b', 'a'] } }, { k: 'a' }, true],
  [{ StringEquals: { k: 'a*' } }, { k: 'ab' }, false],
  [{ StringEquals: { k: 'a' } }, {}, false],
  [{ StringEqualsIfExists: { k: 'a' } }, {}, true],
  [{ StringEqualsIfExists: { k: 'a' } }, { k: 'b' }, false],
  [{ StringNotEquals: { k: 'a' } }, { k: 'b' }, true],
  [{ StringNotEquals: { k: ['a', 'b'] } }, { k: 'b' }, false],
  [{ StringNotEquals: { k: 'a' } }, {}, true],
  [{ StringEqualsIgnoreCase: { k: 'AbC' } }, { k: 'aBc' }, true],
  [{ StringNotEqualsIgnoreCase: { k: 'AbC' } }, { k: 'aBc' }, false],
  [{ StringLike: { k: 'a*c?' } }, { k: 'abbcd' }, true],
  [{ StringLike: { k: 'a*c?' } }, { k: 'abbc' }, false],
  [{ StringNotLike: { k: 'a*' } }, { k: 'abc' }, false],
  [{ StringEquals: { k: '${aws:username}' } }, { k: 'alice' }, true],
  [{ StringEquals: { k: '${no:such}' } }, { k: 'alice' }, false],
  [{ StringEquals: { k: 'a', l: 'b' } }, { k: 'a', l: 'c' }, false],
  [{ StringEquals: { k: 'a' }, Bool: { l: 'true' } }, { k: 'a', l: true }, true],
  [{ StringEquals: { k: 'a' }, Bool: { l: 'true' } }, { k: 'a', l: false }, false],
]);

table('numbers', [
  [{ NumericEquals: { n: '10' } }, { n: 10 }, true],
  [{ NumericEquals: { n: '10' } }, { n: '10.0' }, true],
  [{ NumericNotEquals: { n: '10' } }, { n: 10 }, false],
  [{ NumericLessThan: { n: '10' } }, { n: 9 }, true],
  [{ NumericLessThan: { n: '10' } }, { n: 10 }, false],
  [{ NumericLessThanEquals: { n: '10' } }, { n: 10 }, true],
  [{ NumericGreaterThan: { n: '9' } }, { n: '10' }, true],
  [{ NumericGreaterThanEquals: { n: '11' } }, { n: '10' }, false],
  [{ NumericLessThan: { n: '10' } }, { n: 'few' }, false],
  [{ NumericLessThan: { n: '10' } }, { n: '' }, false],
]);

table('dates', [
  [{ DateLessThan: { d: '2026-01-02T00:00:00Z' } }, { d: '2026-01-01T23:59:59Z' }, true],
  [{ DateLessThan: { d: '2026-01-02T00:00:00Z' } }, { d: '2026-01-02T00:00:00Z' }, false],
  [{ DateLessThanEquals: { d: '2026-01-02T00:00:00Z' } }, { d: '2026-01-02T01:00:00+01:00' }, true],
  [{ DateEquals: { d: '0' } }, { d: '1970-01-01T00:00:00Z' }, true],
  [{ DateNotEquals: { d: '0' } }, { d: '1970-01-01T00:00:00Z' }, false],
  [{ DateGreaterThan: { d: '1767225600' } }, { d: '2026-06-01T00:00:00Z' }, true],
  [{ DateLessThan: { d: '1767225600' } }, { d: '2025-06-01T00:00:00Z' }, true],
  [{ DateGreaterThanEquals: { d: '2026-06-01' } }, { d: '2026-06-01T00:00:00Z' }, true],
  [{ DateGreaterThan: { d: '2026-06-01' } }, { d: 'soon' }, false],
]);

table('booleans, bytes and absence', [
  [{ Bool: { b: 'true' } }, { b: true }, true],
  [{ Bool: { b: 'True' } }, { b: 'true' }, true],
  [{ Bool: { b: 'false' } }, { b: true }, false],
  [{ Bool: { b: 'false' } }, {}, false],
  [{ BoolIfExists: { b: 'false' } }, {}, true],
  [{ BinaryEquals: { b: 'QmluYXJ5' } }, { b: 'QmluYXJ5' }, true],
  [{ BinaryEquals: { b: 'QmluYXJ5' } }, { b: 'qmluyxj5' }, false],
  [{ Null: { k: 'true' } }, {}, true],
  [{ Null: { k: 'true' } }, { k: 'a' }, false],
  [{ Null: { k: 'false' } }, { k: 'a' }, true],
  [{ Null: { k: 'false' } }, {}, false],
]);

table('addresses', [
  [{ IpAddress: { ip: '203.0.113.0/24' } }, { ip: '203.0.113.77' }, true],
  [{ IpAddress: { ip: '203.0.113.0/24' } }, { ip: '203.0.114.1' }, false],
  [{ IpAddress: { ip: '203.0.113.7' } }, { ip: '203.0.113.7' }, true],
  [{ IpAddress: { ip: '0.0.0.0/0' } }, { ip: '198.51.100.1' }, true],
  [{ IpAddress: { ip: '203.0.113.1/33' } }, { ip: '203.0.113.1' }, false],
  [{ IpAddress: { ip: '203.0.113.0/24' } }, { ip: '203.0.113.999' }, false],
  [{ IpAddress: { ip: '2001:DB8:1234:5678::/64' } }, { ip: '2001:db8:1234:5678::1' }, true],
  [{ IpAddress: { ip: '2001:DB8:1234:5678::/64' } }, { ip: '2001:db8:1234:5679::1' }, false],
  [{ IpAddress: { ip: '::ffff:192.0.2.0/120' } }, { ip: '::ffff:c000:201' }, true],
  [{ IpAddress: { ip: '0.0.0.0/0' } }, { ip: '::1' }, false],
  [{ NotIpAddress: { ip: ['203.0.113.0/24', '198.51.100.0/24'] } }, { ip: '198.51.100.9' }, false],
  [{ NotIpAddress: { ip: '203.0.113.0/24' } }, { ip: '198.51.100.9' }, true],
]);

table('ARNs', [
  [{ ArnLike: { a: 'arn:aws:sns:*:111122223333:*' } }, { a: 'arn:aws:sns:us-east-1:111122223333:t' }, true],
  [{ ArnLike: { a: 'arn:aws:sns:*:t' } }, { a: 'arn:aws:iam::1:t' }, false],
  [{ ArnEquals: { a: 'arn:aws:*:us-east-1:1:t' } }, { a: 'arn:aws:sns:us-east-1:1:t' }, true],
  [{ ArnLike: { a: 'arn:aws:sns:*:*:*' } }, { a: 'arn:aws:sqs:us-east-1:1:q' }, false],
  [{ ArnNotLike: { a: 'arn:aws:sns:*:*:*' } }, { a: 'arn:aws:sqs:us-east-1:1:q' }, true],
  [{ ArnNotEquals: { a: 'arn:aws:sns:*:*:*' } }, { a: 'arn:aws:sns:us-east-1:1:t' }, false],
  [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/ops/*' } }, {}, true],
]);

table('keys of several values', [
  [{ 'ForAllValues:StringEquals': { t: ['a', 'b'] } }, { t: ['a', 'b'] }, true],
  [{ 'ForAllValues:StringEquals': { t: ['a', 'b'] } }, { t: ['a', 'c'] }, false],
  [{ 'ForAllValues:StringEquals': { t: ['a'] } }, {}, true],
  [{ 'ForAllValues:StringNotEquals': { t: ['x'] } }, { t: ['a', 'x'] }, false],
  [{ 'ForAnyValue:StringEquals': { t: ['a', 'b'] } }, { t: ['c', 'b'] }, true],
  [{ 'ForAnyValue:StringEquals': { t: ['a'] } }, { t: ['c'] }, false],
  [{ 'ForAnyValue:StringEquals': { t: ['a'] } }, {}, false],
  [{ 'ForAnyValue:StringEqualsIfExists': { t: ['a'] } }, {}, true],
  [{ 'ForAnyValue:StringNotEquals': { t: ['a'] } }, { t: ['a', 'b'] }, true],
  [{ 'ForAnyValue:StringNotEquals': { t: ['a'] } }, { t: ['a'] }, false],
  [{ 'ForAnyValue:StringNotEquals': { t: ['a'] } }, {}, false],
  [{ StringEquals: { t: 'b' } }, { t: ['a', 'b'] }, true],
  [{ StringNotEquals: { t: 'b' } }, { t: ['a', 'b'] }, false],
]);
