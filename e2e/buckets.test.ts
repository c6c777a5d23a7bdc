/** Buckets as people fill and read them: with the AWS CLI and boto3. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { RunningServer } from './running-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'riposte-buckets-'));
let server: RunningServer;

before(async () => {
  mkdirSync(join(folder, 'given'));
  server = await RunningServer.start({ arguments: ['--bucket', `given=${join(folder, 'given')}`] });
});
after(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function aws(...words: string[]): string {
  const run = server.tool('aws', 's3', ...words);
  assert.equal(run.status, 0, `aws s3 ${words.join(' ')}: ${run.stderr}`);
  return run.stdout;
}

test('the AWS CLI copies a tree there and back, lists and removes it', () => {
  const tree = join(folder, 'tree');
  mkdirSync(join(tree, 'a b'), { recursive: true });
  writeFileSync(join(tree, 'a b', 'é+.txt'), 'one');
  writeFileSync(join(tree, 'z'), 'two');
  aws('mb', 's3://made');
  aws('sync', tree, 's3://made/tree');
  assert.match(aws('ls', 's3://made/tree/'), /PRE a b\/\n.* 3 z\n/);
  aws('sync', 's3://made', join(folder, 'back'));
  assert.equal(readFileSync(join(folder, 'back', 'tree', 'a b', 'é+.txt'), 'utf8'), 'one');
  aws('rm', 's3://made', '--recursive');
  aws('rb', 's3://made');
  assert.doesNotMatch(aws('ls'), /made/);
});

test('the AWS CLI sends a large file in parts, and it is a file of the folder', () => {
  const bytes = randomBytes(17 * 1024 * 1024);
  writeFileSync(join(folder, 'large'), bytes);
  aws('cp', join(folder, 'large'), 's3://given/deep/large');
  assert.ok(bytes.equals(readFileSync(join(folder, 'given', 'deep', 'large'))));
  aws('cp', 's3://given/deep/large', join(folder, 'large-back'));
  assert.ok(bytes.equals(readFileSync(join(folder, 'large-back'))));
});

test('boto3 writes, pages through a listing, and is told what is missing', () => {
  const script = `
import boto3, json
s3 = boto3.client('s3')
for n in range(5):
    s3.put_object(Bucket='given', Key=f'many/{n}', Body=str(n), Metadata={'n': str(n)})
pages = s3.get_paginator('list_objects_v2').paginate(Bucket='given', Prefix='many/', PaginationConfig={'PageSize': 2})
keys = [o['Key'] for page in pages for o in page['Contents']]
one = s3.get_object(Bucket='given', Key='many/3')
try:
    s3.get_object(Bucket='given', Key='none')
    missing = None
except s3.exceptions.NoSuchKey as error:
    missing = error.response['Error']['Code']
print(json.dumps({'keys': keys, 'body': one['Body'].read().decode(), 'metadata': one['Metadata'], 'missing': missing}))
`;
  const run = server.tool('python', '-c', script);
  assert.equal(run.status, 0, run.stderr);
  assert.deepEqual(JSON.parse(run.stdout), {
    keys: [0, 1, 2, 3, 4].map((n) => `many/${n}`),
    body: '3',
    metadata: { n: '3' },
    missing: 'NoSuchKey',
  });
});
