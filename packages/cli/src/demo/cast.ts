import { SdkAwsClient } from '../connection/sdk-client.ts';
import type { Credentials } from '../connection/sign.ts';

/** Who plays in the demo: a user with two keys, one of them about to leak. */
export interface Cast {
  userName: string;
  keys: readonly [Credentials, Credentials];
}

const USER = 'alice';
const SUBSCRIBER = 'security@example.com';

/** Alice may look at herself and at topics, and nothing else: so some of her calls are answered and some denied. */
const ALICE_MAY = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['iam:GetUser', 'iam:ListAccessKeys'],
      Resource: `arn:aws:iam::*:user/${USER}`,
    },
    { Effect: 'Allow', Action: ['sns:ListTopics', 'states:ListStateMachines'], Resource: '*' },
  ],
};

type Print = (line: string) => void;

/** Creates the user, her policy and her two keys through real signed calls, and subscribes the security team. */
export async function prepareCast(
  administrator: SdkAwsClient,
  topicArn: string,
  print: Print,
): Promise<Cast> {
  await createUser(administrator, print);
  await administrator.call('iam', 'PutUserPolicy', {
    UserName: USER,
    PolicyName: 'a-little',
    PolicyDocument: JSON.stringify(ALICE_MAY),
  });
  print(`iam:PutUserPolicy ${USER} a-little`);
  const first = await createKey(administrator, print);
  const second = await createKey(administrator, print);
  await administrator.call('sns', 'Subscribe', {
    TopicArn: topicArn,
    Protocol: 'email',
    Endpoint: SUBSCRIBER,
  });
  print(`sns:Subscribe ${SUBSCRIBER}`);
  return { userName: USER, keys: [first, second] };
}

/** In a data folder that was kept, she is there from the last time: her keys go, she stays. */
async function createUser(administrator: SdkAwsClient, print: Print): Promise<void> {
  try {
    await administrator.call('iam', 'CreateUser', { UserName: USER });
    print(`iam:CreateUser ${USER}`);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'EntityAlreadyExistsException') throw error;
    const { AccessKeyMetadata } = await administrator.call('iam', 'ListAccessKeys', { UserName: USER });
    // IAM's answer
    for (const { AccessKeyId } of AccessKeyMetadata as { AccessKeyId: string }[]) {
      await administrator.call('iam', 'DeleteAccessKey', { UserName: USER, AccessKeyId });
      print(`iam:DeleteAccessKey ${AccessKeyId}, of an earlier demo`);
    }
  }
}

async function createKey(administrator: SdkAwsClient, print: Print): Promise<Credentials> {
  const { AccessKey } = await administrator.call('iam', 'CreateAccessKey', { UserName: USER });
  const { AccessKeyId, SecretAccessKey } = AccessKey as { AccessKeyId: string; SecretAccessKey: string }; // IAM's answer
  print(`iam:CreateAccessKey ${AccessKeyId}`);
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
}

/** What somebody who found the key tries first. */
const ATTEMPTS: readonly (readonly [string, string, object])[] = [
  ['sts', 'GetCallerIdentity', {}],
  ['iam', 'GetUser', { UserName: USER }],
  ['iam', 'ListAccessKeys', { UserName: USER }],
  ['sns', 'ListTopics', {}],
  ['states', 'ListStateMachines', {}],
  ['iam', 'ListUsers', {}],
  ['iam', 'CreateUser', { UserName: 'backdoor' }],
  ['iam', 'CreateAccessKey', { UserName: USER }],
  ['iam', 'ListUsers', {}],
];

/** Uses the key as a thief would, so that CloudTrail has something to tell. */
export async function misuseKey(
  endpoint: string,
  region: string,
  key: Credentials,
  print: Print,
): Promise<void> {
  const thief = new SdkAwsClient({ endpoint, region, credentials: key });
  for (const [service, operation, input] of ATTEMPTS) {
    try {
      await thief.call(service, operation, input);
      print(`${service}:${operation} with ${key.accessKeyId}: answered`);
    } catch (error) {
      print(
        `${service}:${operation} with ${key.accessKeyId}: ${error instanceof Error ? error.name : String(error)}`,
      );
    }
  }
  thief.close();
}

const DENY = 'demo-deny-containment';

/** In a data folder that was kept, the Deny of an earlier second story may still stand. */
export async function allowContainment(
  administrator: SdkAwsClient,
  roleName: string,
  print: Print,
): Promise<void> {
  const { PolicyNames } = await administrator.call('iam', 'ListRolePolicies', { RoleName: roleName });
  if (!(PolicyNames as string[]).includes(DENY)) return; // IAM's answer
  await administrator.call('iam', 'DeleteRolePolicy', { RoleName: roleName, PolicyName: DENY });
  print(`iam:DeleteRolePolicy ${roleName} ${DENY}, of an earlier demo`);
}

/** The second story: an explicit Deny on the role that contains keys. */
export async function forbidContainment(
  administrator: SdkAwsClient,
  roleName: string,
  print: Print,
): Promise<void> {
  await administrator.call('iam', 'PutRolePolicy', {
    RoleName: roleName,
    PolicyName: DENY,
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: ['iam:DeleteAccessKey', 'iam:UpdateAccessKey'], Resource: '*' }],
    }),
  });
  print(`iam:PutRolePolicy ${roleName} ${DENY}: Deny iam:DeleteAccessKey, iam:UpdateAccessKey`);
}
