/** S3's own client against the door, and the door as the S3 endpoint of another gateway. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test, type TestContext } from 'node:test';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  GetBucketTaggingCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  type GetObjectCommandOutput,
} from '@aws-sdk/client-s3';
import { ServiceError, type Clock } from '@riposte/engine';
import { createAwsDoor, EndpointBuckets } from '@riposte/gateway';
import {
  ACCOUNT,
  countingIds,
  createRole,
  openWorld,
  REGION,
  step,
  taskRequest,
  type World,
} from '../support/world.ts';

/** Signatures are made by clients with the time of day. */
const clock: Clock = { now: () => Date.now(), wakeAt: () => () => {} };
const key = { accessKeyId: 'test', secretAccessKey: 'test' };

async function openS3(t: TestContext): Promise<{ world: World; endpoint: string; port: number }> {
  const world = openWorld(t, { clock });
  const door = createAwsDoor({
    calls: world.gateway.calls,
    credentials: world.gateway.credentials,
    clock,
    ids: countingIds(),
    health: () => ({ status: 'ready' }),
    report: (line) => world.reported.push(line),
  });
  await new Promise<void>((resolve) => door.server.listen(0, '127.0.0.1', resolve));
  t.after(() => door.close());
  const { port } = door.server.address() as AddressInfo;
  return { world, endpoint: `http://127.0.0.1:${port}`, port };
}

function client(t: TestContext, endpoint: string, more: object = {}): S3Client {
  const made = new S3Client({ endpoint, region: REGION, credentials: key, maxAttempts: 1, ...more });
  t.after(() => made.destroy());
  return made;
}

async function bytesOf({ Body }: GetObjectCommandOutput): Promise<Buffer> {
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

const failing = (name: string, status: number) => (error: unknown) => {
  const { name: found, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
  assert.equal(found, name, String(error));
  assert.equal($metadata?.httpStatusCode, status);
  return true;
};

test('the SDK makes buckets, writes, reads, lists and removes', async (t) => {
  const { world, endpoint } = await openS3(t);
  const s3 = client(t, endpoint);
  await s3.send(new CreateBucketCommand({ Bucket: 'data' }));
  await s3.send(new HeadBucketCommand({ Bucket: 'data' }));
  await assert.rejects(s3.send(new HeadBucketCommand({ Bucket: 'other' })), failing('NotFound', 404));
  const names = ['a b', 'a+b', 'deep/é/(1)', "it's*~!", 'percent%20', 'q?x=1&y', '#hash', '日本'];
  for (const Key of names) {
    const Body = `content of ${Key}`;
    const ContentType = 'text/plain';
    await s3.send(new PutObjectCommand({ Bucket: 'data', Key, Body, ContentType, Metadata: { Name: 'x' } }));
    const got = await s3.send(new GetObjectCommand({ Bucket: 'data', Key }));
    assert.equal(await got.Body?.transformToString(), Body);
    assert.equal(got.ETag, `"${createHash('md5').update(Body).digest('hex')}"`);
    assert.deepEqual(got.Metadata, { name: 'x' });
    assert.equal(got.ContentType, 'text/plain');
  }
  const listed = await s3.send(new ListObjectsV2Command({ Bucket: 'data' }));
  const byBytes = names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  assert.deepEqual(
    listed.Contents?.map(({ Key }) => Key),
    byBytes,
  );
  const head = await s3.send(new HeadObjectCommand({ Bucket: 'data', Key: 'a b' }));
  assert.equal(head.ContentLength, 'content of a b'.length);
  assert.ok(Math.abs((head.LastModified?.getTime() ?? 0) - Date.now()) < 60_000);
  const part = await s3.send(new GetObjectCommand({ Bucket: 'data', Key: 'a b', Range: 'bytes=0-6' }));
  assert.equal(await part.Body?.transformToString(), 'content');
  assert.equal(part.$metadata.httpStatusCode, 206);
  await assert.rejects(
    s3.send(new GetObjectCommand({ Bucket: 'data', Key: 'a b', IfNoneMatch: head.ETag })),
    ({ $metadata }: { $metadata: { httpStatusCode: number } }) => $metadata.httpStatusCode === 304,
  );
  await assert.rejects(s3.send(new DeleteBucketCommand({ Bucket: 'data' })), failing('BucketNotEmpty', 409));
  for (const Key of names) await s3.send(new DeleteObjectCommand({ Bucket: 'data', Key }));
  await assert.rejects(
    s3.send(new GetObjectCommand({ Bucket: 'data', Key: 'a b' })),
    failing('NoSuchKey', 404),
  );
  await assert.rejects(
    s3.send(new HeadObjectCommand({ Bucket: 'data', Key: 'a b' })),
    failing('NotFound', 404),
  );
  assert.deepEqual(
    (await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name),
    ['data'],
  );
  await s3.send(new DeleteBucketCommand({ Bucket: 'data' }));
  assert.deepEqual(world.reported, []);
});

test('a stream comes in chunks with its checksum behind it', async (t) => {
  const { endpoint } = await openS3(t);
  const s3 = client(t, endpoint);
  await s3.send(new CreateBucketCommand({ Bucket: 'data' }));
  const content = Buffer.from('0123456789abcdef'.repeat(20_000));
  const pieces = [content.subarray(0, 100_000), content.subarray(100_000)];
  const claimed: unknown[] = [];
  s3.middlewareStack.add(
    (next) => (args) => {
      claimed.push((args.request as { headers: Record<string, string> }).headers['x-amz-content-sha256']);
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low', name: 'watchClaim' },
  );
  await s3.send(
    new PutObjectCommand({
      Bucket: 'data',
      Key: 'k',
      Body: Readable.from(pieces),
      ContentLength: content.length,
      ContentEncoding: 'gzip',
    }),
  );
  const got = await s3.send(new GetObjectCommand({ Bucket: 'data', Key: 'k' }));
  assert.deepEqual(await bytesOf(got), content);
  assert.equal(got.ContentEncoding, 'gzip');
  assert.equal(claimed[0], 'STREAMING-UNSIGNED-PAYLOAD-TRAILER');
});

test('a large object comes in parts, and is there when they are put together', async (t) => {
  const { endpoint, world } = await openS3(t);
  const s3 = client(t, endpoint);
  await s3.send(new CreateBucketCommand({ Bucket: 'data' }));
  const object = { Bucket: 'data', Key: 'big/one' };
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({ ...object, ContentType: 'text/csv', Metadata: { a: 'b' } }),
  );
  const upload = { ...object, UploadId };
  const first = Buffer.alloc(5 * 1024 * 1024, 'a');
  const send = (PartNumber: number, Body: Buffer) =>
    s3.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
  const { ETag: replaced } = await send(1, Buffer.alloc(10, 'x'));
  const { ETag: two } = await send(2, Buffer.from('end'));
  const { ETag: one } = await send(1, first);
  const complete = (...Parts: { PartNumber: number; ETag: string | undefined }[]) =>
    s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  await assert.rejects(complete({ PartNumber: 1, ETag: replaced }), failing('InvalidPart', 400));
  await assert.rejects(
    complete({ PartNumber: 2, ETag: two }, { PartNumber: 1, ETag: one }),
    failing('InvalidPartOrder', 400),
  );
  await assert.rejects(s3.send(new HeadObjectCommand(object)), failing('NotFound', 404));
  const { ETag } = await complete({ PartNumber: 1, ETag: one }, { PartNumber: 2, ETag: two });
  const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest();
  const ofParts = md5(Buffer.concat([md5(first), md5(Buffer.from('end'))])).toString('hex');
  assert.equal(ETag, `"${ofParts}-2"`);
  const got = await s3.send(new GetObjectCommand(object));
  assert.equal(Buffer.compare(await bytesOf(got), Buffer.concat([first, Buffer.from('end')])), 0);
  assert.deepEqual([got.ETag, got.ContentType, got.Metadata], [ETag, 'text/csv', { a: 'b' }]);
  await assert.rejects(complete({ PartNumber: 1, ETag: one }), failing('NoSuchUpload', 404));
  assert.deepEqual(readdirSync(join(world.bucketsFolder, 'data', '.riposte-uploads')), []);
});

test("an upload in parts can be given up, holds to its minimum, and is nobody else's path", async (t) => {
  const { endpoint } = await openS3(t);
  const s3 = client(t, endpoint);
  await s3.send(new CreateBucketCommand({ Bucket: 'data' }));
  const object = { Bucket: 'data', Key: 'k' };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(object));
  const upload = { ...object, UploadId };
  const Parts = [];
  for (const PartNumber of [1, 2]) {
    const { ETag } = await s3.send(new UploadPartCommand({ ...upload, PartNumber, Body: 'small' }));
    Parts.push({ PartNumber, ETag });
  }
  await assert.rejects(
    s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } })),
    failing('EntityTooSmall', 400),
  );
  await s3.send(new AbortMultipartUploadCommand(upload));
  for (const id of [UploadId, '../../../etc', 'x'.repeat(36), '.'.repeat(36)])
    await assert.rejects(
      s3.send(new UploadPartCommand({ ...object, UploadId: id, PartNumber: 1, Body: 'x' })),
      failing('NoSuchUpload', 404),
    );
  await assert.rejects(
    s3.send(new CreateMultipartUploadCommand({ Bucket: 'data', Key: 'a/../b' })),
    failing('InvalidArgument', 400),
  );
});

test('a region other than the oldest is told in the body of CreateBucket', async (t) => {
  const { endpoint } = await openS3(t);
  const s3 = client(t, endpoint, { region: 'eu-west-1' });
  const create = (LocationConstraint: 'eu-west-1' | 'eu-west-2') =>
    s3.send(new CreateBucketCommand({ Bucket: 'data', CreateBucketConfiguration: { LocationConstraint } }));
  await assert.rejects(create('eu-west-2'), failing('IllegalLocationConstraintException', 400));
  await create('eu-west-1');
  await assert.rejects(create('eu-west-1'), failing('BucketAlreadyOwnedByYou', 409));
});

test('what is not there is refused by its own name, not taken for something else', async (t) => {
  const { endpoint } = await openS3(t);
  const s3 = client(t, endpoint);
  await s3.send(new CreateBucketCommand({ Bucket: 'data' }));
  const refused = (name: string) => (error: Error) => {
    assert.match(error.message, new RegExp(`s3:${name} is not supported by Riposte yet`));
    return failing('NotImplemented', 501)(error);
  };
  const copy = new CopyObjectCommand({ Bucket: 'data', Key: 'k', CopySource: 'data/other' });
  await assert.rejects(s3.send(copy), refused('CopyObject'));
  await assert.rejects(s3.send(new GetBucketTaggingCommand({ Bucket: 'data' })), refused('GetBucketTagging'));
});

test('a forged signature, an unknown key and a changed body are refused in the words of S3', async (t) => {
  const { endpoint } = await openS3(t);
  const forged = client(t, endpoint, { credentials: { ...key, secretAccessKey: 'guess' } });
  await assert.rejects(forged.send(new ListBucketsCommand({})), failing('SignatureDoesNotMatch', 403));
  const unknown = client(t, endpoint, { credentials: { ...key, accessKeyId: 'AKIANOBODY' } });
  await assert.rejects(unknown.send(new ListBucketsCommand({})), failing('InvalidAccessKeyId', 403));
});

test('a bucket may stand before the host name', async (t) => {
  const { endpoint, port, world } = await openS3(t);
  await world.call('s3', 'CreateBucket', { Bucket: 'data' });
  const s3 = client(t, endpoint);
  // The name need not be resolved here: what counts is the Host that was signed.
  s3.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { path: string; headers: Record<string, string> };
      request.path = request.path.replace('/data', '');
      request.headers['host'] = `data.localhost:${port}`;
      return next(args);
    },
    { step: 'build', priority: 'low', name: 'virtualHost' },
  );
  await s3.send(new PutObjectCommand({ Bucket: 'data', Key: 'k', Body: 'x' }));
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: 'data' }));
  assert.equal(Contents?.[0]?.Key, 'k');
});

test('an S3-compatible service has the buckets instead: with credentials of the operator alone', async (t) => {
  const { world: remote, endpoint } = await openS3(t);
  await remote.call('s3', 'CreateBucket', { Bucket: 'data' });
  const saved = { ...process.env };
  t.after(() => (process.env = saved));
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
  const buckets = new EndpointBuckets({ endpoint, region: REGION });
  t.after(() => buckets.close());
  const world = openWorld(t, { buckets });
  const roleArn = await createRole(world, 'Execution', 'states.amazonaws.com', [
    's3:GetObject',
    's3:ListBucket',
  ]);
  await world.call('s3', 'PutObject', { Bucket: 'data', Key: 'k.json', Body: Buffer.from('[1]') });
  const storage = world.gateway.objectStorage;
  const caller = { step, roleArn, region: REGION };
  const { signal } = new AbortController();
  const bytes = await storage.get(caller, { bucket: 'data', key: 'k.json' }, signal);
  assert.equal(Buffer.from(bytes).toString(), '[1]');
  const listed = [];
  for await (const { key: name, sizeBytes } of storage.list(caller, { bucket: 'data' }, signal))
    listed.push([name, sizeBytes]);
  assert.deepEqual(listed, [['k.json', 3]]);
  await assert.rejects(storage.get(caller, { bucket: 'data', key: 'none' }, signal), {
    error: 'S3.NoSuchKeyException',
  });
  await assert.rejects(
    storage.put(caller, { bucket: 'data', key: 'k', body: new Uint8Array() }, signal),
    /s3:PutObject/, // this server's policies decide before the other is asked
  );
  const head = await world.call('s3', 'HeadObject', { Bucket: 'data', Key: 'k.json' });
  assert.equal(head['ContentLength'], 3);
  assert.equal((await world.records()).filter(({ service }) => service === 's3').length, 6);
  assert.ok((await remote.records()).every(({ executionArn }) => executionArn === undefined));
});

test('a rehearsal reads at the other service, and changes nothing there: that is on record', async (t) => {
  const { world: remote, endpoint } = await openS3(t);
  await remote.call('s3', 'CreateBucket', { Bucket: 'data' });
  await remote.call('s3', 'PutObject', { Bucket: 'data', Key: 'k', Body: Buffer.from('real') });
  const saved = { ...process.env };
  t.after(() => (process.env = saved));
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
  const buckets = new EndpointBuckets({ endpoint, region: REGION });
  t.after(() => buckets.close());
  const world = openWorld(t, { buckets });
  const roleArn = await createRole(world, 'Execution', 'states.amazonaws.com', ['s3:*']);
  const run = async (action: string, parameters: object, simulated = true) => {
    const outcome = await world.gateway.taskRunner.run(
      taskRequest({
        resource: `arn:aws:states:::aws-sdk:s3:${action}`,
        parameters: JSON.stringify(parameters),
        roleArn,
        step: { ...step, simulated, taskId: `${action}-${JSON.stringify(parameters)}-${simulated}` },
      }),
      new AbortController().signal,
    );
    return outcome.kind === 'succeeded' ? (JSON.parse(outcome.output) as Record<string, unknown>) : outcome;
  };
  const change = { Bucket: 'data', Key: 'k', Body: 'rehearsed' };
  assert.deepEqual(await run('putObject', change), { ETag: '"af525c62139169e3e20a03442dcb00eb"' });
  assert.deepEqual(await run('deleteObject', { Bucket: 'data', Key: 'k' }), {});
  assert.equal(((await run('getObject', { Bucket: 'data', Key: 'k' })) as { Body: string }).Body, 'real');
  const failed = async (...asked: Parameters<typeof run>) => {
    const outcome = await run(...asked);
    assert.ok(outcome['kind'] === 'failed', JSON.stringify(outcome));
    return outcome as { error: string; cause: string };
  };
  assert.equal((await failed('putObject', { ...change, Bucket: 'none' })).error, 'S3.NoSuchBucketException');
  assert.match((await failed('putObject', { ...change, IfNoneMatch: '*' })).cause, /cannot be rehearsed/);
  assert.match((await failed('createBucket', { Bucket: 'other' })).cause, /s3:CreateBucket was not made/);
  await world.gateway.objectStorage.put(
    { step, roleArn, region: REGION },
    { bucket: 'data', key: 'results/manifest.json', body: Buffer.from('{}') },
    new AbortController().signal,
  );
  const changes = (await world.records()).filter(
    ({ service, access }) => service === 's3' && access === 'write',
  );
  assert.deepEqual(
    changes.map(({ operation, rehearsed, errorCode }) => [operation, rehearsed, errorCode]),
    [
      ['PutObject', true, undefined],
      ['DeleteObject', true, undefined],
      ['PutObject', undefined, 'NoSuchBucket'],
      ['PutObject', undefined, 'NotImplemented'],
      ['CreateBucket', undefined, 'AccessDenied'],
      ['PutObject', true, undefined],
    ],
  );
  assert.ok(changes.every(({ verdict }) => verdict.includes(`${endpoint} is outside this server`)));
  const { Contents } = await remote.call('s3', 'ListObjectsV2', { Bucket: 'data' });
  assert.deepEqual(
    (Contents as { Key: string; Size: number }[]).map(({ Key, Size }) => [Key, Size]),
    [['k', 4]],
  );
  await run('putObject', change, false);
  const { ContentLength } = await remote.call('s3', 'HeadObject', { Bucket: 'data', Key: 'k' });
  assert.equal(ContentLength, change.Body.length);
});

test('an endpoint that does not answer is named', async (t) => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
  const buckets = new EndpointBuckets({ endpoint: 'http://127.0.0.1:9', region: REGION });
  t.after(() => buckets.close());
  const context = { account: ACCOUNT, region: REGION, nowMs: 0, ids: countingIds() };
  await assert.rejects(buckets.listBuckets(context, {}), (error: unknown) => {
    assert.ok(error instanceof ServiceError);
    assert.equal(error.code, 'ServiceUnavailable');
    assert.match(error.message, /The S3 endpoint http:\/\/127\.0\.0\.1:9 did not answer: .*ECONNREFUSED/);
    return true;
  });
});
