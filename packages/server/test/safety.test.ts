import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { World } from './support/world.ts';

test('a server that a program starts without the command line tries hostile patterns in linear time', async (t) => {
  const world = await World.open();
  t.after(() => world.close());
  const script = join(world.folder, 'embedding.ts');
  writeFileSync(
    script,
    `import { defaultConfiguration, startServer } from ${JSON.stringify(import.meta.resolve('@riposte/server'))};
     const server = await startServer({ ...defaultConfiguration(), dataFolder: ${JSON.stringify(join(world.folder, 'embedded'))}, awsPort: 0, peoplePort: 0 }, () => {});
     console.log(new RegExp('^(?:(a+)+b)$').test('a'.repeat(60)));
     await server.close();`,
  );
  const { stdout, stderr, signal } = spawnSync(process.execPath, [script], {
    encoding: 'utf8',
    timeout: 30_000, // without it the pattern would be tried for years
    killSignal: 'SIGKILL',
  });
  assert.deepEqual([stdout, signal], ['false\n', null], stderr);
});

test('a data folder and what stands in it are for their owner alone, and files of killed functions are removed', async (t) => {
  const umask = process.umask(0o022);
  t.after(() => process.umask(umask));
  const world = await World.open();
  t.after(() => world.close());
  const data = join(world.folder, 'data');
  const modes = ['', 'outbox', 'tmp', 'riposte.sqlite', 'administrator-key.json'].map(
    (name) => statSync(join(data, name)).mode & 0o777,
  );
  assert.deepEqual(modes, [0o700, 0o700, 0o700, 0o600, 0o600]);

  const left = join(data, 'tmp', 'riposte-function-left');
  mkdirSync(left);
  await world.stop();
  await world.start();
  assert.equal(existsSync(left), false);
});
