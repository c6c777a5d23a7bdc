import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRefusedHeader } from '../../../src/tasks/http/headers.ts';
import { httpInvocation } from '../../../src/tasks/http/parameters.ts';
import { httpRequest, requestWithoutSecrets, sentHeaders } from '../../../src/tasks/http/request.ts';
import { InvalidParameters } from '../../../src/tasks/parameters.ts';

const NOTHING = { headers: {}, query: {}, body: {} };
const GOOD = {
  ApiEndpoint: 'https://api.example.com/x',
  Method: 'POST',
  Authentication: { ConnectionArn: 'arn' },
};

function request(parameters: object, connection = {}) {
  const invocation = httpInvocation(JSON.stringify({ ...GOOD, ...parameters }));
  return httpRequest(invocation, { ...NOTHING, ...connection }, 'eu-west-1');
}

const FORM_BODY = { a: [1, 'x y'], b: { c: true, d: [{ e: 2 }] }, n: null };
for (const [format, text] of [
  ['INDICES', 'a[0]=1&a[1]=x y&b[c]=true&b[d][0][e]=2&n='],
  ['REPEAT', 'a=1&a=x y&b[c]=true&b[d][e]=2&n='],
  ['BRACKETS', 'a[]=1&a[]=x y&b[c]=true&b[d][][e]=2&n='],
  ['COMMAS', 'a=1,x y&b[c]=true&b[d]={"e":2}&n='],
] as const)
  test(`a form writes lists as ${format}`, () => {
    const Transform = {
      RequestBodyEncoding: 'URL_ENCODED',
      RequestEncodingOptions: { ArrayFormat: format },
    };
    const made = request({ Transform, RequestBody: FORM_BODY });
    const { body } = made;
    const sent = sentHeaders(made);
    assert.equal(decodeURIComponent(body?.text ?? ''), text);
    assert.doesNotMatch(body?.text ?? '', /[ [\]{}"]/);
    assert.equal(sent['Content-Type'], 'application/x-www-form-urlencoded');
  });

test('a text goes out as it is, and only an object takes what the connection adds', () => {
  assert.deepEqual(request({ RequestBody: 'plain' }).body?.text, 'plain');
  assert.equal(request({}, { body: { a: '1' } }).body?.text, '{"a":"1"}');
  for (const RequestBody of ['plain', [1], 5])
    assert.throws(() => request({ RequestBody }, { body: { a: '1' } }), InvalidParameters);
  assert.equal(request({}).body, undefined);
});

test('a task’s own Content-Type stays', () => {
  const made = request({ RequestBody: { a: 1 }, Headers: { 'content-type': 'application/scim+json' } });
  const { Range, 'User-Agent': agent, ...others } = sentHeaders(made);
  assert.deepEqual(others, { 'content-type': ['application/scim+json'] });
  assert.ok(Range !== undefined && agent !== undefined);
});

test('a request without secrets holds nothing of the connection, nor what that took the place of', () => {
  const invocation = httpInvocation(
    JSON.stringify({
      ...GOOD,
      ApiEndpoint: 'https://api.example.com/x?v=0&w=1',
      Headers: { 'X-Team': 'red', 'X-Own': ['a', 'b'] },
      QueryParameters: { v: '1', tag: 'p' },
      RequestBody: { title: 't', source: 'task' },
    }),
  );
  const connection = { headers: { 'x-team': 'blue' }, query: { v: '2' }, body: { source: 'riposte' } };
  const { headers, url, body } = requestWithoutSecrets(invocation, connection, 'eu-west-1');
  assert.deepEqual(Object.keys(headers), ['X-Own', 'User-Agent', 'Range']);
  assert.equal(url.href, 'https://api.example.com/x?w=1&tag=p');
  assert.equal(body?.text, '{"title":"t"}');
  const bare = httpInvocation(JSON.stringify(GOOD));
  assert.equal(requestWithoutSecrets(bare, connection, 'eu-west-1').body, undefined);
});

test('the headers that the service and the connection keep for themselves are refused', () => {
  for (const name of [
    'Host',
    'authorization',
    'If-None-Match',
    'X-Amz-Date',
    'x-forwarded-for',
    'Via',
    'a b',
    '',
  ])
    assert.ok(isRefusedHeader(name), name);
  for (const name of ['Content-Type', 'X-Api-Version', 'Accept', 'Accept-Language', 'Range'])
    assert.ok(!isRefusedHeader(name), name);
});

const CASES: readonly [object, string][] = [
  [{ ApiEndpoint: undefined }, 'The field "ApiEndpoint" is required but was missing'],
  [{ Method: undefined }, 'The field "Method" is required but was missing'],
  [{ Authentication: undefined }, 'The field "Authentication" is required but was missing'],
  [{ Authentication: {} }, 'The field "ConnectionArn" is required but was missing'],
  [{ Method: 'get' }, "The value of the field 'Method' has an invalid format"],
  [{ ApiEndpoint: 'http://example.com' }, "The value of the field 'ApiEndpoint' has an invalid format"],
  [
    { ApiEndpoint: 'https://user:pw@example.com' },
    "The value of the field 'ApiEndpoint' has an invalid format",
  ],
  [{ Headers: 'a: b' }, "The value of the field 'Headers' has an invalid format"],
  [{ Headers: { a: {} } }, "The value of the field 'Headers' has an invalid format"],
  [{ Headers: { Host: 'x' } }, 'The header "Host" is not supported by Step Functions'],
  [{ QueryParameters: [1] }, "The value of the field 'QueryParameters' has an invalid format"],
  [{ Body: {} }, 'The field "Body" is not supported by Step Functions'],
  [
    { Transform: { RequestBodyEncoding: 'GZIP' } },
    "The value of the field 'RequestBodyEncoding' has an invalid format",
  ],
  [
    { Transform: { RequestBodyEncoding: 'URL_ENCODED' }, RequestBody: 'a=b' },
    "The value of the field 'RequestBody' has an invalid format",
  ],
];
for (const [change, problem] of CASES)
  test(`${JSON.stringify(change)} is refused: ${problem}`, () => {
    assert.throws(() => httpInvocation(JSON.stringify({ ...GOOD, ...change })), { problems: [problem] });
  });
