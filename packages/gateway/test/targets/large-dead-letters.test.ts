import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { openDeliveries } from '../support/deliveries.ts';
import { ACCOUNT, policy, REGION, type Output } from '../support/world.ts';

const MESSAGE_BYTES_MAX = 1_048_576;
const DEAD = `arn:aws:sqs:${REGION}:${ACCOUNT}:Dead`;
const QueueUrl = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/Dead`;

/** @returns what is in the dead-letter queue of an event that is so much smaller than a message may be, and what was reported */
async function died(t: TestContext, { spareBytes }: { spareBytes: number }) {
  const world = await openDeliveries(t);
  const Principal = { Service: 'events.amazonaws.com' };
  const Policy = policy({ Effect: 'Allow', Principal, Action: 'sqs:SendMessage', Resource: DEAD });
  await world.call('sqs', 'CreateQueue', { QueueName: 'Dead', Attributes: { Policy } });
  // the error names the function, so that it is long
  const Arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${'gone'.repeat(15)}`;
  await world.rule('r', { Arn, DeadLetterConfig: { Arn: DEAD } });
  const inject = (filler: string) =>
    world.events.injectEvent(
      REGION,
      { source: 'app', 'detail-type': 'Large', detail: { filler } },
      { simulated: true },
    );
  const { eventId } = await inject('');
  const empty = (await world.events.describeEvent(eventId))?.event;
  await world.pass(0);
  await world.call('sqs', 'PurgeQueue', { QueueUrl });
  world.reports.length = 0;
  await inject('x'.repeat(MESSAGE_BYTES_MAX - JSON.stringify(empty).length - spareBytes));
  await world.pass(0);
  const { Messages = [] } = await world.call('sqs', 'ReceiveMessage', {
    QueueUrl,
    MaxNumberOfMessages: 10,
    MessageAttributeNames: ['All'],
  });
  return { messages: Messages as Output[], reports: world.reports };
}

test('of a dead letter that does not fit into a message the error message is shortened, as far as needed', async (t) => {
  const { messages, reports } = await died(t, { spareBytes: 350 });
  assert.equal(messages.length, 1, reports.join('\n'));
  const { Body, MessageAttributes } = messages[0] as {
    Body: string;
    MessageAttributes: Record<string, { DataType: string; StringValue: string }>;
  };
  const { 'Riposte-Simulated': mark, ...attributes } = MessageAttributes;
  assert.equal(mark?.StringValue, 'true');
  const parts = Object.entries(attributes).map(
    ([name, { DataType, StringValue }]) => name + DataType + StringValue,
  );
  assert.equal(Buffer.byteLength([Body, ...parts].join('')), MESSAGE_BYTES_MAX);
  assert.match(attributes['ERROR_MESSAGE']?.StringValue ?? '', /^Function/);
});

test('an event for which a message has no room with its attributes stays dead where it is, which is told', async (t) => {
  const { messages, reports } = await died(t, { spareBytes: 100 });
  assert.deepEqual(messages, []);
  assert.match(reports.join('\n'), /dead letter not sent to .* must be shorter than 1048576 bytes/);
});
