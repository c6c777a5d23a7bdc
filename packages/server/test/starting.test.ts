import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ServerConnection } from '@riposte/cli';
import { defaultConfiguration, startServer } from '@riposte/server';
import { Database } from '@riposte/store-sqlite';
import { World } from './support/world.ts';

test('a command waits for a server that is starting', async () => {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    const status = asked < 3 ? 'starting' : 'ready';
    response.writeHead(status === 'ready' ? 200 : 503);
    response.end(JSON.stringify({ status, peopleUrl: 'http://127.0.0.1:1', defaultKey: true }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo; // listening on TCP
  try {
    const connection = await ServerConnection.open({ endpoint: `http://127.0.0.1:${port}`, environment: {} });
    assert.deepEqual([connection.health.status, asked], ['ready', 3]);
  } finally {
    await new Promise((closed) => server.close(closed));
  }
});

test('a second server on a data folder is refused by an error with a name', async () => {
  const world = await World.open();
  try {
    await assert.rejects(
      startServer(
        world.configuration(),
        () => {},
        (file) => new Database(file),
      ),
      { name: 'DatabaseUnavailable', message: /in use by another Riposte server/ },
    );
  } finally {
    await world.close();
  }
});

test('a data folder is made with its parents, for its owner alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'riposte-data-'));
  try {
    const dataFolder = join(folder, 'of', 'riposte');
    const server = await startServer(
      { ...defaultConfiguration(), awsPort: 0, peoplePort: 0, dataFolder },
      () => {},
    );
    await server.close();
    for (const made of [join(folder, 'of'), dataFolder, join(dataFolder, 'outbox')])
      assert.equal(statSync(made).mode & 0o777, 0o700);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a data folder that cannot be made is named, with why and what to do', { timeout: 20_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'riposte-data-'));
  try {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const unusable: [string, RegExp][] = [
      [file, /file cannot be used: a part of its path is a file\. Choose another with --data\./],
      [join(file, 'a', 'b'), /b cannot be used: a part of its path is a file\./],
    ];
    // a file system that answers as if the parent were missing
    if (process.platform === 'linux')
      unusable.push(['/proc/none', /none cannot be used: it cannot be made there\./]);
    for (const [dataFolder, message] of unusable)
      await assert.rejects(
        startServer({ ...defaultConfiguration(), awsPort: 0, peoplePort: 0, dataFolder }, () => {}),
        { name: 'ConfigurationError', message },
      );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
