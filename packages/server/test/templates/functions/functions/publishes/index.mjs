import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';

const sns = new SNSClient();

/** Tells the topic that the event's detail names. */
export const handler = ({ detail }) =>
  sns.send(new PublishCommand({ TopicArn: detail.topicArn, Subject: detail.subject, Message: 'told' }));
