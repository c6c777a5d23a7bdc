import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runCommand, SdkAwsClient } from '@riposte/cli';

const LAUNCHER = join(import.meta.dirname, '..', 'bin', 'riposte.cjs');
const ROLE = 'arn:aws:iam::000000000000:role/steps';

let folder: string;
let child: ChildProcess;
let endpoint: string;
let aws: SdkAwsClient;

/** Resolves with what a pattern captures from the child's output. */
function printed({ stdout }: ChildProcess, pattern: RegExp): Promise<string> {
  let text = '';
  return new Promise((found, ended) => {
    const look = (chunk: Buffer) => {
      text += String(chunk);
      const captured = pattern.exec(text)?.[1];
      if (captured === undefined) return;
      stdout?.off('data', look);
      found(captured);
    };
    stdout?.on('data', look);
    stdout?.once('end', () => ended(new Error(`The command ended without it: ${text}`)));
  });
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'riposte-cli-'));
  child = spawn(process.execPath, [LAUNCHER, 'start', '--json', '--port', '0', '--data', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const started = JSON.parse(await printed(child, /^({[^]*\n})\n/)) as Record<string, string>;
  assert.deepEqual([started['dataFolder'], started['key']], [folder, 'test / test']);
  endpoint = started['awsUrl'] ?? '';
  aws = new SdkAwsClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await aws.call('iam', 'CreateRole', {
    RoleName: 'steps',
    AssumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    }),
  });
});
after(() => {
  aws.close();
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

test('a hostile regular expression in a machine does not stop the server', { timeout: 30_000 }, async () => {
  const definition = JSON.stringify({
    StartAt: 'Match',
    States: {
      Match: {
        Type: 'Pass',
        Parameters: {
          'matches.$': '$.items[?(@.name =~ /(a+)+b/)]',
          'folded.$': '$.items[?(@.name =~ /(A+)+B/i)]',
          'counted.$': '$.items[?(@.name =~ /(a+){1,50}b/)]',
        },
        End: true,
      },
    },
  });
  const { stateMachineArn } = await aws.call('states', 'CreateStateMachine', {
    name: 'hostile',
    definition,
    roleArn: ROLE,
  });
  const aab = { name: 'aab' };
  const input = JSON.stringify({ items: [{ name: 'a'.repeat(60) }, aab] });
  const { executionArn } = await aws.call('states', 'StartExecution', { stateMachineArn, input });
  for (;;) {
    const { status, output } = await aws.call('states', 'DescribeExecution', { executionArn });
    if (status === 'RUNNING') continue;
    assert.deepEqual(
      [status, output],
      ['SUCCEEDED', JSON.stringify({ matches: [aab], folded: [aab], counted: [aab] })],
    );
    break;
  }
});

test('a data folder in use is told in one line, without a stack', { timeout: 30_000 }, async () => {
  let err = '';
  const terminal = {
    out: () => {},
    err: (line: string) => (err += `${line}\n`),
    colour: false,
    isInteractive: false,
  };
  const code = await runCommand(['start', '--port', '0', '--data', folder], { terminal, environment: {} });
  assert.equal(code, 1);
  assert.match(err, /^riposte: \S+riposte\.sqlite is in use by another Riposte server\. .*--data\.\n$/);
});

test('a first Ctrl-C stops, a second one ends at once with 130', { timeout: 30_000 }, async () => {
  const script = `
    import { untilInterrupted } from ${JSON.stringify(new URL('../src/commands/start.ts', import.meta.url))};
    const interrupted = untilInterrupted();
    process.stdout.write('waiting');
    await interrupted;
    process.stdout.write('stopping');
    setInterval(() => {}, 60_000); // what is stopped hangs
  `;
  const waiting = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await printed(waiting, /(waiting)/);
  waiting.kill('SIGINT');
  await printed(waiting, /(stopping)/);
  waiting.kill('SIGINT');
  assert.deepEqual(await once(waiting, 'exit'), [130, null]);
});

test('the server stops at TERM, with 0', { timeout: 30_000 }, async () => {
  assert.equal((await fetch(`${endpoint}/_riposte/health`)).status, 200);
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});
