import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifySignature, type CredentialLookup } from '@riposte/gateway';
import { caller, credentials, openDoor, session, type Fixture } from './door-fixture.ts';
import { jsonRequest, queryRequest, restRequest, send, type RawRequest } from './raw-request.ts';

/** The key of AWS's published examples. */
const example: CredentialLookup = {
  find: (accessKeyId) =>
    Promise.resolve(
      accessKeyId === 'AKIDEXAMPLE'
        ? { secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', active: true, caller: () => caller }
        : undefined,
    ),
};
const published = [
  {
    name: 'get-vanilla',
    url: '/',
    service: 'service',
    headers: { Host: 'example.amazonaws.com', 'X-Amz-Date': '20150830T123600Z' },
    signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  {
    name: 'get-vanilla-query-order-key-case',
    url: '/?Param2=value2&Param1=value1',
    service: 'service',
    headers: { Host: 'example.amazonaws.com', 'X-Amz-Date': '20150830T123600Z' },
    signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  },
  {
    name: "the user guide's ListUsers",
    url: '/?Action=ListUsers&Version=2010-05-08',
    service: 'iam',
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8',
      Host: 'iam.amazonaws.com',
      'X-Amz-Date': '20150830T123600Z',
    },
    signature: '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  },
];

for (const { name, url, service, headers, signature } of published) {
  test(`AWS's published signature is accepted: ${name}`, async () => {
    const signed = Object.keys(headers)
      .map((header) => header.toLowerCase())
      .sort();
    const authorization = `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/${service}/aws4_request, SignedHeaders=${signed.join(';')}, Signature=${signature}`;
    const verified = await verifySignature({
      method: 'GET',
      url,
      headers: [...Object.entries(headers).flat(), 'Authorization', authorization],
      body: new Uint8Array(),
      nowMs: Date.UTC(2015, 7, 30, 12, 40),
      credentials: example,
    });
    assert.deepEqual(verified, {
      ok: true,
      caller,
      accessKeyId: 'AKIDEXAMPLE',
      region: 'us-east-1',
      service,
    });
  });
}

test('a door that takes one service refuses a signature for another', async () => {
  const [, , listUsers] = published;
  const verified = await verifySignature({
    method: 'GET',
    url: '/',
    headers: [
      'Host',
      'x',
      'Authorization',
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=${listUsers?.signature}`,
    ],
    body: new Uint8Array(),
    nowMs: 0,
    credentials: example,
    allowServices: ['riposte'],
  });
  assert.deepEqual(verified, {
    ok: false,
    code: 'SignatureDoesNotMatch',
    message: "Credential should be scoped to correct service: 'riposte'.",
    status: 403,
  });
});

interface Attack {
  name: string;
  change(request: RawRequest, door: Fixture): void;
  code: string;
  message: RegExp;
}

const MISMATCH = /signature we calculated does not match/;

const attacks: Attack[] = [
  {
    name: 'another body',
    change: (request) => (request.body = '{"stateMachineArn":"arn:x"}'),
    code: 'InvalidSignatureException',
    message: /x-amz-content-sha256/,
  },
  {
    name: 'another body with its own hash',
    change: (request) => {
      request.body = '';
      request.headers['x-amz-content-sha256'] =
        'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    },
    code: 'InvalidSignatureException',
    message: MISMATCH,
  },
  {
    name: 'another path',
    change: (request) => (request.path = '/other'),
    code: 'InvalidSignatureException',
    message: MISMATCH,
  },
  {
    name: 'another query',
    change: (request) => (request.path = '/?a=b'),
    code: 'InvalidSignatureException',
    message: MISMATCH,
  },
  {
    name: 'another operation',
    change: (request) => (request.headers['x-amz-target'] = 'AWSStepFunctions.StopExecution'),
    code: 'InvalidSignatureException',
    message: MISMATCH,
  },
  {
    name: 'an x-amz header that is not signed',
    change: (request) => (request.headers['x-amz-extra'] = '1'),
    code: 'InvalidSignatureException',
    message: /'x-amz-extra' must be a 'SignedHeader'/,
  },
  {
    name: 'no signed host',
    change: ({ headers }) => (headers['authorization'] = headers['authorization']!.replace('host;', '')),
    code: 'InvalidSignatureException',
    message: /'host' must be a 'SignedHeader'/,
  },
  {
    name: 'another region in the scope',
    change: ({ headers }) =>
      (headers['authorization'] = headers['authorization']!.replace('eu-central-1', 'us-east-1')),
    code: 'InvalidSignatureException',
    message: MISMATCH,
  },
  {
    name: 'another day in the scope',
    change: ({ headers }) =>
      (headers['authorization'] = headers['authorization']!.replace(/\/\d{8}\//, '/20150830/')),
    code: 'InvalidSignatureException',
    message: /Date in Credential scope does not match/,
  },
  {
    name: 'a key nobody has',
    change: ({ headers }) =>
      (headers['authorization'] = headers['authorization']!.replace('AKIARIPOSTE', 'AKIANOBODY0')),
    code: 'UnrecognizedClientException',
    message: /security token included in the request is invalid/,
  },
  {
    name: 'a token that does not belong to the key',
    change: ({ headers }) => {
      headers['x-amz-security-token'] = session.sessionToken;
      headers['authorization'] = headers['authorization']!.replace(
        'x-amz-date',
        'x-amz-date;x-amz-security-token',
      );
    },
    code: 'UnrecognizedClientException',
    message: /security token included in the request is invalid/,
  },
  {
    name: 'no signature at all',
    change: ({ headers }) => delete headers['authorization'],
    code: 'MissingAuthenticationTokenException',
    message: /missing Authentication Token/,
  },
  {
    name: 'half an Authorization header',
    change: ({ headers }) => (headers['authorization'] = 'AWS4-HMAC-SHA256 Credential=a'),
    code: 'IncompleteSignatureException',
    message: /requires 'Signature' parameter. Authorization header requires 'SignedHeaders'/,
  },
  {
    name: 'a password instead of a signature',
    change: ({ headers }) => (headers['authorization'] = 'Basic dGVzdDp0ZXN0'),
    code: 'IncompleteSignatureException',
    message: /must begin with AWS4-HMAC-SHA256, not 'Basic'/,
  },
  {
    name: 'SigV4a',
    change: ({ headers }) =>
      (headers['authorization'] = headers['authorization']!.replace('HMAC', 'ECDSA-P256')),
    code: 'IncompleteSignatureException',
    message: /SigV4a/,
  },
  {
    name: 'a broken scope',
    change: ({ headers }) =>
      (headers['authorization'] = headers['authorization']!.replace('aws4_request', 'x')),
    code: 'IncompleteSignatureException',
    message: /Credential must be/,
  },
  {
    name: 'no date',
    change: ({ headers }) => {
      delete headers['x-amz-date'];
      headers['authorization'] = headers['authorization']!.replace('x-amz-date', 'date');
    },
    code: 'IncompleteSignatureException',
    message: /existence of either a 'X-Amz-Date' or a 'Date' header/,
  },
  {
    name: 'an unsigned payload',
    change: ({ headers }) => (headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD'),
    code: 'InvalidRequest',
    message: /'UNSIGNED-PAYLOAD' is not supported/,
  },
  {
    name: 'a body in signed chunks',
    change: ({ headers }) => (headers['x-amz-content-sha256'] = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'),
    code: 'InvalidRequest',
    message: /aws-chunked/,
  },
  {
    name: 'a clock sixteen minutes behind',
    change: (_, door) => door.clock.set(door.clock.nowMs + 16 * 60_000),
    code: 'InvalidSignatureException',
    message: /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 15 min\.\)$/,
  },
  {
    name: 'a clock sixteen minutes ahead',
    change: (_, door) => door.clock.set(door.clock.nowMs - 16 * 60_000),
    code: 'InvalidSignatureException',
    message: /^Signature not yet current: .* is still later than /,
  },
];

for (const { name, change, code, message } of attacks) {
  test(`refused, and nothing is called: ${name}`, async (t) => {
    const door = await openDoor(t);
    const request = await jsonRequest(door);
    change(request, door);
    const answer = await send(door, request);
    assert.equal(answer.status, 400);
    const body = JSON.parse(answer.text) as { __type: string; message: string };
    assert.equal(body.__type, code);
    assert.match(body.message, message);
    assert.deepEqual(door.seen, []);
  });
}

test('the same request unchanged is accepted', async (t) => {
  const door = await openDoor(t);
  assert.equal((await send(door, await jsonRequest(door))).status, 200);
  assert.equal(door.seen.length, 1);
});

test('two Authorization headers are refused', async (t) => {
  const door = await openDoor(t);
  const request = await jsonRequest(door);
  const verified = await verifySignature({
    ...request,
    url: request.path,
    headers: [...Object.entries(request.headers), ...Object.entries(request.headers)].flat(),
    body: Buffer.from(request.body),
    nowMs: door.clock.now(),
    credentials: example,
  });
  assert.equal(verified.ok, false);
  assert.match(verified.ok ? '' : verified.message, /more than one Authorization/);
});

test('a wrong secret is refused in the words of each protocol', async (t) => {
  const door = await openDoor(t);
  const wrong = { ...credentials, secretAccessKey: 'wrong' };
  const json = await send(door, await jsonRequest(door, wrong));
  assert.equal(json.status, 400);
  assert.match(json.text, /"__type":"InvalidSignatureException"/);
  const query = await send(door, await queryRequest(door, wrong));
  assert.equal(query.status, 403);
  assert.match(query.text, /<Type>Sender<\/Type><Code>SignatureDoesNotMatch<\/Code>/);
  const rest = await send(door, await restRequest(door, wrong));
  assert.equal(rest.status, 403);
  assert.equal(rest.headers['x-amzn-errortype'], 'InvalidSignatureException');
});

test('an inactive key is known but signs nothing', async (t) => {
  const door = await openDoor(t, { active: false });
  const answer = await send(door, await queryRequest(door));
  assert.equal(answer.status, 403);
  assert.match(answer.text, /<Code>InvalidClientTokenId<\/Code>/);
  assert.deepEqual(door.seen, []);
});

test('a session ends at its time, to the millisecond', async (t) => {
  const endMs = Date.now() + 60_000;
  const door = await openDoor(t, { expiresAtMs: endMs });
  const request = await queryRequest(door, session);
  door.clock.set(endMs - 1);
  assert.equal((await send(door, request)).status, 200);
  door.clock.set(endMs);
  const late = await send(door, request);
  assert.equal(late.status, 403);
  assert.match(late.text, /<Code>ExpiredToken<\/Code>/);
});

test('a session without its token is refused', async (t) => {
  const door = await openDoor(t);
  const { accessKeyId, secretAccessKey } = session;
  const answer = await send(door, await queryRequest(door, { accessKeyId, secretAccessKey }));
  assert.match(answer.text, /<Code>InvalidClientTokenId<\/Code>/);
});
