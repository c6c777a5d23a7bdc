import { S3Client } from '@aws-sdk/client-s3';

/** An S3 client over a bucket in memory: real commands, conditional writes, listings in pages of two. */
export function bucketInMemory(): { s3: S3Client; objects: Map<string, string> } {
  const objects = new Map<string, string>();
  const s3 = new S3Client({ region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  s3.middlewareStack.add(
    () => async (args) => ({ response: {}, output: answer(objects, args.input as Request) as never }),
    { step: 'initialize' },
  );
  return { s3, objects };
}

interface Request {
  Key?: string;
  Body?: string;
  IfNoneMatch?: string;
  Prefix?: string;
  ContinuationToken?: string;
}

function answer(objects: Map<string, string>, request: Request): object {
  const { Key, Body, Prefix } = request;
  if (Prefix !== undefined) return list(objects, Prefix, Number(request.ContinuationToken ?? 0));
  if (Key === undefined) throw new Error('A request without a key.');
  if (Body === undefined) {
    const text = objects.get(Key);
    if (text === undefined) throw Object.assign(new Error(Key), { name: 'NoSuchKey' });
    return { Body: { transformToString: async () => text } };
  }
  if (request.IfNoneMatch === '*' && objects.has(Key))
    throw Object.assign(new Error(Key), { name: 'PreconditionFailed' });
  objects.set(Key, Body);
  return {};
}

function list(objects: Map<string, string>, prefix: string, from: number): object {
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  const to = from + 2;
  return {
    Contents: keys.slice(from, to).map((Key) => ({ Key })),
    ...(to < keys.length && { NextContinuationToken: String(to) }),
  };
}
