import { QueueRefused, type Notification } from '@riposte/account';
import type { CallPipeline } from '../pipeline/pipeline.ts';

const PRINCIPAL = 'sns.amazonaws.com';

/**
 * Sends a topic's message to a queue that subscribed, in the name of SNS: the queue's policy decides, for the topic.
 * One that a crash repeats is answered from the journal.
 * @throws QueueRefused when no further attempt could help; Error when one could
 */
export async function sendToQueue(
  pipeline: CallPipeline,
  account: string,
  notification: Notification,
): Promise<void> {
  const { id, endpoint, topicArn, message, messageAttributes = {}, simulated } = notification;
  const [, , , region = '', , name = ''] = endpoint.split(':');
  const attributes = Object.entries(messageAttributes).map(
    ([attribute, { DataType, StringValue, binaryBase64 = '' }]) => [
      attribute,
      StringValue === undefined
        ? { DataType, BinaryValue: new Uint8Array(Buffer.from(binaryBase64, 'base64')) }
        : { DataType, StringValue },
    ],
  );
  const answer = await pipeline.answer({
    service: 'sqs',
    operation: 'SendMessage',
    input: {
      QueueUrl: `https://sqs.${region}.amazonaws.com/${account}/${name}`,
      MessageBody: message,
      ...(attributes.length > 0 && { MessageAttributes: Object.fromEntries(attributes) as object }),
    },
    region,
    caller: { kind: 'service', account, service: PRINCIPAL, sourceArn: topicArn, simulated },
    sourceIpAddress: PRINCIPAL,
    userAgent: PRINCIPAL,
    requestKey: id,
  });
  if (answer.kind === 'output') return;
  if (answer.error.status < 500) throw new QueueRefused(answer.error.message);
  throw answer.error;
}
