import type { AwsClient } from '../ports/aws-client.ts';
import { policyAttachment } from './policy-attachment.ts';
import { allow } from './service-code.ts';

export const sqsQueuePolicy = policyAttachment({
  type: 'AWS::SQS::QueuePolicy',
  holders: 'Queues',
  kept: 'queues',
  write,
  restore: (queue, _state, client) => allow(write(queue, '', client), 'QueueDoesNotExist'),
});

async function write(QueueUrl: string, Policy: string, client: AwsClient): Promise<void> {
  await client.call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy } });
}
