import { createHash } from 'node:crypto';
import { ServiceError } from '@riposte/engine';
import type { AccountTransaction } from '../ports/account-store.ts';
import type { CallFilter, CallRecord } from '../ports/call-record.ts';
import type { AccountOperation, CallContext } from '../ports/operation.ts';
import { lookupUserName } from '../audit/call-chain.ts';
import { canonicalJson } from '../audit/canonical-json.ts';
import { cloudTrailRecord, eventRegion, isManagementEvent } from './record.ts';

interface LookupEventsInput {
  LookupAttributes?: { AttributeKey: string; AttributeValue: string }[];
  StartTime?: Date;
  EndTime?: Date;
  EventCategory?: string;
  MaxResults?: number;
  NextToken?: string;
}

const DAYS_KEPT_MS = 90 * 24 * 3600 * 1000;
const PAGE_MAX = 50;
const READ_AT_ONCE = 200;

/**
 * Management events of the last 90 days in the caller's region, newest first, from the gateway's own record: at
 * once, where CloudTrail takes minutes, and without its limit of two calls a second.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
export const lookupEvents: AccountOperation<LookupEventsInput> = {
  service: 'cloudtrail',
  name: 'LookupEvents',
  access: 'read',
  resourceArn: () => '*',
  handle(transaction, context, input) {
    const limit = checkedLimit(input);
    const filter = { ...filterOf(context, input), ...readToken(input) };
    const found = matchingCalls(transaction, context, filter, limit + 1);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      Events: page.map((record) => eventOf(record, context.account)),
      ...(found.length > limit && last && { NextToken: writeToken(input, last.sequence) }),
    };
  },
};

function matchingCalls(
  transaction: AccountTransaction,
  context: CallContext,
  filter: Omit<CallFilter, 'limit'>,
  wanted: number,
): CallRecord[] {
  const found: CallRecord[] = [];
  let next = filter;
  for (;;) {
    const records = transaction.findCalls({ ...next, limit: READ_AT_ONCE });
    for (const record of records)
      if (isManagementEvent(record) && eventRegion(record) === context.region) found.push(record);
    const last = records.at(-1);
    if (!last || found.length >= wanted || records.length < READ_AT_ONCE) return found.slice(0, wanted);
    next = { ...filter, beforeSequence: last.sequence };
  }
}

function eventOf(record: CallRecord, account: string) {
  const userName = lookupUserName(record.userIdentity);
  const { accessKeyId } = record.userIdentity;
  return {
    EventId: record.id,
    EventName: record.operation,
    ReadOnly: String(record.access === 'read'),
    ...(accessKeyId !== undefined && { AccessKeyId: accessKeyId }),
    EventTime: new Date(Math.floor(record.timeMs / 1000) * 1000),
    EventSource: record.eventSource,
    ...(userName !== undefined && { Username: userName }),
    Resources: record.resources.map(({ type, name }) => ({ ResourceType: type, ResourceName: name })),
    CloudTrailEvent: JSON.stringify(cloudTrailRecord(record, account)),
  };
}

function checkedLimit(input: LookupEventsInput): number {
  const limit = input.MaxResults ?? PAGE_MAX;
  if (limit < 1 || limit > PAGE_MAX)
    throw new ServiceError(
      'InvalidMaxResultsException',
      `MaxResults is ${limit}, and must be from 1 to ${PAGE_MAX}.`,
    );
  if (input.EventCategory !== undefined)
    throw new ServiceError(
      'InvalidEventCategoryException',
      `This server records no events of the category ${input.EventCategory}. Leave EventCategory out for management events.`,
    );
  return limit;
}

function filterOf(
  context: CallContext,
  input: LookupEventsInput,
): Omit<CallFilter, 'limit' | 'beforeSequence'> {
  const fromMs = Math.max(input.StartTime?.getTime() ?? 0, context.nowMs - DAYS_KEPT_MS);
  const toMs = input.EndTime?.getTime() ?? context.nowMs;
  if (input.StartTime && input.StartTime.getTime() > toMs)
    throw new ServiceError('InvalidTimeRangeException', 'The start time is after the end time.');
  const attributes = input.LookupAttributes ?? [];
  if (attributes.length > 1)
    throw new ServiceError(
      'InvalidLookupAttributesException',
      `There are ${attributes.length} lookup attributes, and one is possible per call.`,
    );
  return { fromMs, toMs, ...(attributes[0] && attributeFilter(attributes[0])) };
}

function attributeFilter(attribute: { AttributeKey: string; AttributeValue: string }): Partial<CallFilter> {
  const value = attribute.AttributeValue;
  if (!value)
    throw new ServiceError('InvalidLookupAttributesException', 'The lookup attribute has no value.');
  switch (attribute.AttributeKey) {
    case 'EventId':
      return { id: value };
    case 'EventName':
      return { operation: value };
    case 'ReadOnly':
      return { access: readOnly(value) ? 'read' : 'write' };
    case 'Username':
      return { userName: value };
    case 'ResourceType':
      return { resourceType: value };
    case 'ResourceName':
      return { resourceName: value };
    case 'EventSource':
      return { service: value.replace(/\.amazonaws\.com$/, '') };
    case 'AccessKeyId':
      return { accessKeyId: value };
    default:
      throw new ServiceError(
        'InvalidLookupAttributesException',
        `There is no lookup attribute ${attribute.AttributeKey}.`,
      );
  }
}

function readOnly(value: string): boolean {
  if (value === 'true' || value === 'false') return value === 'true';
  throw new ServiceError(
    'InvalidLookupAttributesException',
    `ReadOnly is "${value}", and must be true or false.`,
  );
}

/** A token is good only with the parameters it was given out for. */
function writeToken(input: LookupEventsInput, beforeSequence: number): string {
  return Buffer.from(`${beforeSequence}.${fingerprint(input)}`).toString('base64url');
}

function readToken(input: LookupEventsInput): Pick<CallFilter, 'beforeSequence'> {
  if (input.NextToken === undefined) return {};
  const [sequence, parameters] = Buffer.from(input.NextToken, 'base64url').toString().split('.');
  if (!/^\d+$/.test(sequence ?? '') || parameters !== fingerprint(input))
    throw new ServiceError(
      'InvalidNextTokenException',
      'The token is not one that was given out for these parameters. Repeat the call without it.',
    );
  return { beforeSequence: Number(sequence) };
}

function fingerprint({ NextToken: _token, MaxResults: _size, ...parameters }: LookupEventsInput): string {
  return createHash('sha256').update(canonicalJson(parameters)).digest('hex').slice(0, 16);
}
