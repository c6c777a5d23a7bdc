/** Tells the security team what happened to one key, or why nothing could be done. */
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Finding } from './finding.ts';
import { writeMail } from './mail.ts';

interface NoticeRequest {
  finding: Finding;
  executionArn: string;
}

export const handler = notifySecurity(new SNSClient({}));

export function notifySecurity(sns: SNSClient) {
  return async ({
    finding,
    executionArn,
  }: NoticeRequest): Promise<{ messageId: string; subject: string }> => {
    const { subject, text } = writeMail(finding, executionArn);
    const { MessageId: messageId = '' } = await sns.send(
      new PublishCommand({ TopicArn: process.env.TOPIC_ARN, Subject: subject, Message: text }),
    );
    return { messageId, subject };
  };
}
