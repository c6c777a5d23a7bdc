import type { AwsClient } from '../ports/aws-client.ts';
import { policyAttachment } from './policy-attachment.ts';
import { requiredText } from './properties.ts';
import { allow } from './service-code.ts';

export const snsTopicPolicy = policyAttachment({
  type: 'AWS::SNS::TopicPolicy',
  holders: 'Topics',
  kept: 'topics',
  write,
  restore: (topic, { details }, client) => {
    const policy = JSON.stringify(defaultPolicy(topic, requiredText(details, 'account')));
    return allow(write(topic, policy, client), 'NotFound');
  },
});

async function write(TopicArn: string, AttributeValue: string, client: AwsClient): Promise<void> {
  await client.call('sns', 'SetTopicAttributes', { TopicArn, AttributeName: 'Policy', AttributeValue });
}

/** A topic always has a policy: without ours it gets the one that SNS gives a new topic. */
function defaultPolicy(topic: string, account: string): object {
  return {
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action:
          'SNS:GetTopicAttributes SNS:SetTopicAttributes SNS:AddPermission SNS:RemovePermission SNS:DeleteTopic SNS:Subscribe SNS:ListSubscriptionsByTopic SNS:Publish'.split(
            ' ',
          ),
        Resource: topic,
        Condition: { StringEquals: { 'AWS:SourceOwner': account } },
      },
    ],
  };
}
