import { exampleKeyId } from './example-ids.ts';
import { rfc1123, type HealthCode, type Subject } from './health-event.ts';

const DAY_MS = 86_400_000;

const risk = {
  service: 'RISK',
  category: 'issue',
  personas: ['SECURITY', 'OPERATIONS'],
} satisfies Partial<HealthCode>;

// names users, not keys: responses must look at the shape of what they are given
const userRisk = { ...risk, eventRegion: 'global', entity: userArn } satisfies Partial<HealthCode>;

const keyRisk = {
  ...risk,
  eventRegion: 'us-east-1',
  namesKeys: true,
  entity: (number: number, { accessKeyIds }: Subject) => accessKeyIds[number] ?? exampleKeyId(number),
} satisfies Partial<HealthCode>;

/** Credentials of the account that are, or may be, in foreign hands. */
export const riskCodes: readonly HealthCode[] = [
  {
    ...keyRisk,
    code: 'AWS_RISK_CREDENTIALS_EXPOSED',
    title: 'Access keys were found in a public place',
    actionability: 'ACTION_REQUIRED',
    durationDays: 14,
    description: (subject) =>
      `Sample notice: ${keys(subject)} of the user ${subject.userName} in account ${subject.account} can be read by anyone on the internet. Replace and delete the exposed keys, and look through the account for activity you do not know.`,
    metadata: (subject) => ({
      publicKey: subject.entities[0] ?? '',
      userName: subject.userName,
      accountId: subject.account,
      exposedUrl: 'https://example.com/a-public-repository/settings.env',
      // spelled like this by the service
      notifcationdateplusfour: rfc1123(subject.startMs + 4 * DAY_MS),
      truncated: 'false',
    }),
  },
  {
    ...keyRisk,
    code: 'AWS_RISK_CREDENTIALS_EXPOSURE_SUSPECTED',
    title: 'Access keys may be in a public place',
    actionability: 'ACTION_MAY_BE_REQUIRED',
    description: (subject) =>
      `Sample notice: ${keys(subject)} of the user ${subject.userName} in account ${subject.account} may have become public. Check where the keys are kept, and replace them in doubt.`,
    metadata: (subject) => ({
      publicKey: subject.entities[0] ?? '',
      userName: subject.userName,
      accountId: subject.account,
    }),
  },
  {
    ...keyRisk,
    code: 'AWS_RISK_CREDENTIALS_COMPROMISED',
    title: 'Access keys are used by somebody else',
    actionability: 'ACTION_REQUIRED',
    description: (subject) =>
      `Sample notice: ${keys(subject)} of the user ${subject.userName} in account ${subject.account} were used by a party that does not belong to the account. Take the keys out of service now, and undo what was done with them.`,
    metadata: (subject) => ({
      publicKey: subject.entities[0] ?? '',
      userName: subject.userName,
      accountId: subject.account,
    }),
  },
  {
    ...keyRisk,
    code: 'AWS_RISK_CREDENTIALS_COMPROMISE_SUSPECTED',
    title: 'Access keys may be used by somebody else',
    actionability: 'ACTION_MAY_BE_REQUIRED',
    description: (subject) =>
      `Sample notice: unusual calls were made with ${keys(subject)} of the user ${subject.userName} in account ${subject.account}. Check them, and take the keys out of service when they are not yours.`,
    metadata: (subject) => ({
      publicKey: subject.entities[0] ?? '',
      userName: subject.userName,
      accountId: subject.account,
    }),
  },
  {
    ...userRisk,
    code: 'AWS_RISK_IAM_QUARANTINE',
    title: 'A user was put under the quarantine policy',
    actionability: 'ACTION_REQUIRED',
    description: (subject) =>
      `Sample notice: the quarantine policy was attached to the user ${subject.userName} in account ${subject.account}. Its rights are reduced until the user's credentials are replaced and the policy is detached.`,
    metadata: (subject) => ({ userName: subject.userName, accountId: subject.account }),
  },
  {
    ...userRisk,
    code: 'AWS_RISK_ACCOUNT_CONSOLE_COMPROMISE',
    title: 'Somebody else may have signed in to the console',
    actionability: 'ACTION_REQUIRED',
    description: (subject) =>
      `Sample notice: a console sign-in of the user ${subject.userName} in account ${subject.account} looks like somebody else's. Change the password, end the user's sessions, and look through the account for activity you do not know.`,
    metadata: (subject) => ({ userName: subject.userName, accountId: subject.account }),
  },
];

function keys(subject: Subject): string {
  const { entities } = subject;
  return entities.length === 1
    ? `the access key ${entities[0]}`
    : `${entities.length} access keys (${entities.join(', ')})`;
}

function userArn(number: number, { account, userName }: Subject): string {
  return `arn:aws:iam::${account}:user/${userName}${number === 0 ? '' : `-${number + 1}`}`;
}
