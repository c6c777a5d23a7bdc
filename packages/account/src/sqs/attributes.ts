import { ServiceError } from '@riposte/engine';
import { MalformedPolicy, parsePolicy } from '@riposte/policy';
import type { AccountReading } from '../ports/account-store.ts';
import type { CallContext } from '../ports/operation.ts';
import { unsupported } from './errors.ts';
import { ENCRYPTION, NUMBERS, type NumberAttribute, type QueueRecord } from './records.ts';
import { checkRedriveAllowPolicy, checkRedrivePolicy } from './redrive-policy.ts';

const FIFO_ONLY = new Set([
  'FifoQueue',
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoThroughputLimit',
]);
/** An attribute set to nothing goes back to its default. */
const CLEARABLE: ReadonlySet<string> = new Set([
  'Policy',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'KmsMasterKeyId',
]);

/**
 * Attributes of a request, checked.
 * @param queueArn  of the queue that they are for
 * @returns those to keep; an empty text is to remove one
 * @throws ServiceError InvalidAttributeName, InvalidAttributeValue, UnsupportedOperation
 */
export function checkedAttributes(
  reading: AccountReading,
  context: CallContext,
  queueArn: string,
  given: Record<string, string>,
): Record<string, string> {
  for (const [name, value] of Object.entries(given)) {
    if (CLEARABLE.has(name) && value === '') continue;
    if (isNumber(name)) checkNumber(name, value);
    else if (name === 'Policy') checkPolicy(value);
    else if (name === 'RedrivePolicy') checkRedrivePolicy(reading, context, queueArn, value);
    else if (name === 'RedriveAllowPolicy') checkRedriveAllowPolicy(value);
    else if (FIFO_ONLY.has(name)) refuseFifo(name, value);
    else if (!ENCRYPTION.some((known) => known === name))
      throw new ServiceError('InvalidAttributeName', `Unknown Attribute ${name}.`);
  }
  return Object.fromEntries(Object.entries(given).filter(([name]) => !FIFO_ONLY.has(name)));
}

/** The attributes of a queue after a change. */
export function mergedAttributes(
  before: QueueRecord['attributes'],
  checked: Record<string, string>,
): QueueRecord['attributes'] {
  const merged = Object.entries({ ...before, ...checked });
  return Object.fromEntries(merged.filter(([, value]) => value !== ''));
}

function isNumber(name: string): name is NumberAttribute {
  return Object.hasOwn(NUMBERS, name);
}

function checkNumber(name: NumberAttribute, value: string): void {
  const { min, max } = NUMBERS[name];
  if (!/^\d+$/.test(value) || Number(value) < min || Number(value) > max) throw invalidAttribute(name);
}

function checkPolicy(text: string): void {
  try {
    parsePolicy(text, 'resource');
  } catch (error) {
    if (!(error instanceof MalformedPolicy)) throw error;
    throw new ServiceError(
      'InvalidAttributeValue',
      `Invalid value for the parameter Policy. Reason: ${error.message}`,
    );
  }
}

function refuseFifo(name: string, value: string): void {
  if (name === 'FifoQueue' && value === 'false') return;
  throw unsupported(`FIFO queues are not supported by this server yet (${name}). Use a standard queue.`);
}

function invalidAttribute(name: string): ServiceError {
  return new ServiceError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
}
