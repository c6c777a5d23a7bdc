import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { World } from './support/world.ts';

const input = (members: object) => ({ QueryLanguage: 'JSONata', ...members });

test('a state machine works on the files of a folder that stands for a bucket', async () => {
  const world = await World.open();
  try {
    const folder = join(world.folder, 'findings');
    mkdirSync(folder);
    writeFileSync(join(folder, 'in.json'), '{"severity":"HIGH"}');
    await world.restart({ buckets: { findings: folder } });
    const roleArn = await world.createRole('steps', 'states', 's3:GetObject', 's3:PutObject');
    const machine = await world.createMachine('copy', roleArn, {
      Read: input({
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:s3:getObject',
        Arguments: { Bucket: 'findings', Key: 'in.json' },
        Output: '{% $states.result.Body %}',
        Next: 'Write',
      }),
      Write: input({
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:s3:putObject',
        Arguments: { Bucket: 'findings', Key: 'out/copy.json', Body: '{% $states.input %}' },
        Output: '{% $states.result.ETag %}',
        Next: 'List',
      }),
      List: input({
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:s3:listObjectsV2',
        Arguments: { Bucket: 'findings' },
        End: true,
      }),
    });
    const ended = await world.run(machine, {});
    assert.equal(ended.error, 'S3.AccessDeniedException');
    assert.match(ended.cause ?? '', /s3:ListBucket on resource/);
    assert.equal(readFileSync(join(folder, 'out', 'copy.json'), 'utf8'), '{"severity":"HIGH"}');
  } finally {
    await world.close();
  }
});

test('a folder that is not there, and settings that exclude each other, are named before anything starts', async () => {
  const world = await World.open();
  try {
    const refused = async (flags: string[], why: RegExp) => {
      const data = join(world.folder, 'other');
      const { code, err } = await world.riposte('start', '--data', data, '--port', '0', ...flags);
      assert.notEqual(code, 0);
      assert.match(err, why);
    };
    await refused(['--bucket', 'data=/no/such/folder'], /\/no\/such\/folder.*is not there/);
    await refused(['--bucket', 'No_Name=.'], /'No_Name' cannot be the name of a bucket/);
    await refused(['--bucket', 'data'], /'data' is not NAME=FOLDER/);
    await refused(['--s3-endpoint', 'minio:9000'], /not the address of an S3 endpoint/);
    await refused(['--s3-endpoint', 'http://127.0.0.1:9', '--bucket', 'data=.'], /not both/);
    await refused(['--s3-profile', 'p'], /--s3-endpoint/);
  } finally {
    await world.close();
  }
});
