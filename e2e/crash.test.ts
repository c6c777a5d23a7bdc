import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  ListAccessKeysCommand,
} from '@aws-sdk/client-iam';
import { playbook, RunningServer } from './running-server.ts';

/** More commits than the story has: the run with this many ends without dying. */
const COMMITS_MAX = 400;

let prepared: string;
let exposedKey: string;
let otherKey: string;

before(async () => {
  const server = await RunningServer.start();
  const up = server.riposte(
    'up',
    playbook,
    '--stack',
    'story',
    '-p',
    'NotificationEmail=security@example.com',
  );
  assert.equal(up.status, 0, up.stderr);
  const iam = clientOf(server.url);
  await iam.send(new CreateUserCommand({ UserName: 'alice' }));
  exposedKey =
    (await iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }))).AccessKey?.AccessKeyId ?? '';
  otherKey = (await iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }))).AccessKey?.AccessKeyId ?? '';
  iam.destroy();
  prepared = mkdtempSync(join(tmpdir(), 'riposte-prepared-'));
  await server.kill();
  cpSync(server.dataFolder, prepared, { recursive: true });
  rmSync(server.dataFolder, { recursive: true });
});
after(() => rmSync(prepared, { recursive: true, force: true }));

test('the story, killed at every commit boundary, continues after a restart: each key contained, one notice', async () => {
  let nextBoundary = 1;
  let last = COMMITS_MAX;
  const worker = async () => {
    while (nextBoundary <= last) {
      const boundary = nextBoundary;
      nextBoundary += 1;
      const died = await playKilledAt(boundary);
      if (!died) last = Math.min(last, boundary);
    }
  };
  await Promise.all([worker(), worker()]);
  assert.ok(
    last > 20 && last < COMMITS_MAX,
    `the story has ${last} commits, and was to end before ${COMMITS_MAX}`,
  );
  console.log(`killed at each of ${last - 1} commits`);
});

/** @returns whether the server died; where it did not, the story was over before */
async function playKilledAt(boundary: number): Promise<boolean> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'riposte-killed-'));
  cpSync(prepared, dataFolder, { recursive: true });
  try {
    const died = await runUntilDeath(dataFolder, boundary);
    const server = await RunningServer.start({ dataFolder });
    try {
      await assertStoryEnded(server, boundary);
    } finally {
      await server.kill();
    }
    return died;
  } finally {
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

/** Starts the dying server, injects the event, and waits for death, or for the end of the story. */
async function runUntilDeath(dataFolder: string, boundary: number): Promise<boolean> {
  const script = join(import.meta.dirname, 'dying-server.ts');
  const child = spawn(process.execPath, [script, dataFolder, String(boundary)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<'died'>((done) => child.on('exit', () => done('died')));
  const url = await new Promise<string>((ready) => {
    child.stdout.on('data', (chunk: Buffer) => {
      const found = /AWS door (\S+)/.exec(chunk.toString())?.[1];
      if (found !== undefined) ready(found);
    });
  });
  const told = (async () => {
    const server = RunningServer.at(url, dataFolder);
    const simulated = await server.riposteAsync(
      'simulate',
      'health/AWS_RISK_CREDENTIALS_EXPOSED',
      '--key',
      exposedKey,
      '--user',
      'alice',
    );
    if (simulated.status !== 0) return 'died' as const;
    const ended = await untilEnded(server);
    return ended ? ('ended' as const) : ('died' as const);
  })();
  const outcome = await Promise.race([exited, told]);
  child.kill('SIGKILL');
  await exited;
  await told.catch(() => {});
  return outcome === 'died';
}

async function untilEnded(server: RunningServer): Promise<boolean> {
  for (let look = 0; look < 400; look += 1) {
    const listed = await server.riposteAsync('executions', '--json');
    if (listed.status !== 0) return false;
    const executions = JSON.parse(listed.stdout) as { executionArn: string; status: string }[];
    const mails = JSON.parse((await server.riposteAsync('mail', '--json')).stdout || '[]') as {
      status: string;
    }[];
    const isOver =
      executions.some(({ executionArn }) => executionArn.includes('RespondToExposedKey')) &&
      executions.every(({ status }) => status !== 'RUNNING') &&
      mails.length > 0 &&
      mails.every(({ status }) => status === 'delivered');
    if (isOver) return true;
  }
  return false;
}

async function assertStoryEnded(server: RunningServer, boundary: number): Promise<void> {
  assert.ok(
    await untilEnded(server),
    `killed at commit ${boundary}: the story did not end after the restart`,
  );
  const iam = clientOf(server.url);
  const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({ UserName: 'alice' }));
  iam.destroy();
  assert.deepEqual(
    AccessKeyMetadata?.map((key) => [key.AccessKeyId, key.Status]),
    [[otherKey, 'Active']],
    `killed at commit ${boundary}`,
  );
  const outbox = join(server.dataFolder, 'outbox');
  const mails = readdirSync(outbox).filter((file) => file.endsWith('.eml'));
  assert.equal(mails.length, 1, `killed at commit ${boundary}: ${mails.length} mails in the outbox`);
  const mail = readFileSync(join(outbox, mails[0] ?? ''), 'utf8');
  assert.ok(mail.includes(exposedKey), `killed at commit ${boundary}: the mail names the key`);
  const executions = JSON.parse((await server.riposteAsync('executions', '--json')).stdout) as {
    status: string;
  }[];
  assert.deepEqual(
    executions.map(({ status }) => status),
    ['SUCCEEDED', 'SUCCEEDED'],
    `killed at commit ${boundary}`,
  );
}

function clientOf(endpoint: string): IAMClient {
  return new IAMClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
}
