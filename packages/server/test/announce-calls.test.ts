import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Database, SqliteAccountStore } from '@riposte/store-sqlite';
import { announceCalls } from '../src/announce-calls.ts';

test('a listener that throws is reported; the change stays answered and the other listeners are told', async () => {
  const database = new Database(':memory:');
  const reports: string[] = [];
  const { store, subscribeToNotifications } = announceCalls(new SqliteAccountStore(database), (line) =>
    reports.push(line),
  );
  let told = 0;
  subscribeToNotifications(() => {
    throw new Error('the listener broke');
  });
  subscribeToNotifications(() => (told += 1));
  const result = await store.transaction((transaction) => {
    transaction.enqueueNotification({
      id: 'one',
      topicArn: 'arn:aws:sns:us-east-1:000000000000:alarm',
      subscriptionArn: 'arn:aws:sns:us-east-1:000000000000:alarm:one',
      protocol: 'email',
      endpoint: 'security@example.com',
      messageId: 'one',
      message: 'text',
      simulated: false,
      createdAtMs: 0,
    });
    return 'kept';
  });
  assert.deepEqual([result, told], ['kept', 1]);
  assert.match(reports[0] ?? '', /listener[^]*the listener broke/);
  database.close();
});
