/** Takes one access key out of service. Safe to run again: a key that is gone, or inactive, is a success. */
import {
  DeleteAccessKeyCommand,
  GetAccessKeyLastUsedCommand,
  IAMClient,
  UpdateAccessKeyCommand,
  paginateListAccessKeys,
  type AccessKeyMetadata,
} from '@aws-sdk/client-iam';
import { GetAccessKeyInfoCommand, STSClient } from '@aws-sdk/client-sts';

export interface ContainmentRequest {
  accessKeyId: string;
  /** `DeleteIfInactive` leaves a key alone that somebody has activated again. */
  containment: 'Delete' | 'Deactivate' | 'DeleteIfInactive';
  incident: { account: string; reportedUser: string };
}

type ContainmentResult = {
  accessKeyId: string;
  account: string;
  userName?: string;
  lastUsed?: { date?: string; service: string; region: string };
  created?: string;
  /** Of the same user, after this step. */
  otherActiveKeys?: number;
} & (
  | { outcome: 'deleted' | 'deactivated' | 'already-inactive' | 'already-removed' | 'left-active' }
  | { outcome: 'not-contained'; reason: 'temporary' | 'foreign' | 'root' | 'unknown' }
);

interface Clients {
  iam: IAMClient;
  sts: STSClient;
}

export const handler = containKey({ iam: new IAMClient({}), sts: new STSClient({}) });

export function containKey(clients: Clients) {
  return async (
    request: ContainmentRequest,
    context: { invokedFunctionArn: string },
  ): Promise<ContainmentResult> => {
    const { accessKeyId, containment, incident } = request;
    const here = context.invokedFunctionArn.split(':')[4] ?? '';
    if (accessKeyId.startsWith('ASIA'))
      return { outcome: 'not-contained', reason: 'temporary', accessKeyId, account: incident.account };

    const owner = await ownerOf(clients.sts, accessKeyId);
    const foreign = (owner ?? (incident.account || here)) !== here;
    if (foreign)
      return { outcome: 'not-contained', reason: 'foreign', accessKeyId, account: owner ?? incident.account };

    const unknown = {
      outcome: 'not-contained',
      reason: 'unknown',
      accessKeyId,
      account: incident.account,
    } as const;
    const found = await findUser(clients.iam, request);
    if (found === 'unknown') {
      // The id belongs to this account, and IAM does not know it: it was removed.
      if (owner === here) return { outcome: 'already-removed', accessKeyId, account: here };
      return unknown;
    }
    if (found.userName === undefined || found.userName === here || found.userName === '<root_account>')
      return { outcome: 'not-contained', reason: 'root', accessKeyId, account: here, ...found };
    const { userName } = found;
    const done = await contain(clients.iam, userName, accessKeyId, containment);
    // Only the event says whose key it is: that this user has no such key does not tell that it is gone.
    const isHearsay = found.lastUsed === undefined && owner !== here;
    if (isHearsay && done.outcome === 'already-removed') return unknown;
    return { ...found, ...done, accessKeyId, account: here, userName };
  };
}

async function contain(
  iam: IAMClient,
  userName: string,
  accessKeyId: string,
  containment: ContainmentRequest['containment'],
) {
  const before = await keysOf(iam, userName);
  const key = before.find((one) => one.AccessKeyId === accessKeyId);
  const facts = { otherActiveKeys: activeOthers(before, accessKeyId), ...createdAt(key) };
  if (!key) return { outcome: 'already-removed' as const, ...facts };
  if (containment === 'DeleteIfInactive' && key.Status === 'Active')
    return { outcome: 'left-active' as const, ...facts };
  if (containment === 'Deactivate' && key.Status !== 'Active')
    return { outcome: 'already-inactive' as const, ...facts };

  const target = { UserName: userName, AccessKeyId: accessKeyId };
  try {
    if (containment === 'Deactivate')
      await iam.send(new UpdateAccessKeyCommand({ ...target, Status: 'Inactive' }));
    else await iam.send(new DeleteAccessKeyCommand(target));
  } catch (error) {
    // Somebody was quicker, or IAM's list lags behind our own earlier attempt.
    if (isNoSuchEntity(error)) return { outcome: 'already-removed' as const, ...facts };
    throw error;
  }
  await verify(iam, userName, accessKeyId);
  return {
    outcome: containment === 'Deactivate' ? ('deactivated' as const) : ('deleted' as const),
    ...facts,
  };
}

/** @throws ContainmentNotVerified, worth a retry: IAM is eventually consistent */
async function verify(iam: IAMClient, userName: string, accessKeyId: string): Promise<void> {
  const key = (await keysOf(iam, userName)).find((one) => one.AccessKeyId === accessKeyId);
  if (key?.Status !== 'Active') return;
  throw named(
    'ContainmentNotVerified',
    `IAM accepted the change and still lists ${accessKeyId} as active for ${userName}.`,
  );
}

/** The account that a key id belongs to; undefined when STS cannot tell. */
async function ownerOf(sts: STSClient, accessKeyId: string): Promise<string | undefined> {
  try {
    const { Account } = await sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: accessKeyId }));
    return Account;
  } catch (error) {
    // STS answers so for ids that were deleted, and for ids that never were.
    if (['ValidationError', 'InvalidParameterValue', 'NoSuchEntity'].includes(nameOf(error)))
      return undefined;
    throw error;
  }
}

async function findUser(
  iam: IAMClient,
  { accessKeyId, incident }: ContainmentRequest,
): Promise<'unknown' | Pick<ContainmentResult, 'userName' | 'lastUsed'>> {
  try {
    const answer = await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: accessKeyId }));
    const {
      LastUsedDate: date,
      ServiceName: service = 'N/A',
      Region: region = 'N/A',
    } = answer.AccessKeyLastUsed ?? {};
    return {
      ...(answer.UserName ? { userName: answer.UserName } : {}),
      lastUsed: { service, region, ...(date ? { date: date.toISOString() } : {}) },
    };
  } catch (error) {
    if (!isNoSuchEntity(error) && !isUnknownKey(error)) throw error;
    // The event may know the user still: a key in his list of keys is then the proof.
    return incident.reportedUser === '' ? 'unknown' : { userName: incident.reportedUser };
  }
}

/**
 * IAM refuses the question for a key that it does not know with AccessDenied. A refusal by policy says so in its
 * text, and that one must not pass for a removed key.
 */
function isUnknownKey(error: unknown): boolean {
  const byPolicy = /because no |explicit deny/.test(error instanceof Error ? error.message : '');
  return nameOf(error).startsWith('AccessDenied') && !byPolicy;
}

async function keysOf(iam: IAMClient, userName: string): Promise<AccessKeyMetadata[]> {
  const keys: AccessKeyMetadata[] = [];
  try {
    for await (const page of paginateListAccessKeys({ client: iam }, { UserName: userName }))
      keys.push(...(page.AccessKeyMetadata ?? []));
  } catch (error) {
    // A user who is gone has no keys.
    if (!isNoSuchEntity(error)) throw error;
  }
  return keys;
}

function activeOthers(keys: AccessKeyMetadata[], accessKeyId: string): number {
  return keys.filter((one) => one.AccessKeyId !== accessKeyId && one.Status === 'Active').length;
}

function createdAt(key: AccessKeyMetadata | undefined): { created?: string } {
  return key?.CreateDate ? { created: key.CreateDate.toISOString() } : {};
}

function isNoSuchEntity(error: unknown): boolean {
  return nameOf(error).startsWith('NoSuchEntity');
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
