import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ObjectStorageFailure, type ObjectStorageCaller } from '@riposte/engine';
import { ACCOUNT, createRole, openWorld, REGION, step, type World } from '../support/world.ts';

const never = new AbortController().signal;

async function withRole(
  t: TestContext,
  actions: readonly string[],
): Promise<{ world: World; caller: ObjectStorageCaller }> {
  const world = openWorld(t);
  await world.call('s3', 'CreateBucket', { Bucket: 'data' });
  const roleArn = await createRole(world, 'Execution', 'states.amazonaws.com', actions);
  return { world, caller: { step, roleArn, region: REGION } };
}

const failure = (error: string, cause: RegExp) => (thrown: unknown) => {
  assert.ok(thrown instanceof ObjectStorageFailure, String(thrown));
  assert.equal(thrown.error, error);
  assert.match(thrown.message, cause);
  return true;
};

test('a Map state reads, lists and writes with its execution role, and the record names its step', async (t) => {
  const { world, caller } = await withRole(t, ['s3:GetObject', 's3:ListBucket', 's3:PutObject']);
  const storage = world.gateway.objectStorage;
  const body = new Uint8Array([1, 2, 3]);
  await storage.put(caller, { bucket: 'data', key: 'out/SUCCEEDED_0.json', body }, never);
  assert.deepEqual(await storage.get(caller, { bucket: 'data', key: 'out/SUCCEEDED_0.json' }, never), body);
  const listed = [];
  for await (const object of storage.list(caller, { bucket: 'data', prefix: 'out/' }, never))
    listed.push(object);
  assert.deepEqual(listed, [
    {
      key: 'out/SUCCEEDED_0.json',
      etag: '"5289df737df57326fcdd22597afb1fac"',
      lastModifiedMs: Date.parse('2026-11-23T06:00:00Z'),
      sizeBytes: 3,
      storageClass: 'STANDARD',
    },
  ]);
  const records = (await world.records()).filter(({ executionArn }) => executionArn === step.executionArn);
  assert.deepEqual(
    records.map(({ operation, stateName, taskId, simulated, userIdentity: { type } }) => [
      operation,
      stateName,
      taskId,
      simulated,
      type,
    ]),
    ['PutObject', 'GetObject', 'ListObjectsV2'].map((operation) => [
      operation,
      step.stateName,
      step.taskId,
      true,
      'AssumedRole',
    ]),
  );
});

test('a listing goes on over its pages, and ends when nobody asks further', async (t) => {
  const { world, caller } = await withRole(t, ['s3:ListBucket']);
  const folder = join(world.bucketsFolder, 'data', 'many');
  mkdirSync(folder);
  for (let i = 0; i < 1001; i++) writeFileSync(join(folder, String(i)), '');
  const storage = world.gateway.objectStorage;
  let count = 0;
  for await (const _ of storage.list(caller, { bucket: 'data' }, never)) count++;
  assert.equal(count, 1001);
  const pages = async () =>
    (await world.records()).filter(({ operation }) => operation === 'ListObjectsV2').length;
  assert.equal(await pages(), 2);
  for await (const _ of storage.list(caller, { bucket: 'data' }, never)) break;
  assert.equal(await pages(), 3);
});

test('a failure has the name and the words that an aws-sdk task gives it', async (t) => {
  const { world, caller } = await withRole(t, ['s3:GetObject']);
  const storage = world.gateway.objectStorage;
  const get = (bucket: string, key: string, more: object = {}) =>
    storage.get(caller, { bucket, key, ...more }, never);
  await assert.rejects(
    get('data', 'none'),
    failure('S3.NoSuchKeyException', /^The specified key does not exist\. \(Service: S3, Status Code: 404, /),
  );
  await assert.rejects(get('nothing', 'none'), failure('S3.NoSuchBucketException', /bucket does not exist/));
  await assert.rejects(
    storage.put(caller, { bucket: 'data', key: 'k', body: new Uint8Array() }, never),
    failure('S3.AccessDeniedException', /is not authorized to perform: s3:PutObject .*Status Code: 403/),
  );
  await assert.rejects(
    get('data', 'none', { versionId: 'v' }),
    failure('S3.S3Exception', /^VersionId: not supported/),
  );
  await assert.rejects(
    storage.get(
      { ...caller, roleArn: `arn:aws:iam::${ACCOUNT}:role/Nobody` },
      { bucket: 'data', key: 'k' },
      never,
    ),
    failure('States.Permissions', /Nobody/),
  );
  rmSync(join(world.bucketsFolder, 'data'), { recursive: true });
  await assert.rejects(get('data', 'none'), failure('S3.NoSuchBucketException', /./));
});
