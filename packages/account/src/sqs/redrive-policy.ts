import type { AccountReading } from '../ports/account-store.ts';
import type { CallContext } from '../ports/operation.ts';
import { invalidValue } from './errors.ts';
import { queueOfArn } from './queue-address.ts';
import type { QueueRecord } from './records.ts';

const RECEIVES_MAX = 1000;
const SOURCES_MAX = 10;

/** Where messages go that were received too often. */
export interface RedrivePolicy {
  deadLetterTargetArn: string;
  maxReceiveCount: number;
}

/** Checked when it was set. */
export function redrivePolicyOf(queue: QueueRecord): RedrivePolicy | undefined {
  const text = queue.attributes.RedrivePolicy;
  if (text === undefined) return undefined;
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(text) as RedrivePolicy;
  return { deadLetterTargetArn, maxReceiveCount: Number(maxReceiveCount) }; // SQS takes "3" as well
}

/** The queues whose dead-letter queue this one is: of its account and region, as on AWS. */
export function sourcesOf(
  reading: AccountReading,
  deadLetters: Pick<QueueRecord, 'id' | 'queueArn'>,
): QueueRecord[] {
  return reading
    .list<QueueRecord>('sqs:queue', deadLetters.id.slice(0, deadLetters.id.indexOf('/') + 1))
    .filter((queue) => redrivePolicyOf(queue)?.deadLetterTargetArn === deadLetters.queueArn);
}

/** @throws ServiceError InvalidParameterValue, also for a dead-letter queue that is not there or does not take them */
export function checkRedrivePolicy(
  reading: AccountReading,
  context: CallContext,
  queueArn: string,
  text: string,
): void {
  const invalid = (reason: string) => invalidValue('RedrivePolicy', text, reason);
  const { deadLetterTargetArn, maxReceiveCount, ...others } = membersOf('RedrivePolicy', text);
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined)
    throw invalid(`Only following attributes are supported: [deadLetterTargetArn, maxReceiveCount].`);
  if (typeof deadLetterTargetArn !== 'string')
    throw invalid('Redrive policy does not contain mandatory attribute: deadLetterTargetArn.');
  if (maxReceiveCount === undefined)
    throw invalid('Redrive policy does not contain mandatory attribute: maxReceiveCount.');
  const receives = Number(maxReceiveCount);
  if (!Number.isInteger(receives) || receives < 1 || receives > RECEIVES_MAX)
    throw invalid(
      `Invalid value for maxReceiveCount: ${String(maxReceiveCount)}, valid values are from 1 to ${RECEIVES_MAX} both inclusive.`,
    );
  const target = queueOfArn(reading, context, deadLetterTargetArn);
  if (!target) throw invalid('Dead letter target does not exist.');
  if (target.queueArn === queueArn) throw invalid('A queue cannot be its own dead-letter queue.');
  if (!allowsSource(target, queueArn))
    throw invalid(
      `The redrive allow policy of ${target.queueArn} does not let ${queueArn} use it as its dead-letter queue.`,
    );
}

/** @throws ServiceError InvalidParameterValue */
export function checkRedriveAllowPolicy(text: string): void {
  const invalid = (reason: string) => invalidValue('RedriveAllowPolicy', text, reason);
  const { redrivePermission, sourceQueueArns } = membersOf('RedriveAllowPolicy', text);
  if (redrivePermission !== 'byQueue') {
    if (redrivePermission !== 'allowAll' && redrivePermission !== 'denyAll')
      throw invalid('redrivePermission must be allowAll, denyAll or byQueue.');
    if (sourceQueueArns !== undefined) throw invalid('sourceQueueArns goes with byQueue only.');
    return;
  }
  const isList = Array.isArray(sourceQueueArns) && sourceQueueArns.every((arn) => typeof arn === 'string');
  if (!isList || sourceQueueArns.length < 1 || sourceQueueArns.length > SOURCES_MAX)
    throw invalid(`byQueue needs 1 to ${SOURCES_MAX} ARNs in sourceQueueArns.`);
}

function allowsSource(target: QueueRecord, sourceArn: string): boolean {
  const text = target.attributes.RedriveAllowPolicy;
  if (text === undefined) return true;
  const { redrivePermission, sourceQueueArns } = membersOf('RedriveAllowPolicy', text);
  if (redrivePermission === 'allowAll') return true;
  return redrivePermission === 'byQueue' && (sourceQueueArns as string[]).includes(sourceArn);
}

function membersOf(attribute: string, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidValue(attribute, text, `${attribute} is not a JSON object.`);
  return value as Record<string, unknown>;
}
