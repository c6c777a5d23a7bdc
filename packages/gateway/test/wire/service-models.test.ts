import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceModels } from '@riposte/gateway';
import { serviceModel, type Schema } from '../../src/wire/models.ts';

const when = new Date('2026-01-02T03:04:05.500Z');

test('the services and their operations are known by name', () => {
  assert.deepEqual(serviceModels.serviceNames, [
    'cloudtrail',
    'events',
    'health',
    'iam',
    'lambda',
    'logs',
    's3',
    'scheduler',
    'sns',
    'sqs',
    'states',
    'sts',
  ]);
  assert.ok(serviceModels.hasOperation('iam', 'UpdateAccessKey'));
  assert.ok(serviceModels.operationNames('states').includes('StartExecution'));
  assert.deepEqual(serviceModels.operationNames('sts').slice(0, 2), ['AssumeRole', 'AssumeRoleWithSAML']);
});

test('what nobody knows is not there, whatever its name', () => {
  assert.deepEqual(serviceModels.operationNames('ec2'), []);
  assert.equal(serviceModels.hasOperation('ec2', 'DescribeInstances'), false);
  assert.equal(serviceModels.hasOperation('iam', 'constructor'), false);
  assert.equal(serviceModels.hasOperation('__proto__', 'toString'), false);
  assert.throws(() => serviceModels.toWireJson('iam', 'Fly', 'input', {}), /No shapes are known for iam:Fly/);
});

test('values become plain JSON as awsJson carries it', () => {
  assert.deepEqual(
    serviceModels.toWireJson('iam', 'ListAccessKeys', 'output', {
      AccessKeyMetadata: [{ AccessKeyId: 'A', CreateDate: when, UserName: undefined }],
      IsTruncated: false,
      surprise: 1,
    }),
    { AccessKeyMetadata: [{ AccessKeyId: 'A', CreateDate: 1767323045.5 }], IsTruncated: false },
  );
  assert.deepEqual(
    serviceModels.toWireJson('lambda', 'Invoke', 'input', {
      FunctionName: 'f',
      Payload: new Uint8Array([1, 2]),
    }),
    { FunctionName: 'f', Payload: 'AQI=' },
  );
  assert.deepEqual(serviceModels.toWireJson('iam', 'DeleteUser', 'output', {}), {});
});

test('no idempotency token is made up for the record', () => {
  assert.deepEqual(serviceModels.toWireJson('logs', 'CreateLogGroup', 'input', { logGroupName: 'g' }), {
    logGroupName: 'g',
  });
});

test('plain JSON becomes an input, and is left as it was', () => {
  const json = {
    Entries: [{ Time: 1767323045.5, Source: 'a', Resources: ['r', null], Other: 1 }],
    EndpointId: null,
  };
  const before = structuredClone(json);
  assert.deepEqual(serviceModels.fromJson('events', 'PutEvents', json), {
    Entries: [{ Time: when, Source: 'a', Resources: ['r'] }],
  });
  assert.deepEqual(json, before);
  const bytes = serviceModels.fromJson('lambda', 'Invoke', { FunctionName: 'f', Payload: 'AQI=' });
  assert.deepEqual(bytes, { FunctionName: 'f', Payload: new Uint8Array([1, 2]) });
});

test('there and back is the identity for what the shape knows', () => {
  const input = {
    LookupAttributes: [{ AttributeKey: 'EventId', AttributeValue: 'x' }],
    StartTime: when,
    MaxResults: 5,
  };
  const json = serviceModels.toWireJson('cloudtrail', 'LookupEvents', 'input', input);
  assert.deepEqual(serviceModels.fromJson('cloudtrail', 'LookupEvents', json), input);
});

test('a wrong type and a missing member are refused with the code of the service', () => {
  assert.throws(() => serviceModels.fromJson('states', 'StartExecution', { stateMachineArn: 5 }), {
    code: 'SerializationException',
  });
  assert.throws(() => serviceModels.fromJson('states', 'StartExecution', null), {
    code: 'SerializationException',
  });
  assert.throws(() => serviceModels.fromJson('states', 'StartExecution', {}), {
    code: 'ValidationException',
    message: /Value null at 'stateMachineArn'/,
  });
});

test('of a thousand mistakes ten are listed', () => {
  const Entries = Array.from({ length: 1000 }, () => ({}));
  assert.throws(
    () =>
      serviceModels.fromJson('sns', 'PublishBatch', { TopicArn: 't', PublishBatchRequestEntries: Entries }),
    (error: Error) =>
      error.message.startsWith('2000 validation errors detected: ') &&
      error.message.split('; ').length === 10,
  );
});

/** All that the readers and writers of this room understand; a new client with more must fail here, not in use. */
const understood = new Set([
  'awsQueryError',
  'endpoint',
  'error',
  'eventPayload',
  'http',
  'httpError',
  'httpHeader',
  'httpLabel',
  'httpPayload',
  'httpQuery',
  'httpResponseCode',
  'idempotencyToken',
  'idempotent',
  'sensitive',
  'streaming',
  'xmlFlattened',
  'xmlName',
]);

/** Of S3: what the SDK's own XML serializer writes, what `rest-xml.ts` does, and what only a client needs. */
const understoodOfXml = new Set(['hostLabel', 'httpPrefixHeaders', 'xmlAttribute', 'xmlNamespace']);

for (const service of serviceModels.serviceNames) {
  test(`nothing in the shapes of ${service} is beyond the codecs`, () => {
    const found = new Set<string>();
    const seen = new Set<unknown>();
    const walk = (schema: Schema): void => {
      for (const trait of Object.keys(schema.getMergedTraits())) found.add(trait);
      if (schema.isBigDecimalSchema() || schema.isBigIntegerSchema()) found.add('big numbers');
      if (seen.has(schema.getSchema()) && typeof schema.getSchema() === 'object') return;
      seen.add(schema.getSchema());
      if (schema.isStructSchema()) for (const [, member] of schema.structIterator()) walk(member);
      else if (schema.isListSchema() || schema.isMapSchema()) walk(schema.getValueSchema());
      if (schema.isMapSchema()) walk(schema.getKeySchema());
    };
    const model = serviceModel(service);
    for (const operation of model?.operations.values() ?? []) {
      walk(operation.input);
      walk(operation.output);
    }
    assert.deepEqual(
      [...found].filter(
        (trait) => !understood.has(trait) && !(model?.protocol === 'restXml' && understoodOfXml.has(trait)),
      ),
      [],
    );
    assert.ok(model !== undefined && model.operations.size > 0 && seen.size > 10);
  });
}
