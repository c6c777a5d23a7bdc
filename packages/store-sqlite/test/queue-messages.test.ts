import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Database, SqliteAccountStore } from '@riposte/store-sqlite';

test('what was sent, and who has it, is there after the process is gone', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'riposte-queues-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'riposte.sqlite');
  let database = new Database(file);
  let messages: string[] = [];
  const store = new SqliteAccountStore(database);
  const message = {
    queue: 'us-east-1/Work',
    messageId: 'm',
    attributes: { a: { DataType: 'Binary', binaryBase64: 'AA==' } },
    senderId: 'me',
    sentAtMs: 1,
    receiveCount: 0,
  };
  await store.transaction((transaction) => {
    transaction.messages.add({ ...message, body: 'free', visibleAtMs: 1 });
    transaction.messages.add({ ...message, body: 'taken', visibleAtMs: 9_000, receipt: 'r' });
  });
  await assert.rejects(
    store.transaction((transaction) => {
      transaction.messages.add({ ...message, body: 'undone', visibleAtMs: 1 });
      throw new Error('refused');
    }),
  );
  database.close();
  database = new Database(file);
  t.after(() => database.close());
  const reopened = new SqliteAccountStore(database);
  await reopened.transaction(({ messages: kept }) => {
    messages = kept.visible('us-east-1/Work', 1_000, 10).map(({ body }) => body);
    assert.deepEqual(kept.count('us-east-1/Work', 1_000), { visible: 1, inFlight: 1, delayed: 0 });
    assert.equal(kept.nextVisibleMs('us-east-1/Work', 1_000), 9_000);
    assert.equal(kept.get('us-east-1/Work', 2)?.receipt, 'r');
  });
  assert.deepEqual(messages, ['free']);
});
