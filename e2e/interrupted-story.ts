import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { ListExecutionsCommand, ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { ServerConnection } from '@riposte/cli';
import { playbook, RunningServer } from './running-server.ts';

/** A way the main story can go, and what must be true at its end however often the server was killed on the way. */
export interface Story {
  title: string;
  /** For `riposte up`. */
  parameters: readonly string[];
  /** How many of alice's two keys the event names. */
  exposed: 1 | 2;
  /** An explicit Deny stands on the role that contains keys. */
  forbidden: boolean;
  /** Statuses of the keys that alice still has. */
  keysAfter: readonly string[];
  /** What the subjects of the mails begin with, sorted; one mail each. */
  subjects: readonly string[];
}

/** Longer than a story takes on a busy machine. */
const STORY_MS = 60_000;
const LOOK_AGAIN_MS = 50;
const USER = 'alice';

/** A data folder in which everything stands ready for the event, copied for each run. */
export class PreparedStory {
  readonly #story: Story;
  readonly #folder: string;
  readonly #keys: readonly string[];

  private constructor(story: Story, folder: string, keys: readonly string[]) {
    this.#story = story;
    this.#folder = folder;
    this.#keys = keys;
  }

  static async prepare(story: Story): Promise<PreparedStory> {
    const server = await RunningServer.start();
    const up = server.riposte(
      'up',
      playbook,
      '--stack',
      'story',
      '-p',
      'NotificationEmail=security@example.com',
      ...story.parameters,
    );
    assert.equal(up.status, 0, up.stderr);
    const iam = new IAMClient(optionsFor(server.url));
    await iam.send(new CreateUserCommand({ UserName: USER }));
    const keys: string[] = [];
    for (let count = 0; count < 2; count += 1) {
      const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: USER }));
      keys.push(AccessKey?.AccessKeyId ?? '');
    }
    if (story.forbidden) await forbidContainment(iam);
    iam.destroy();
    const folder = mkdtempSync(join(tmpdir(), 'riposte-prepared-'));
    await server.kill();
    cpSync(server.dataFolder, folder, { recursive: true });
    rmSync(server.dataFolder, { recursive: true });
    return new PreparedStory(story, folder, keys);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** @returns whether the server died; where it did not, the story was over before */
  async playKilledAt(boundary: number): Promise<boolean> {
    const dataFolder = mkdtempSync(join(tmpdir(), 'riposte-killed-'));
    cpSync(this.#folder, dataFolder, { recursive: true });
    try {
      const { died, acknowledged } = await this.#runUntilDeath(dataFolder, boundary);
      const server = await RunningServer.start({ dataFolder });
      try {
        // Killed before the event was on disk, and so before it was acknowledged: then nothing may have happened.
        if (acknowledged || (await eventIsStored(server)))
          await this.#assertEnded(server, `killed at commit ${boundary}`);
        else assert.deepEqual(subjectsIn(dataFolder), [], `killed at commit ${boundary}`);
      } finally {
        await server.kill();
      }
      return died;
    } finally {
      rmSync(dataFolder, { recursive: true, force: true });
    }
  }

  /** Starts the dying server, injects the event, and waits for death, or for the end of the story. */
  async #runUntilDeath(
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
    const acknowledged = await this.#inject(url);
    // Nothing is asked of the server meanwhile: each request would add commits to those of the story.
    const deadline = performance.now() + STORY_MS;
    for (let quiet = 0; !life.ended && quiet < 20;) {
      assert.ok(
        performance.now() < deadline,
        `commit ${boundary}: the server lives, and the story does not end`,
      );
      await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))]);
      if (subjectsIn(dataFolder).length >= this.#story.subjects.length) quiet += 1;
    }
    const outcome = { died: life.ended, acknowledged };
    child.kill('SIGKILL');
    await exited;
    return outcome;
  }

  /** @returns whether the server answered that the event is on disk */
  async #inject(url: string): Promise<boolean> {
    try {
      const connection = await ServerConnection.open({ endpoint: url, environment: {} });
      await connection.post('/api/simulate', {
        name: 'health/AWS_RISK_CREDENTIALS_EXPOSED',
        accessKeyIds: this.#keys.slice(0, this.#story.exposed),
        userName: USER,
      });
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'CommandFailure') return false;
      throw error;
    }
  }

  async #assertEnded(server: RunningServer, when: string): Promise<void> {
    const { subjects, keysAfter } = this.#story;
    const sfn = new SFNClient(optionsFor(server.url));
    const iam = new IAMClient(optionsFor(server.url));
    try {
      const deadline = performance.now() + STORY_MS;
      for (;;) {
        const statuses = await executionStatuses(sfn);
        const isOver = statuses.length === 2 && !statuses.includes('RUNNING');
        if (isOver && subjectsIn(server.dataFolder).length >= subjects.length) break;
        assert.ok(
          performance.now() < deadline,
          `${when}: the story did not end after the restart: ${statuses.join(', ')}`,
        );
        await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      }
      assert.deepEqual(await executionStatuses(sfn), ['SUCCEEDED', 'SUCCEEDED'], when);
      assert.deepEqual(subjectsIn(server.dataFolder), [...subjects].sort(), when);
      const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({ UserName: USER }));
      assert.deepEqual(
        AccessKeyMetadata?.map((key) => key.Status),
        keysAfter,
        when,
      );
    } finally {
      sfn.destroy();
      iam.destroy();
    }
  }
}

/** What the subjects of all mails in the outbox begin with, sorted. */
function subjectsIn(dataFolder: string): string[] {
  const outbox = join(dataFolder, 'outbox');
  return readdirSync(outbox)
    .filter((file) => file.endsWith('.eml'))
    .map(
      (file) =>
        /^Subject: \[SIMULATED\] ([^:]*):/m.exec(readFileSync(join(outbox, file), 'utf8'))?.[1] ??
        'no subject',
    )
    .sort();
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

async function eventIsStored(server: RunningServer): Promise<boolean> {
  const connection = await ServerConnection.open({ endpoint: server.url, environment: {} });
  return (await connection.get<{ events: unknown[] }>('/api/events')).events.length > 0;
}

async function forbidContainment(iam: IAMClient): Promise<void> {
  const { Roles } = await iam.send(new ListRolesCommand({}));
  const role = Roles?.find(({ RoleName }) => RoleName?.includes('ContainKeyRole'));
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: role?.RoleName,
      PolicyName: 'deny',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Deny', Action: ['iam:DeleteAccessKey', 'iam:UpdateAccessKey'], Resource: '*' },
        ],
      }),
    }),
  );
}

function optionsFor(endpoint: string) {
  return {
    endpoint,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
}
