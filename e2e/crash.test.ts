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
import { ListExecutionsCommand, ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { ServerConnection } from '../packages/cli/src/connection/server-connection.ts';
import { playbook, RunningServer } from './running-server.ts';

/** More commits than the story has: the run with this many ends without dying. */
const COMMITS_MAX = 400;

/** Longer than the story takes on a busy machine. */
const STORY_MS = 60_000;

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
    const outcome = await runUntilDeath(dataFolder, boundary);
    const server = await RunningServer.start({ dataFolder });
    try {
      // Killed before the event was on disk, and so before it was acknowledged: then nothing may have happened.
      const { acknowledged } = outcome;
      if (acknowledged || (await eventIsStored(server))) await assertStoryEnded(server, boundary);
      else assert.deepEqual(outboxOf(server), [], `killed at commit ${boundary}`);
    } finally {
      await server.kill();
    }
    return outcome.died;
  } finally {
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

/** Starts the dying server, injects the event, and waits for death, or for the end of the story. */
async function runUntilDeath(
  dataFolder: string,
  boundary: number,
): Promise<{ died: boolean; acknowledged: boolean }> {
  const script = join(import.meta.dirname, 'dying-server.ts');
  const child = spawn(process.execPath, [script, dataFolder, String(boundary)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const life = { ended: false };
  const exited = new Promise<void>((done) =>
    child.on('exit', () => {
      life.ended = true;
      done();
    }),
  );
  const url = await new Promise<string>((ready) => {
    child.stdout.on('data', (chunk: Buffer) => {
      const found = /AWS door (\S+)/.exec(chunk.toString())?.[1];
      if (found !== undefined) ready(found);
    });
  });
  const server = RunningServer.at(url, dataFolder);
  const acknowledged = await inject(server);
  // Nothing is asked of the server meanwhile: each request would add commits to those of the story.
  const deadline = performance.now() + STORY_MS;
  for (let quiet = 0; !life.ended && quiet < 20;) {
    assert.ok(
      performance.now() < deadline,
      `commit ${boundary}: the server lives, and the story does not end`,
    );
    await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, 50))]);
    if (outboxOf(server).length > 0) quiet += 1;
  }
  const outcome = { died: life.ended, acknowledged };
  child.kill('SIGKILL');
  await exited;
  return outcome;
}

/** @returns whether the server answered that the event is on disk */
async function inject(server: RunningServer): Promise<boolean> {
  try {
    const connection = await ServerConnection.open({ endpoint: server.url, environment: {} });
    const name = 'health/AWS_RISK_CREDENTIALS_EXPOSED';
    await connection.post('/api/simulate', { name, accessKeyIds: [exposedKey], userName: 'alice' });
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'CommandFailure') return false;
    throw error;
  }
}

async function eventIsStored(server: RunningServer): Promise<boolean> {
  const connection = await ServerConnection.open({ endpoint: server.url, environment: {} });
  return (await connection.get<unknown[]>('/api/events')).length > 0;
}

/** @returns false when nobody answers any more */
async function untilEnded(server: RunningServer): Promise<boolean> {
  const sfn = new SFNClient(optionsFor(server.url));
  try {
    for (let look = 0; look < 600; look += 1) {
      const statuses = await executionStatuses(sfn);
      const isOver = statuses.length === 2 && statuses.every((status) => status !== 'RUNNING');
      if (isOver && outboxOf(server).length > 0) return true;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return false;
  } catch (error) {
    if (
      error instanceof Error &&
      'code' in error &&
      ['ECONNREFUSED', 'ECONNRESET'].includes(String(error.code))
    )
      return false;
    throw error;
  } finally {
    sfn.destroy();
  }
}

async function executionStatuses(sfn: SFNClient): Promise<(string | undefined)[]> {
  const { stateMachines } = await sfn.send(new ListStateMachinesCommand({}));
  const listed = await Promise.all(
    (stateMachines ?? []).map(({ stateMachineArn }) =>
      sfn.send(new ListExecutionsCommand({ stateMachineArn })),
    ),
  );
  return listed.flatMap(({ executions }) => (executions ?? []).map(({ status }) => status));
}

function outboxOf(server: RunningServer): string[] {
  const outbox = join(server.dataFolder, 'outbox');
  return readdirSync(outbox)
    .filter((file) => file.endsWith('.eml'))
    .map((file) => readFileSync(join(outbox, file), 'utf8'));
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
  const mails = outboxOf(server);
  assert.equal(mails.length, 1, `killed at commit ${boundary}: ${mails.length} mails in the outbox`);
  assert.ok(mails[0]?.includes(exposedKey), `killed at commit ${boundary}: the mail names the key`);
  const sfn = new SFNClient(optionsFor(server.url));
  const statuses = await executionStatuses(sfn);
  sfn.destroy();
  assert.deepEqual(statuses, ['SUCCEEDED', 'SUCCEEDED'], `killed at commit ${boundary}`);
}

function clientOf(endpoint: string): IAMClient {
  return new IAMClient(optionsFor(endpoint));
}

function optionsFor(endpoint: string) {
  return {
    endpoint,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
}
