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

const FORM_BODY = { a: [1, 'x y'], b: { c: true, d: [{ e: 2 }] }, n: null, p: '1.50' };
for (const [format, text] of [
  ['INDICES', 'a[0]=1&a[1]=x y&b[c]=true&b[d][0][e]=2&n=&p=1.50'],
  ['REPEAT', 'a=1&a=x y&b[c]=true&b[d][e]=2&n=&p=1.50'],
  ['BRACKETS', 'a[]=1&a[]=x y&b[c]=true&b[d][][e]=2&n=&p=1.50'],
  ['COMMAS', 'a=1,x y&b[c]=true&b[d]={"e":2}&n=&p=1.50'],
] as const)
  test(`a form writes lists as ${format}`, () => {
    const Transform = {
      RequestBodyEncoding: 'URL_ENCODED',
      RequestEncodingOptions: { ArrayFormat: format },
    };
    const made = request({ Transform, RequestBody: FORM_BODY });
    assert.equal(decodeURIComponent(made.body ?? ''), text);
    assert.doesNotMatch(made.body ?? '', /[ [\]{}"]/);
  });

test('a text goes out as it is, and only an object takes what the connection adds', () => {
  assert.deepEqual(request({ RequestBody: 'plain' }).body, 'plain');
  assert.equal(request({}, { body: { a: '1' } }).body, '{"a":"1"}');
  for (const RequestBody of ['plain', [1], 5])
    assert.throws(() => request({ RequestBody }, { body: { a: '1' } }), InvalidParameters);
  assert.equal(request({}).body, undefined);
});

test('numbers go out as the service prints them, in forms, headers and queries too', () => {
  const numbers = '{"id":12345678901234567890,"price":1.0}';
  const made = (more: object) => {
    const text = JSON.stringify({ ...GOOD, RequestBody: '@', QueryParameters: '@', Headers: '@', ...more });
    return httpRequest(httpInvocation(text.replaceAll('"@"', numbers)), NOTHING, 'eu-west-1');
  };
  const { url, headers, body } = made({});
  assert.equal(url.search, '?id=12345678901234567890&price=1.0');
  assert.deepEqual(headers['price'], ['1.0']);
  assert.equal(body, numbers);
  assert.equal(
    made({ Transform: { RequestBodyEncoding: 'URL_ENCODED' } }).body,
    'id=12345678901234567890&price=1.0',
  );
});

test('a query is added behind the one that stands in the endpoint, and the connection wins over both', () => {
  const { url } = request(
    {
      ApiEndpoint: 'https://api.example.com/x?q=a+b%20c&v=0',
      QueryParameters: { v: '1', 'a b': ['c d', '&'] },
    },
    { query: { v: '2', k: 'é' } },
  );
  assert.equal(url.search, '?q=a+b%20c&v=2&a%20b=c%20d&a%20b=%26&k=%C3%A9');
});

test('a body is called JSON unless the task or the connection says otherwise', () => {
  const type = (parameters: object, connection = {}) => {
    const sent = Object.entries(sentHeaders(request(parameters, connection)));
    return sent.filter(([name]) => name.toLowerCase() === 'content-type');
  };
  const json = [['Content-Type', 'application/json; charset=UTF-8']];
  assert.deepEqual(type({ RequestBody: { a: 1 } }), json);
  assert.deepEqual(type({}, { body: { a: '1' } }), json);
  assert.deepEqual(type({}), []);
  const Headers = { 'content-type': 'application/x-www-form-urlencoded' };
  assert.deepEqual(type({ RequestBody: { a: 1 }, Headers }, { headers: { 'CONTENT-TYPE': 'text/x' } }), [
    ['CONTENT-TYPE', 'text/x'],
  ]);
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
  assert.equal(body, '{"title":"t"}');
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
  [{ Headers: { Host: 'x', Via: 'y' } }, "The 'Headers' field contains unsupported values: [host, via]"],
  [{ Headers: { a: 'x\ny' } }, "The value of the field 'Headers' has an invalid format"],
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
