import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  createFunctionHost,
  type FunctionConfiguration,
  type FunctionHost,
  type FunctionHostOptions,
} from '@riposte/functions';
import { hostOptions, type Recorded } from './host-options.ts';

interface World {
  host: FunctionHost;
  recorded: Recorded;
}

function open(
  t: TestContext,
  change: (options: FunctionHostOptions, folder: string) => Partial<FunctionHostOptions>,
): World {
  const folder = mkdtempSync(join(tmpdir(), 'riposte-code-'));
  writeFileSync(join(folder, 'index.ts'), `export const handler = async () => process.env.TMPDIR;`);
  const recorded: Recorded = { logs: [], attributions: [], revoked: 0 };
  const standard = hostOptions(recorded, folder);
  const host = createFunctionHost({ ...standard, ...change(standard, folder) });
  t.after(async () => {
    await host.close();
    rmSync(folder, { recursive: true });
  });
  return { host, recorded };
}

function invoke(
  host: FunctionHost,
  name: string,
  environment: Record<string, string> = {},
  signal?: AbortSignal,
) {
  const configuration: FunctionConfiguration = {
    functionName: name,
    functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    timeoutSeconds: 10,
    memorySizeMb: 128,
    environment,
    roleArn: 'arn:aws:iam::000000000000:role/function',
    codeSha256: 'same',
    region: 'us-east-1',
  };
  const requestId = crypto.randomUUID();
  return host.invoke({ configuration, payload: '{}', requestId, ...(signal && { signal }) });
}

test('however many invocations come at once, there are never more processes than allowed', async (t) => {
  let alive = 0;
  let most = 0;
  const { host } = open(t, ({ credentials }) => ({
    processesMax: 3,
    credentials: {
      async issue(request) {
        most = Math.max(most, (alive += 1));
        const issued = await credentials.issue(request);
        return {
          ...issued,
          revoke() {
            alive -= 1;
            issued.revoke();
          },
        };
      },
    },
  }));
  // five functions for three slots: processes must end for others to start
  const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => invoke(host, `f${i % 5}`)));
  assert.deepEqual(
    answers.map(({ functionError }) => functionError),
    answers.map(() => undefined),
  );
  assert.equal(most, 3);
});

test('a process that gets no credentials, or cannot be made or started, keeps no slot', async (t) => {
  let refusals = 3;
  const { host, recorded } = open(t, ({ credentials, codeFolderOf }) => ({
    processesMax: 1,
    credentials: {
      async issue(request) {
        const issued = await credentials.issue(request);
        if (refusals-- > 0) throw new Error('The role may not be assumed.');
        return issued;
      },
    },
    codeFolderOf(codeSha256) {
      if (refusals === -1) throw new Error('The code is gone.');
      return codeFolderOf(codeSha256);
    },
  }));
  const answers = await Promise.allSettled(Array.from({ length: 5 }, () => invoke(host, 'f')));
  assert.deepEqual(
    answers.map((answer) => (answer.status === 'rejected' ? String(answer.reason) : answer.status)),
    [
      'Error: The role may not be assumed.',
      'Error: The role may not be assumed.',
      'Error: The role may not be assumed.',
      'Error: The code is gone.',
      'fulfilled',
    ],
  );
  assert.equal(recorded.revoked, 1, 'the credentials of the process that was not made are void');
  await assert.rejects(invoke(host, 'g', { TEXT: 'no process\0has this' }), /null bytes/);
  assert.equal(recorded.revoked, 3);
  assert.equal((await invoke(host, 'f')).functionError, undefined);
});

test('an invocation that waits in line is withdrawn when nobody waits for it any more', async (t) => {
  const { host, recorded } = open(t, () => ({ processesMax: 1 }));
  const nobodyWaits = new AbortController();
  const answers = Promise.allSettled([
    invoke(host, 'f'),
    invoke(host, 'f', {}, nobodyWaits.signal),
    invoke(host, 'f'),
  ]);
  nobodyWaits.abort();
  assert.deepEqual(
    (await answers).map((answer) => (answer.status === 'rejected' ? String(answer.reason) : answer.status)),
    ['fulfilled', 'ServiceException: The invocation was withdrawn; nobody waits for it.', 'fulfilled'],
  );
  const begun = recorded.logs.filter((line) => line.startsWith('START'));
  assert.equal(begun.length, 2);
});

test('another function is served next, however many calls of one wait', async (t) => {
  const { host } = open(t, () => ({ processesMax: 1 }));
  const served: string[] = [];
  const call = async (name: string) => {
    await invoke(host, name);
    served.push(name);
  };
  await Promise.all([...Array.from({ length: 6 }, () => call('many')), call('one')]);
  assert.deepEqual(served, ['many', 'one', ...Array.from({ length: 5 }, () => 'many')]);
});

test('a call whose process is of no use any more is served before later ones of its function', async (t) => {
  const { host, recorded } = open(t, () => ({ processesMax: 1 }));
  await invoke(host, 'f');
  recorded.roleGeneration = 2;
  const served: string[] = [];
  const call = async (name: string) => {
    await invoke(host, 'f');
    served.push(name);
  };
  await Promise.all([call('first'), call('second'), call('third')]);
  assert.deepEqual(served, ['first', 'second', 'third']);
});

test('what functions left in their temporary folders when the server was killed is removed at its start', async (t) => {
  let temporary = '';
  const { host } = open(t, (_, folder) => {
    temporary = join(folder, 'tmp');
    mkdirSync(join(temporary, 'riposte-function-killed'), { recursive: true });
    writeFileSync(join(temporary, 'riposte-function-killed', 'left.txt'), 'behind');
    return { tempFolder: temporary };
  });
  assert.deepEqual(readdirSync(temporary), []);
  const { payload } = await invoke(host, 'f');
  assert.equal(dirname(JSON.parse(payload) as string), temporary);
  await host.close();
  assert.deepEqual(readdirSync(temporary), []);
});
