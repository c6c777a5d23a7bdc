import type { Notification } from '../ports/notification.ts';

/** One mail, ready to send. The same notification always gives the same mail, to the byte. */
export interface Mail {
  /** The notification's. */
  id: string;
  from: string;
  to: string;
  subject: string;
  text: string;
  /** With angle brackets; the same whenever the mail is sent again, so that readers show it once. */
  messageId: string;
  date: Date;
  headers: Record<string, string>;
}

/** What SNS writes when the publisher gave no subject. */
const DEFAULT_SUBJECT = 'AWS Notification Message';
const SIMULATED_PREFIX = '[SIMULATED] ';
const SIMULATED_LINE =
  'SIMULATED: an injected event caused this message. Nothing has happened in a real account because of it.';

/** The mail that SNS would send for a notification, with a word on simulation and a footer that is true here. */
export function mailOf(notification: Notification, from: string): Mail {
  const { id, simulated } = notification;
  return {
    id,
    from,
    to: notification.endpoint,
    subject: mailSubject(notification),
    text: notification.protocol === 'email-json' ? notification.message : bodyOf(notification),
    messageId: `<${id}@riposte.invalid>`,
    date: new Date(notification.createdAtMs),
    headers: {
      'X-Riposte-Notification': id,
      ...(simulated && { 'X-Riposte-Simulated': 'yes' }),
      // asks answering machines not to answer (RFC 3834)
      'Auto-Submitted': 'auto-generated',
    },
  };
}

/** The subject of its mail: SNS's own where the publisher gave none, with the mark of a simulation in front. */
export function mailSubject({ subject, simulated }: Pick<Notification, 'subject' | 'simulated'>): string {
  return `${simulated ? SIMULATED_PREFIX : ''}${subject ?? DEFAULT_SUBJECT}`;
}

function bodyOf({ simulated, message, topicArn, subscriptionArn, endpoint }: Notification): string {
  const start = simulated ? `${SIMULATED_LINE}\n\n` : '';
  const footer = [
    '--',
    `Sent to ${endpoint} by the topic ${topicArn} of a Riposte server.`,
    'To stop these messages, whoever runs that server can call:',
    `aws sns unsubscribe --subscription-arn ${subscriptionArn} --region ${topicArn.split(':')[3]} --endpoint-url http://<server>`,
  ].join('\n');
  return `${start}${message}\n\n${footer}\n`;
}
