import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import {
  verifyCallChain,
  type CallFilter,
  type CallRecord,
  type NewCallRecord,
  type NewNotification,
} from '@riposte/account';
import { Database, SqliteAccountStore } from '@riposte/store-sqlite';

function open(t: TestContext): SqliteAccountStore {
  const database = new Database(':memory:');
  t.after(() => database.close());
  return new SqliteAccountStore(database);
}

function call(members: Partial<NewCallRecord> = {}): NewCallRecord {
  return {
    id: 'event-1',
    timeMs: 1000,
    region: 'us-east-1',
    service: 'iam',
    eventSource: 'iam.amazonaws.com',
    operation: 'CreateUser',
    access: 'write',
    userIdentity: { type: 'IAMUser', userName: 'alice', accessKeyId: 'AKIA1' },
    sourceIpAddress: '127.0.0.1',
    userAgent: 'test',
    resources: [],
    requestParameters: null,
    responseElements: null,
    requestId: 'request-1',
    verdict: 'Allowed.',
    ...members,
  };
}

function notification(id: string, createdAtMs: number, executionArn?: string): NewNotification {
  return {
    id,
    topicArn: 'arn:aws:sns:us-east-1:000000000000:topic',
    subscriptionArn: 'arn:aws:sns:us-east-1:000000000000:topic:one',
    protocol: 'email',
    endpoint: 'security@example.com',
    messageId: 'message',
    message: 'text',
    createdAtMs,
    simulated: false,
    ...(executionArn !== undefined && { executionArn }),
  };
}

test('resources are kept by type and id, and listed by prefix in order of id', async (t) => {
  const store = open(t);
  await store.transaction((transaction) => {
    for (const id of ['eu/b', 'us/b', 'us/a', 'us0', 'us/é']) transaction.put('sns:topic', id, { id });
    transaction.put('iam:user', 'us/c', { id: 'other type' });
  });
  await store.transaction((transaction) => {
    assert.deepEqual(transaction.get('sns:topic', 'us/a'), { id: 'us/a' });
    assert.equal(transaction.get('sns:topic', 'us/c'), undefined);
    assert.deepEqual(transaction.list('sns:topic', 'us/'), [{ id: 'us/a' }, { id: 'us/b' }, { id: 'us/é' }]);
    assert.equal(transaction.list('sns:topic').length, 5);
    transaction.put('sns:topic', 'us/a', { id: 'changed' });
    assert.deepEqual(transaction.get('sns:topic', 'us/a'), { id: 'changed' });
    assert.equal(transaction.delete('sns:topic', 'us/a'), true);
    assert.equal(transaction.delete('sns:topic', 'us/a'), false);
  });
});

test('a transaction that throws leaves nothing behind', async (t) => {
  const store = open(t);
  const refused = store.transaction((transaction) => {
    transaction.put('iam:user', 'a', {});
    transaction.appendCall(call());
    transaction.enqueueNotification(notification('n', 1));
    throw new Error('refused');
  });
  const other = store.transaction((transaction) => transaction.put('iam:user', 'b', {}));
  await assert.rejects(refused, /refused/);
  await other;
  await store.transaction((transaction) => {
    assert.equal(transaction.list('iam:user').length, 1);
    assert.deepEqual(transaction.findCalls({ limit: 10 }), []);
  });
  assert.deepEqual(await store.listNotifications({ limit: 10 }), []);
});

test('calls form a chain that shows a change, a removal and another order', async (t) => {
  const store = open(t);
  const records = await store.transaction((transaction) => [
    transaction.appendCall(call({ requestParameters: { b: 1, a: new Date(0), gone: undefined } })),
    transaction.appendCall(call({ id: 'event-2' })),
    transaction.appendCall(call({ id: 'event-3' })),
  ]);
  const read = await store.transaction((transaction) => transaction.findCalls({ limit: 10 }).reverse());
  assert.deepEqual(read, records);
  assert.deepEqual(read[0]?.requestParameters, { a: '1970-01-01T00:00:00.000Z', b: 1 });
  assert.deepEqual(
    records.map((record) => record.sequence),
    [1, 2, 3],
  );
  const end = { sequence: 3, hash: records[2]?.hash };
  assert.deepEqual(verifyCallChain(read), { intact: true, records: 3, end });

  const [first, second, third] = read as [CallRecord, CallRecord, CallRecord];
  const broken = (chain: CallRecord[]) => {
    const verdict = verifyCallChain(chain);
    return verdict.intact ? 'intact' : verdict.sequence;
  };
  assert.equal(broken([first, { ...second, operation: 'GetUser' }, third]), 2);
  assert.equal(broken([first, { ...second, errorCode: 'AccessDenied' }, third]), 2);
  assert.equal(broken([first, third]), 3);
  assert.equal(broken([second, third]), 2);
  assert.equal(broken([first, { ...third, sequence: 2 }]), 2);
});

test('calls are found by everything that CloudTrail and the console ask for, newest first', async (t) => {
  const store = open(t);
  const wanted = call({
    id: 'wanted',
    timeMs: 5000,
    region: 'eu-west-1',
    service: 'sns',
    operation: 'Publish',
    access: 'read',
    executionArn: 'arn:execution',
    userIdentity: {
      type: 'AssumedRole',
      arn: 'arn:aws:sts::000000000000:assumed-role/Role/session-1',
      accessKeyId: 'ASIA1',
    },
    resources: [
      { type: 'AWS::IAM::User', name: 'bob' },
      { type: 'AWS::IAM::User', name: 'bob' },
    ],
  });
  await store.transaction((transaction) => {
    transaction.appendCall(call());
    transaction.appendCall(wanted);
    transaction.appendCall(call({ id: 'event-3', timeMs: 9000 }));
  });
  const filters: Omit<CallFilter, 'limit'>[] = [
    { executionArn: 'arn:execution' },
    { accessKeyId: 'ASIA1' },
    { operation: 'Publish' },
    { service: 'sns' },
    { userName: 'session-1' },
    { resourceName: 'bob' },
    { resourceType: 'AWS::IAM::User' },
    { access: 'read' },
    { id: 'wanted' },
    { region: 'eu-west-1' },
    { fromMs: 5000, toMs: 5000 },
    { beforeSequence: 3, fromMs: 2000 },
  ];
  await store.transaction((transaction) => {
    for (const filter of filters) {
      const ids = transaction.findCalls({ ...filter, limit: 10 }).map((record) => record.id);
      assert.deepEqual(ids, ['wanted'], JSON.stringify(filter));
    }
    const newest = transaction.findCalls({ limit: 2 }).map((record) => record.id);
    assert.deepEqual(newest, ['event-3', 'wanted']);
    assert.deepEqual(transaction.findCalls({ userName: 'nobody', limit: 10 }), []);
  });
});

test('the answer of a repeated call is found by its task and journal key', async (t) => {
  const store = open(t);
  await store.transaction((transaction) => {
    transaction.appendCall(call({ taskId: 'task', journalKey: 'iam:1', answer: '{"first":1}' }));
    transaction.appendCall(call({ taskId: 'task', journalKey: 'iam:2', errorCode: 'Throttling' }));
    transaction.appendCall(call({ taskId: 'task', journalKey: 'iam:2', answer: '{"second":1}' }));
    transaction.appendCall(call({ taskId: 'task' }));
  });
  await store.transaction((transaction) => {
    assert.equal(transaction.findAnswer('task', 'iam:1')?.answer, '{"first":1}');
    assert.equal(transaction.findAnswer('task', 'iam:2')?.answer, '{"second":1}');
    assert.equal(transaction.findAnswer('task', 'iam:3'), undefined);
    assert.equal(transaction.findAnswer('other', 'iam:1'), undefined);
  });
});

test('notifications are due in order until they are delivered or dead', async (t) => {
  const store = open(t);
  await store.transaction((transaction) => {
    transaction.enqueueNotification(notification('b', 200, 'arn:execution'));
    transaction.enqueueNotification(notification('a', 100));
    transaction.enqueueNotification(notification('c', 300));
    transaction.enqueueNotification({ ...notification('a', 100), message: 'the same id again' });
  });
  const due = async (nowMs: number) => (await store.dueNotifications(nowMs, 10)).map(({ id }) => id);
  assert.deepEqual(await due(99), []);
  assert.deepEqual(await due(250), ['a', 'b']);
  assert.deepEqual(
    (await store.dueNotifications(400, 1)).map(({ id, status, attempts, message }) => [
      id,
      status,
      attempts,
      message,
    ]),
    [['a', 'pending', 0, 'text']],
  );
  await store.updateNotification('a', { status: 'delivered', deliveredAtMs: 250 });
  await store.updateNotification('b', { status: 'dead', lastError: '550' });
  await store.updateNotification('c', { attempts: 1, dueAtMs: 900 });
  assert.deepEqual(await due(899), []);
  assert.deepEqual(await due(900), ['c']);
  const listed = await store.listNotifications({ limit: 2 });
  assert.deepEqual(
    listed.map(({ id }) => id),
    ['c', 'b'],
  );
  assert.deepEqual(
    (await store.listNotifications({ executionArn: 'arn:execution', limit: 9 })).map(({ id, lastError }) => [
      id,
      lastError,
    ]),
    [['b', '550']],
  );
  await assert.rejects(store.updateNotification('z', {}), /no notification z/);
});

test('reading commits nothing and sees what was answered', async (t) => {
  let commits = 0;
  const database = new Database(':memory:', () => (commits += 1));
  t.after(() => database.close());
  const store = new SqliteAccountStore(database);
  for (const id of ['b', 'a', 'c']) await store.transaction((transaction) => transaction.put('x', id, id));
  assert.equal(commits, 3);
  assert.equal(await store.read((reading) => reading.get('x', 'a')), 'a');
  assert.deepEqual(await store.read((reading) => reading.list('x', '', 2)), ['a', 'b']);
  assert.equal(commits, 3);
  await assert.rejects(
    store.read(() => {
      throw new Error('no');
    }),
    /^Error: no$/,
  );
});

test('log events that an earlier version kept among the resources become rows', async (t) => {
  const database = new Database(':memory:');
  t.after(() => database.close());
  const batch = {
    logStreamName: 's',
    batch: 0,
    ingestedAtMs: 9,
    events: [{ timestampMs: 5, message: 'old' }],
  };
  await new SqliteAccountStore(database).transaction((transaction) =>
    transaction.put('logs:events', 'us-east-1/a/b:s:000000000000', batch),
  );
  const store = new SqliteAccountStore(database);
  const query = { region: 'us-east-1', logGroup: 'a/b', limit: 9 };
  const found = await store.transaction((transaction) => transaction.logEvents.find(query));
  assert.deepEqual(found, [
    { sequence: 1, timestampMs: 5, ingestedAtMs: 9, message: 'old', logStreamName: 's' },
  ]);
  assert.deepEqual(await store.read((reading) => reading.list('logs:events')), []);
});
