import type { CallSummary, ExecutionDetail, MailSummary } from '@riposte/server';
import type { SdkAwsClient } from '../connection/sdk-client.ts';
import { seconds } from '../terminal.ts';

export interface Proof {
  holds: boolean;
  words: string;
}

export interface Evidence {
  administrator: SdkAwsClient;
  userName: string;
  exposedKeys: readonly string[];
  otherKeys: readonly string[];
  /** The story in which containment is forbidden. */
  containmentForbidden: boolean;
  executions: readonly ExecutionDetail[];
  calls: readonly CallSummary[];
  mails: readonly MailSummary[];
  /** When the event was taken in, milliseconds since the epoch. */
  receivedAtMs: number;
}

/** Asks IAM, the executions and the outbox whether the story went as told. */
export async function prove(evidence: Evidence): Promise<Proof[]> {
  const { AccessKeyMetadata } = await evidence.administrator.call('iam', 'ListAccessKeys', {
    UserName: evidence.userName,
  });
  const keys = AccessKeyMetadata as { AccessKeyId: string; Status: string }[]; // IAM's answer
  const statusOf = (id: string) => keys.find((key) => key.AccessKeyId === id)?.Status;
  const proofs = evidence.exposedKeys.map((id) =>
    evidence.containmentForbidden
      ? proof(
          statusOf(id) === 'Active',
          `IAM says: the exposed key ${id} is still Active, as the Deny makes it`,
          statusOf(id),
        )
      : proof(statusOf(id) === undefined, `IAM says: the exposed key ${id} is gone`, statusOf(id)),
  );
  for (const id of evidence.otherKeys)
    proofs.push(
      proof(
        statusOf(id) === 'Active',
        `IAM says: the other key ${id} of ${evidence.userName} is untouched`,
        statusOf(id),
      ),
    );
  for (const execution of evidence.executions)
    proofs.push(
      proof(
        execution.status === 'SUCCEEDED' && execution.origin.simulated,
        `execution ${execution.name} ended and says SIMULATED`,
        execution.status,
      ),
    );
  proofs.push(
    ...proveMails(evidence),
    ...(evidence.containmentForbidden ? proveRefusal(evidence) : proveContainment(evidence)),
  );
  return proofs;
}

function proveMails({ mails, exposedKeys, containmentForbidden }: Evidence): Proof[] {
  const counted = proof(
    mails.length === exposedKeys.length,
    `one mail for each exposed key: ${exposedKeys.length}`,
    `${mails.length}`,
  );
  const words = containmentForbidden ? 'STILL ACTIVE' : 'deleted';
  const each = exposedKeys.map((id) => {
    const mail = mails.find((candidate) => candidate.message.includes(id));
    const says = mail?.message.toLowerCase().includes(words.toLowerCase()) === true;
    const links = mail?.message.includes('https://health.aws.amazon.com/') === true;
    return proof(
      says && links && mail.simulated,
      `the mail about ${id} says ${words}, links the Health dashboard and says SIMULATED`,
      mail ? mail.subject : 'no mail',
    );
  });
  return [counted, ...each];
}

function proveRefusal({ calls, exposedKeys }: Evidence): Proof[] {
  const refused = calls.filter(
    (call) =>
      call.access === 'write' && call.errorCode === 'AccessDenied' && /AccessKey/.test(call.operation),
  );
  return [
    proof(
      refused.length === exposedKeys.length,
      'AccessDenied was not retried: one refused call for each key',
      `${refused.length} refused calls`,
    ),
  ];
}

function proveContainment({ calls, exposedKeys, receivedAtMs }: Evidence): Proof[] {
  return exposedKeys.map((id) => {
    const deletion = calls.find(
      (call) =>
        call.operation === 'DeleteAccessKey' &&
        call.errorCode === undefined &&
        JSON.stringify(call.requestParameters).includes(id),
    );
    const words = deletion
      ? `time to containment of ${id}: ${seconds(deletion.timeMs - receivedAtMs)}`
      : `${id} was contained`;
    return proof(deletion !== undefined, words, 'no iam:DeleteAccessKey in the record of calls');
  });
}

function proof(holds: boolean, words: string, seen: string | undefined): Proof {
  return { holds, words: holds ? words : `${words} (seen: ${seen ?? 'nothing'})` };
}
