import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openWorld, REGION, userCaller, type Output, type World } from '../support/world.ts';

function s3(world: World, operation: string, input: object): Promise<Output> {
  return world.call('s3', operation, input);
}

async function put(world: World, Key: string, Body: string | Uint8Array, more: object = {}): Promise<Output> {
  return s3(world, 'PutObject', { Bucket: 'data', Key, Body: Buffer.from(Body), ...more });
}

async function text(world: World, Key: string, more: object = {}): Promise<string> {
  const { Body } = await s3(world, 'GetObject', { Bucket: 'data', Key, ...more });
  return Buffer.from(Body as Uint8Array).toString();
}

async function keys(world: World, more: object = {}): Promise<string[]> {
  const { Contents = [] } = await s3(world, 'ListObjectsV2', { Bucket: 'data', ...more });
  return (Contents as { Key: string }[]).map(({ Key }) => Key);
}

async function withBucket(t: TestContext, options?: Parameters<typeof openWorld>[1]): Promise<World> {
  const world = openWorld(t, options);
  await s3(world, 'CreateBucket', { Bucket: 'data' });
  return world;
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'riposte-given-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const refusal = (code: string, status?: number) => (error: unknown) => {
  assert.equal((error as { code?: string }).code, code, String(error));
  if (status !== undefined) assert.equal((error as { status?: number }).status, status);
  return true;
};

test('what is written is a file, and comes back with its headers', async (t) => {
  const world = await withBucket(t);
  const Metadata = { owner: 'alice' };
  const written = await put(world, 'in/a.json', '[1]', { ContentType: 'application/json', Metadata });
  const md5 = createHash('md5').update('[1]').digest('hex');
  assert.deepEqual(written, {
    ETag: `"${md5}"`,
    ChecksumCRC32: 'TC8yuA==',
    ChecksumType: 'FULL_OBJECT',
    ServerSideEncryption: 'AES256',
  });
  assert.equal(readFileSync(join(world.bucketsFolder, 'data', 'in', 'a.json'), 'utf8'), '[1]');
  const { Body, ...head } = await s3(world, 'GetObject', { Bucket: 'data', Key: 'in/a.json' });
  assert.deepEqual(Body, new Uint8Array(Buffer.from('[1]')));
  assert.deepEqual(head, {
    AcceptRanges: 'bytes',
    ContentLength: 3,
    ContentType: 'application/json',
    ETag: `"${md5}"`,
    LastModified: new Date('2026-11-23T06:00:00Z'),
    Metadata,
    ServerSideEncryption: 'AES256',
  });
  assert.deepEqual(await s3(world, 'HeadObject', { Bucket: 'data', Key: 'in/a.json' }), head);
  world.restart();
  assert.deepEqual(await s3(world, 'HeadObject', { Bucket: 'data', Key: 'in/a.json' }), head);
});

test('files that somebody else puts into the folder are objects, and change as they do', async (t) => {
  const given = folder(t);
  writeFileSync(join(given, 'x.csv'), 'a,b\n');
  const world = openWorld(t, { given: { data: given } });
  assert.equal(await text(world, 'x.csv'), 'a,b\n');
  await put(world, 'x.csv', 'c', { ContentType: 'text/csv' });
  assert.equal(readFileSync(join(given, 'x.csv'), 'utf8'), 'c');
  writeFileSync(join(given, 'x.csv'), 'other');
  const head = await s3(world, 'HeadObject', { Bucket: 'data', Key: 'x.csv' });
  assert.equal(head['ETag'], `"${createHash('md5').update('other').digest('hex')}"`);
  assert.equal(head['ContentType'], 'binary/octet-stream');
});

test('keys are listed in the order of their bytes, page by page', async (t) => {
  const world = await withBucket(t);
  const names = ['a', 'a-b', 'a/b', 'a/b.c', 'a/b/c', 'a0', 'b/\u{1F600}', 'b/\uFFEE', 'Z'];
  const fitting = names.filter((name) => !['a', 'a/b'].includes(name)); // these are folders of others
  for (const name of fitting) await put(world, name, name);
  const ordered = fitting.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  assert.deepEqual(ordered.slice(-2), ['b/\uFFEE', 'b/\u{1F600}']);
  assert.deepEqual(await keys(world), ordered);
  const paged: string[] = [];
  let token: unknown;
  do {
    const page = await s3(world, 'ListObjectsV2', {
      Bucket: 'data',
      MaxKeys: 2,
      ...(token !== undefined && { ContinuationToken: token }),
    });
    paged.push(...(page['Contents'] as { Key: string }[]).map(({ Key }) => Key));
    token = page['NextContinuationToken'];
    assert.equal(page['IsTruncated'], token !== undefined);
  } while (token !== undefined);
  assert.deepEqual(paged, ordered);
  assert.deepEqual(await keys(world, { Prefix: 'a/b' }), ['a/b.c', 'a/b/c']);
  assert.deepEqual(await keys(world, { Prefix: 'a/b/' }), ['a/b/c']);
  assert.deepEqual(await keys(world, { StartAfter: 'a/b.c', Prefix: 'a' }), ['a/b/c', 'a0']);
  await assert.rejects(keys(world, { ContinuationToken: 'nonsense' }), refusal('InvalidArgument'));
});

test('keys with a delimiter are told by what they have in common', async (t) => {
  const world = await withBucket(t);
  for (const key of ['a/1', 'a/2', 'b', 'c/d/e', 'c/f']) await put(world, key, '');
  const all = await s3(world, 'ListObjectsV2', { Bucket: 'data', Delimiter: '/' });
  assert.deepEqual(all['CommonPrefixes'], [{ Prefix: 'a/' }, { Prefix: 'c/' }]);
  assert.equal(all['KeyCount'], 3);
  const below = await s3(world, 'ListObjectsV2', { Bucket: 'data', Delimiter: '/', Prefix: 'c/' });
  assert.deepEqual(below['CommonPrefixes'], [{ Prefix: 'c/d/' }]);
  const told: unknown[] = [];
  let token: unknown;
  do {
    const page: Output = await s3(world, 'ListObjectsV2', {
      Bucket: 'data',
      Delimiter: '/',
      MaxKeys: 1,
      ...(token !== undefined && { ContinuationToken: token }),
    });
    told.push(page['CommonPrefixes'] ?? (page['Contents'] as { Key: string }[])[0]?.Key);
    token = page['NextContinuationToken'];
  } while (token !== undefined);
  assert.deepEqual(told, [[{ Prefix: 'a/' }], 'b', [{ Prefix: 'c/' }]]);
});

test('the older listing says the same, and goes on from a marker', async (t) => {
  const world = await withBucket(t);
  for (const key of ['a/1', 'b', 'c', 'd/1']) await put(world, key, '');
  const list = (more: object) => s3(world, 'ListObjects', { Bucket: 'data', ...more });
  const first = await list({ MaxKeys: 2 });
  assert.deepEqual(
    (first['Contents'] as { Key: string }[]).map(({ Key }) => Key),
    ['a/1', 'b'],
  );
  assert.deepEqual(
    [first['IsTruncated'], first['NextMarker'], first['KeyCount']],
    [true, undefined, undefined],
  );
  const told = await list({ MaxKeys: 1, Delimiter: '/' });
  assert.deepEqual([told['CommonPrefixes'], told['NextMarker']], [[{ Prefix: 'a/' }], 'a/']);
  const rest = await list({ Delimiter: '/', Marker: 'a/' });
  assert.deepEqual([rest['CommonPrefixes'], rest['Marker']], [[{ Prefix: 'd/' }], 'a/']);
  await assert.rejects(s3(world, 'ListObjects', { Bucket: 'some-Other' }), refusal('NoSuchBucket', 404));
});

test('no key leads out of the folder', async (t) => {
  const outside = folder(t);
  writeFileSync(join(outside, 'secret'), 'secret');
  const given = folder(t);
  mkdirSync(join(given, 'sub'));
  symlinkSync(join(outside, 'secret'), join(given, 'link'));
  symlinkSync(outside, join(given, 'sub', 'out'));
  const world = openWorld(t, { given: { data: given } });
  for (const key of [
    'link',
    'sub/out/secret',
    '../secret',
    'sub/../../x',
    '/etc/passwd',
    'a//b',
    './a',
    'a\0b',
  ]) {
    await assert.rejects(text(world, key), refusal('NoSuchKey', 404), key);
    await assert.rejects(put(world, key, 'x'), refusal('InvalidArgument', 400), key);
  }
  await assert.rejects(put(world, 'sub/out/new', 'x'), refusal('InvalidArgument'));
  await s3(world, 'DeleteObject', { Bucket: 'data', Key: 'sub/out/secret' });
  await s3(world, 'DeleteObject', { Bucket: 'data', Key: 'link' });
  assert.deepEqual(readdirSync(outside), ['secret']);
  assert.deepEqual(await keys(world), []);
});

test('a key that cannot be a file is refused with the reason', async (t) => {
  const world = await withBucket(t);
  await put(world, 'a/b', 'x');
  const refused: [string, RegExp][] = [
    ['a', /'a' is a folder with other objects/],
    ['a/b/c', /'a\/b' is an object, not a folder/],
    ['a/', /ends with a slash/],
    ['x'.repeat(256), /longer than 255 bytes/],
    [`${'x'.repeat(200)}/`.repeat(6), /longer than 1024 bytes/],
    ['\ud800', /not well-formed/],
    ['.riposte-uploads/x', /kept for files on their way in/],
  ];
  for (const [key, why] of refused)
    await assert.rejects(put(world, key, 'x'), (error: Error) => {
      assert.match(error.message, why);
      return refusal('InvalidArgument', 400)(error);
    });
  await s3(world, 'DeleteObject', { Bucket: 'data', Key: 'a/b' });
  await put(world, 'a', 'now it is free');
  assert.deepEqual(await keys(world), ['a']);
});

test('half an object never shows, and what a crash left goes', async (t) => {
  const world = await withBucket(t);
  const uploads = join(world.bucketsFolder, 'data', '.riposte-uploads');
  mkdirSync(uploads);
  writeFileSync(join(uploads, 'half'), 'hal');
  assert.deepEqual(await keys(world), []);
  await s3(world, 'DeleteBucket', { Bucket: 'data' });
  await assert.rejects(keys(world), refusal('NoSuchBucket', 404));
});

test('a write that names its checksum, or what must stand there, is held to it', async (t) => {
  const world = await withBucket(t);
  const md5 = createHash('md5').update('x').digest('base64');
  const { ETag } = await put(world, 'k', 'x', { ContentMD5: md5, ChecksumCRC32: 'jNwWgw==' });
  await assert.rejects(put(world, 'k', 'y', { ContentMD5: md5 }), refusal('BadDigest'));
  await assert.rejects(put(world, 'k', 'y', { ChecksumCRC32: 'jNwWgw==' }), refusal('BadDigest'));
  await assert.rejects(put(world, 'k', 'y', { IfNoneMatch: '*' }), refusal('PreconditionFailed', 412));
  await assert.rejects(put(world, 'new', 'y', { IfMatch: ETag }), refusal('PreconditionFailed', 412));
  await put(world, 'k', 'y', { IfMatch: ETag });
  await put(world, 'new', 'y', { IfNoneMatch: '*' });
  await assert.rejects(text(world, 'k', { IfMatch: ETag }), refusal('PreconditionFailed', 412));
  const { ETag: now } = await s3(world, 'HeadObject', { Bucket: 'data', Key: 'k' });
  await assert.rejects(text(world, 'k', { IfNoneMatch: now }), refusal('NotModified', 304));
});

test('a part of an object can be read', async (t) => {
  const world = await withBucket(t);
  await put(world, 'k', '0123456789');
  assert.equal(await text(world, 'k', { Range: 'bytes=2-4' }), '234');
  assert.equal(await text(world, 'k', { Range: 'bytes=8-' }), '89');
  assert.equal(await text(world, 'k', { Range: 'bytes=-3' }), '789');
  const part = await s3(world, 'GetObject', { Bucket: 'data', Key: 'k', Range: 'bytes=8-99' });
  assert.equal(part['ContentRange'], 'bytes 8-9/10');
  await assert.rejects(text(world, 'k', { Range: 'bytes=10-' }), refusal('InvalidRange', 416));
});

test('buckets are made, listed and removed, but not what the user gave, nor what holds something', async (t) => {
  const given = folder(t);
  const world = await withBucket(t, { given: { mine: given } });
  const { Buckets } = await s3(world, 'ListBuckets', {});
  assert.deepEqual(
    (Buckets as { Name: string }[]).map(({ Name }) => Name),
    ['data', 'mine'],
  );
  await put(world, 'a/b', 'x');
  await assert.rejects(s3(world, 'DeleteBucket', { Bucket: 'data' }), refusal('BucketNotEmpty', 409));
  await assert.rejects(s3(world, 'DeleteBucket', { Bucket: 'mine' }), refusal('AccessDenied', 403));
  await assert.rejects(s3(world, 'CreateBucket', { Bucket: 'Not_A_Name' }), refusal('InvalidBucketName'));
  await assert.rejects(s3(world, 'HeadBucket', { Bucket: '..' }), refusal('NotFound', 404));
  await assert.rejects(
    world.gateway.calls.call({
      service: 's3',
      operation: 'CreateBucket',
      input: { Bucket: 'data' },
      region: 'eu-west-1',
      caller: { kind: 'administrator', account: '000000000000', arn: 'arn', accessKeyId: 'test' },
    }),
    refusal('BucketAlreadyOwnedByYou', 409),
  );
  assert.equal((await s3(world, 'CreateBucket', { Bucket: 'data' }))['Location'], '/data');
  assert.equal((await s3(world, 'HeadBucket', { Bucket: 'data' }))['BucketRegion'], REGION);
});

test('members that are not done are refused by name, not left out', async (t) => {
  const world = await withBucket(t);
  await assert.rejects(
    put(world, 'k', 'x', { ServerSideEncryption: 'aws:kms', Tagging: 'a=b' }),
    (error: Error) => {
      assert.match(error.message, /^ServerSideEncryption, Tagging: not supported/);
      return refusal('NotImplemented', 501)(error);
    },
  );
  await put(world, 'k', 'x');
  await assert.rejects(text(world, 'k', { VersionId: 'v' }), refusal('NotImplemented'));
  await assert.rejects(
    text(world, 'k', { ExpectedBucketOwner: '111111111111' }),
    refusal('AccessDenied', 403),
  );
});

test('policies decide about each object, and the record keeps no content', async (t) => {
  const world = await withBucket(t);
  await put(world, 'open/a', 'content that nobody needs to read in a record');
  const caller = await userCaller(world, 'bob');
  await world.call('iam', 'PutUserPolicy', {
    UserName: 'bob',
    PolicyName: 'Read',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::data/open/*' },
    }),
  });
  const call = (operation: string, input: object) => world.call('s3', operation, input, caller);
  await call('GetObject', { Bucket: 'data', Key: 'open/a' });
  await call('HeadObject', { Bucket: 'data', Key: 'open/a' });
  await assert.rejects(call('GetObject', { Bucket: 'data', Key: 'other' }), (error: Error) => {
    assert.match(
      error.message,
      /is not authorized to perform: s3:GetObject on resource: "?arn:aws:s3:::data\/other/,
    );
    return refusal('AccessDenied', 403)(error);
  });
  await assert.rejects(call('ListObjectsV2', { Bucket: 'data' }), refusal('AccessDenied', 403));
  await assert.rejects(
    call('PutObject', { Bucket: 'data', Key: 'open/a', Body: 'x' }),
    refusal('AccessDenied'),
  );
  const records = (await world.records()).filter(({ service }) => service === 's3');
  assert.deepEqual(
    records.map(({ operation, errorCode }) => [operation, errorCode]),
    [
      ['CreateBucket', undefined],
      ['PutObject', undefined],
      ['GetObject', undefined],
      ['HeadObject', undefined],
      ['GetObject', 'AccessDenied'],
      ['ListObjectsV2', 'AccessDenied'],
      ['PutObject', 'AccessDenied'],
    ],
  );
  assert.deepEqual(records[1]?.requestParameters, { bucket: 'data', key: 'open/a' });
  assert.deepEqual(records[1]?.resources, [
    { type: 'AWS::S3::Object', name: 'arn:aws:s3:::data/open/a' },
    { type: 'AWS::S3::Bucket', name: 'arn:aws:s3:::data' },
  ]);
  assert.ok(!JSON.stringify(records).includes('content that nobody'));
});

test('writes to one bucket wait for each other, so that folders come and go without harm', async (t) => {
  const world = await withBucket(t);
  await put(world, 'deep/er/0', 'x');
  const work = Array.from({ length: 20 }, (_, i) => [
    s3(world, 'DeleteObject', { Bucket: 'data', Key: `deep/er/${i}` }), // the last one in its folder, at times
    put(world, `deep/er/${i + 1}`, 'x'),
    keys(world),
  ]);
  await Promise.all(work.flat());
  for (const key of await keys(world)) await s3(world, 'DeleteObject', { Bucket: 'data', Key: key });
  assert.deepEqual(readdirSync(join(world.bucketsFolder, 'data')), ['.riposte-uploads']);
});
