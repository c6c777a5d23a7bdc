import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { ServerConnection } from '@riposte/cli';
import { startServer } from '@riposte/server';
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
