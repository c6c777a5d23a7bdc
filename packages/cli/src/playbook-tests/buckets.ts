import { glob, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { SimulatedSystem } from '@riposte/server';
import type { StackRecord } from '@riposte/templates';
import type { Failure } from './case-result.ts';
import { difference, shown } from './partial-match.ts';
import { BrokenTestCase } from './references.ts';
import type { BucketContent, Expectation, TestCase } from './test-case.ts';

/** The name of a bucket that a case names by logical id or name. */
function bucketNamed(name: string, { resources }: StackRecord): string {
  const resource = resources[name];
  return resource?.type === 'AWS::S3::Bucket' ? resource.physicalId : name;
}

/**
 * Brings buckets into their starting state, as administrator; those that are not there are made.
 * @param testFile folders are relative to it
 * @throws BrokenTestCase naming what cannot be read or put
 */
export async function fillBuckets(
  buckets: NonNullable<TestCase['buckets']>,
  { stack, system, testFile }: { stack: StackRecord; system: SimulatedSystem; testFile: string },
): Promise<void> {
  for (const [name, content] of Object.entries(buckets)) {
    const bucket = bucketNamed(name, stack);
    try {
      await makeBucket(bucket, system);
      for await (const [key, body] of objectsOf(content, testFile))
        await system.call('s3', 'PutObject', { Bucket: bucket, Key: key, Body: body });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new BrokenTestCase(`The starting state of the bucket ${name}: ${reason}`, { cause: error });
    }
  }
}

async function makeBucket(bucket: string, system: SimulatedSystem): Promise<void> {
  try {
    await system.call('s3', 'CreateBucket', { Bucket: bucket });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'BucketAlreadyOwnedByYou') throw error;
  }
}

async function* objectsOf(
  content: BucketContent,
  testFile: string,
): AsyncGenerator<[string, Uint8Array | string]> {
  if (typeof content !== 'string') {
    for (const [key, value] of Object.entries(content))
      yield [key, typeof value === 'string' ? value : JSON.stringify(value)];
    return;
  }
  const folder = resolve(dirname(testFile), content);
  if (!(await stat(folder).catch(() => undefined))?.isDirectory())
    throw new Error(`there is no folder ${content} beside the test file`);
  for await (const entry of glob('**', { cwd: folder, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    yield [file.slice(folder.length + 1).replaceAll(sep, '/'), await readFile(file)];
  }
}

/** Holds the objects of buckets against what a case expects of them. */
export async function checkBuckets(
  buckets: NonNullable<Expectation['buckets']>,
  stack: StackRecord,
  system: SimulatedSystem,
): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (const [name, objects] of Object.entries(buckets))
    for (const [key, expected] of Object.entries(objects)) {
      const problem = objectProblem(expected, await textOf(bucketNamed(name, stack), key, system));
      if (problem !== undefined) failures.push({ what: `buckets.${name} ${key}`, problem });
    }
  return failures;
}

function objectProblem(expected: unknown, seen: string | undefined): string | undefined {
  if (expected === null)
    return seen === undefined ? undefined : `expected no such object, seen ${shown(seen)}`;
  if (seen === undefined) return 'there is no such object';
  return difference(expected, typeof expected === 'string' ? seen : parsed(seen));
}

/** What is no JSON stays text, and differs as such. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Nothing when there is no such object. */
async function textOf(bucket: string, key: string, system: SimulatedSystem): Promise<string | undefined> {
  try {
    const { Body } = await system.call('s3', 'GetObject', { Bucket: bucket, Key: key });
    return Buffer.from(Body as Uint8Array).toString(); // the door's answer holds all bytes
  } catch (error) {
    if (error instanceof Error && /^NoSuch(Key|Bucket)$/.test(error.name)) return undefined;
    throw error;
  }
}
