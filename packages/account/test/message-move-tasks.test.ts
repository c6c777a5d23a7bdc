import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createMessageMover, receiveMessages } from '@riposte/account';
import { seededIds, SimulatedClock } from '@riposte/engine';
import { ACCOUNT, at, openAccount, refusal, type Account } from './support/account.ts';

const arnOf = (name: string) => `arn:aws:sqs:us-east-1:${ACCOUNT}:${name}`;
const urlOf = (name: string) => `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/${name}`;

interface World {
  account: Account;
  mover: ReturnType<typeof createMessageMover>;
  start(input?: object): Promise<string>;
  /** The newest first. */
  tasks(): Promise<Record<string, unknown>[]>;
  send(queue: string, ...bodies: string[]): Promise<void>;
  /** What may be received now. */
  bodies(queue: string): Promise<string[]>;
  /** Lets the mover work, and so much time pass. */
  pass(ms?: number): Promise<void>;
  /** Comes before each transaction of the mover. */
  before(act: () => unknown): void;
  /** What the mover told people. */
  reports: string[];
}

/** The queues `first` and `second`, whose dead letters go to `dead` after one receive, and `other`. */
async function open(t: TestContext): Promise<World> {
  const account = openAccount(t);
  const clock = new SimulatedClock(account.now);
  const reports: string[] = [];
  let before: () => unknown = () => {};
  let busy = 0;
  const counted = async <T>(work: Promise<T>): Promise<T> => {
    busy += 1;
    return work.finally(() => (busy -= 1));
  };
  const mover = createMessageMover({
    store: {
      read: (work) => counted(account.store.read(work)),
      transaction: (work) =>
        counted(
          (async () => {
            await before();
            return account.store.transaction(work);
          })(),
        ),
    },
    report: (line) => reports.push(line),
    clock,
    ids: seededIds(1),
    account: ACCOUNT,
  });
  t.after(() => mover.close());
  await account.call('sqs:CreateQueue', { QueueName: 'dead' });
  await account.call('sqs:CreateQueue', { QueueName: 'other' });
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 1 });
  for (const QueueName of ['first', 'second'])
    await account.call('sqs:CreateQueue', { QueueName, Attributes: { RedrivePolicy } });
  const receive = (queue: string, input = {}) =>
    account.inTransaction((transaction) =>
      receiveMessages(transaction, account.context(), {
        QueueUrl: urlOf(queue),
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 0,
        ...input,
      }),
    );
  return {
    account,
    mover,
    async start(input = {}) {
      const answer = await account.call('sqs:StartMessageMoveTask', { SourceArn: arnOf('dead'), ...input });
      mover.wake();
      return String(at(answer, 'TaskHandle'));
    },
    async tasks() {
      const answer = await account.call('sqs:ListMessageMoveTasks', {
        SourceArn: arnOf('dead'),
        MaxResults: 10,
      });
      return at(answer, 'Results') as Record<string, unknown>[];
    },
    async send(queue, ...bodies) {
      for (const MessageBody of bodies)
        await account.call('sqs:SendMessage', { QueueUrl: urlOf(queue), MessageBody });
    },
    async bodies(queue) {
      const { output } = await receive(queue);
      return ((output.Messages ?? []) as { Body: string }[]).map(({ Body }) => Body);
    },
    async pass(ms = 0) {
      await clock.advanceBy(ms, { isBusy: () => busy > 0 });
      account.now = clock.now();
    },
    before(act) {
      before = act;
    },
    reports,
  };
}

/** Sends messages and receives them twice: the second time they are dead letters. */
async function die(world: World, queue: string, ...bodies: string[]): Promise<void> {
  await world.send(queue, ...bodies);
  await world.bodies(queue);
  await world.bodies(queue);
}

test('dead letters go back to the queues that they came from, as new messages', async (t) => {
  const world = await open(t);
  await die(world, 'first', 'a', 'b');
  await die(world, 'second', 'c');
  await world.pass(5000);
  world.mover.start();
  await world.start();
  await world.pass();
  const { account } = world;
  assert.deepEqual(await world.tasks(), [
    {
      Status: 'COMPLETED',
      SourceArn: arnOf('dead'),
      ApproximateNumberOfMessagesMoved: 3,
      ApproximateNumberOfMessagesToMove: 3,
      StartedTimestamp: account.now,
    },
  ]);
  assert.deepEqual(await world.bodies('second'), ['c']);
  const { output } = await account.inTransaction((transaction) =>
    receiveMessages(transaction, account.context(), {
      QueueUrl: urlOf('first'),
      MessageSystemAttributeNames: ['All'],
    }),
  );
  const [message] = output.Messages as { Body: string; Attributes: Record<string, string> }[];
  assert.equal(message?.Body, 'a');
  assert.equal(message.Attributes['ApproximateReceiveCount'], '1', 'it may be received as often as before');
  assert.equal(message.Attributes['SentTimestamp'], String(account.now), 'its retention begins anew');
  assert.equal(message.Attributes['DeadLetterQueueSourceArn'], undefined);
});

test('no more go in a second than the task says, to the queue that it names', async (t) => {
  const world = await open(t);
  await die(world, 'first', 'a', 'b', 'c', 'd', 'e', 'f');
  world.mover.start();
  const handle = await world.start({ DestinationArn: arnOf('other'), MaxNumberOfMessagesPerSecond: 2 });
  const moved: number[] = [];
  for (let second = 0; second < 3; second += 1) {
    await world.pass(second === 0 ? 999 : 1000);
    moved.push((await world.bodies('other')).length);
  }
  assert.deepEqual(moved, [2, 4, 6]);
  const [running] = await world.tasks();
  assert.equal(running?.['TaskHandle'], handle, 'told while it runs only');
  await world.pass(1000);
  const [task] = await world.tasks();
  assert.deepEqual([task?.['Status'], task?.['TaskHandle']], ['COMPLETED', undefined]);
  assert.deepEqual(await world.bodies('dead'), []);
});

for (const rate of [1, 2, 11, 15, 20, 500])
  test(`in no second do more go than ${rate}, however often the mover is woken`, async (t) => {
    const world = await open(t);
    const { account, mover } = world;
    const count = Math.min(3 * rate + 3, 700);
    await account.inTransaction((transaction) => {
      for (let n = 0; n < count; n += 1)
        transaction.messages.add({
          queue: 'us-east-1/dead',
          messageId: String(n),
          body: 'a',
          attributes: {},
          senderId: 'sender',
          sentAtMs: account.now,
          visibleAtMs: account.now,
          receiveCount: 0,
        });
    });
    mover.start();
    await world.start({ DestinationArn: arnOf('other'), MaxNumberOfMessagesPerSecond: rate });
    for (let n = 0; n < 5; n += 1) {
      await world.pass(n === 0 ? 0 : 700);
      mover.wake();
    }
    await world.pass(3000);
    const messages = await account.inTransaction((transaction) =>
      transaction.messages.visible('us-east-1/other', account.now, count),
    );
    assert.equal(messages.length, count);
    for (const { sentAtMs: from } of messages) {
      const within = messages.filter(({ sentAtMs }) => sentAtMs >= from && sentAtMs < from + 1000);
      assert.ok(within.length <= rate, `${within.length} in the second from ${from}`);
    }
  });

test('a task that was cancelled moves nothing for the one that was started after it', async (t) => {
  const world = await open(t);
  await die(world, 'first', 'a', 'b');
  const handle = await world.start({ DestinationArn: arnOf('other') });
  world.before(async () => {
    world.before(() => {});
    await world.account.call('sqs:CancelMessageMoveTask', { TaskHandle: handle });
    await world.start({ DestinationArn: arnOf('other'), MaxNumberOfMessagesPerSecond: 1 });
  });
  world.mover.start();
  await world.pass();
  assert.deepEqual(await world.bodies('other'), ['a'], 'the pace is that of the task that runs');
});

test('a task that the store refuses is told, tried again later, and holds up no other', async (t) => {
  const world = await open(t);
  const { account } = world;
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf('later'), maxReceiveCount: 1 });
  await account.call('sqs:CreateQueue', { QueueName: 'later' });
  await account.call('sqs:CreateQueue', { QueueName: 'third', Attributes: { RedrivePolicy } });
  await die(world, 'first', 'a');
  await die(world, 'third', 'b');
  await world.start();
  await world.start({ SourceArn: arnOf('later') });
  world.before(() => {
    world.before(() => {});
    throw new Error('The disk is full.');
  });
  world.mover.start();
  await world.pass();
  assert.deepEqual([await world.bodies('first'), await world.bodies('third')], [[], ['b']]);
  assert.deepEqual(world.reports, [
    'Messages of dead-letter queues could not be moved: The disk is full. They are tried again in 5 seconds.',
  ]);
  await world.pass(5000);
  assert.deepEqual(await world.bodies('first'), ['a']);
});

test('a task goes on after a restart, and one that was cancelled does not', async (t) => {
  const world = await open(t);
  await die(world, 'first', 'a', 'b', 'c');
  world.mover.start();
  const handle = await world.start({ DestinationArn: arnOf('other'), MaxNumberOfMessagesPerSecond: 1 });
  await world.pass();
  await world.mover.close();
  await world.pass(60_000);
  assert.deepEqual(await world.bodies('other'), ['a']);
  world.mover.start();
  await world.pass();
  assert.deepEqual(await world.bodies('other'), ['a', 'b']);
  const cancel = () => world.account.call('sqs:CancelMessageMoveTask', { TaskHandle: handle });
  assert.deepEqual(await cancel(), { ApproximateNumberOfMessagesMoved: 2 });
  await world.pass(60_000);
  assert.deepEqual(await world.bodies('dead'), ['c']);
  const [task] = await world.tasks();
  assert.deepEqual(
    [
      task?.['Status'],
      task?.['ApproximateNumberOfMessagesMoved'],
      task?.['ApproximateNumberOfMessagesToMove'],
    ],
    ['CANCELLED', 2, 3],
  );
  await assert.rejects(cancel(), refusal('InvalidParameterValue', 400));
  await world.start();
  await world.pass();
  assert.deepEqual(await world.bodies('first'), ['c'], 'the next task may begin');
});

test('what becomes a dead letter again meanwhile is not moved again, nor what is out with a receiver', async (t) => {
  const world = await open(t);
  await die(world, 'first', 'a', 'b');
  const out = await world.account.inTransaction((transaction) =>
    receiveMessages(transaction, world.account.context(), {
      QueueUrl: urlOf('dead'),
      VisibilityTimeout: 600,
    }),
  );
  assert.equal(out.output.Messages?.length, 1);
  await world.pass(1);
  world.mover.start();
  await world.start({ MaxNumberOfMessagesPerSecond: 1 });
  await world.pass(1);
  await world.bodies('first');
  await world.bodies('first');
  await world.pass(1000);
  const [task] = await world.tasks();
  assert.deepEqual([task?.['Status'], task?.['ApproximateNumberOfMessagesMoved']], ['COMPLETED', 1]);
  assert.deepEqual(await world.bodies('dead'), ['b']);
});

test('a task whose messages have nowhere to go fails and says why; what it moved stays moved', async (t) => {
  const world = await open(t);
  world.mover.start();
  await die(world, 'first', 'a', 'b');
  await world.start({ DestinationArn: arnOf('other'), MaxNumberOfMessagesPerSecond: 1 });
  await world.pass();
  await world.account.call('sqs:DeleteQueue', { QueueUrl: urlOf('other') });
  await world.pass(1000);
  await world.send('dead', 'sent here');
  await world.start();
  await world.pass();
  assert.deepEqual(
    (await world.tasks()).map((task) => [
      task['Status'],
      task['FailureReason'],
      task['ApproximateNumberOfMessagesMoved'],
    ]),
    [
      ['FAILED', 'CouldNotDetermineMessageSource', 1],
      ['FAILED', 'AWS.SimpleQueueService.NonExistentQueue', 1],
    ],
  );
  assert.deepEqual(await world.bodies('dead'), ['sent here']);
});

test('tasks go with their queue, and the ten newest are told', async (t) => {
  const world = await open(t);
  world.mover.start();
  for (let n = 0; n < 12; n += 1) {
    await world.start();
    await world.pass(1);
  }
  assert.equal((await world.tasks()).length, 10);
  await die(world, 'first', 'a');
  await world.start({ MaxNumberOfMessagesPerSecond: 1 });
  await world.account.call('sqs:DeleteQueue', { QueueUrl: urlOf('dead') });
  await world.account.call('sqs:CreateQueue', { QueueName: 'dead' });
  await world.pass(1000);
  assert.deepEqual(await world.tasks(), []);
});

test('refusals have the words of SQS', async (t) => {
  const { account, start } = await open(t);
  const handle = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64');
  const cancel = (TaskHandle: string) => account.call('sqs:CancelMessageMoveTask', { TaskHandle });
  const noResource = (parameter: string) =>
    `The resource that you specified for the ${parameter} parameter doesn't exist.`;
  await assert.rejects(
    start({ SourceArn: arnOf('first') }),
    refusal('InvalidParameterValue', 400, 'Source queue must be configured as a Dead Letter Queue.'),
  );
  await assert.rejects(
    start({ SourceArn: arnOf('none') }),
    refusal('ResourceNotFoundException', 404, noResource('SourceArn')),
  );
  await assert.rejects(
    start({ DestinationArn: arnOf('none') }),
    refusal('ResourceNotFoundException', 404, noResource('DestinationArn')),
  );
  await assert.rejects(start({ DestinationArn: arnOf('dead') }), refusal('InvalidParameterValue', 400));
  for (const MaxNumberOfMessagesPerSecond of [0, 501])
    await assert.rejects(
      start({ MaxNumberOfMessagesPerSecond }),
      refusal('InvalidParameterValue', 400, /Must be between 1 and 500/),
    );
  await start();
  await assert.rejects(
    start(),
    refusal(
      'InvalidParameterValue',
      400,
      'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
    ),
  );
  for (const bad of ['foobar', handle({}), handle([])])
    await assert.rejects(
      cancel(bad),
      refusal('InvalidParameterValue', 400, 'Value for parameter TaskHandle is invalid.'),
    );
  await assert.rejects(
    cancel(handle({ taskId: 'a', sourceArn: arnOf('none') })),
    refusal('ResourceNotFoundException', 404, noResource('SourceArn')),
  );
  await assert.rejects(
    cancel(handle({ taskId: 'a', sourceArn: arnOf('dead') })),
    refusal('ResourceNotFoundException', 404, 'Task does not exist.'),
  );
});
