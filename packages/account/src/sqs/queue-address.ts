import { ServiceError } from '@riposte/engine';
import type { AccountReading } from '../ports/account-store.ts';
import type { CallContext, TouchedResource } from '../ports/operation.ts';
import { parseArn } from '../arn.ts';
import { noSuchQueue } from './errors.ts';
import type { QueueRecord } from './records.ts';

/** Every operation on one queue names it so. */
export interface QueueInput {
  QueueUrl: string;
}

export function queueArn({ account, region }: CallContext, name: string): string {
  return `arn:aws:sqs:${region}:${account}:${name}`;
}

/** Below the door that the caller came through, so that it finds the way back. */
export function queueUrl(context: CallContext, name: string): string {
  const endpoint = context.endpointUrl ?? `https://sqs.${context.region}.amazonaws.com`;
  return `${endpoint}/${context.account}/${name}`;
}

export function queueId(region: string, name: string): string {
  return `${region}/${name}`;
}

/**
 * The queue of a URL. Only its path counts: a client may know this server by another name than the one that made
 * the queue. The region is the call's, since our URLs carry none.
 * @throws ServiceError InvalidAddress, QueueDoesNotExist
 */
export function findQueue(reading: AccountReading, context: CallContext, url: string): QueueRecord {
  const { account, name } = addressOf(url);
  const queue =
    account === context.account
      ? reading.get<QueueRecord>('sqs:queue', queueId(context.region, name))
      : undefined;
  if (!queue) throw noSuchQueue();
  return queue;
}

/** @returns undefined for an ARN that is no queue of this account in the call's region */
export function queueOfArn(
  reading: AccountReading,
  context: Pick<CallContext, 'account' | 'region'>,
  arn: string,
): QueueRecord | undefined {
  const parsed = parseArn(arn);
  const isHere =
    parsed?.service === 'sqs' && parsed.region === context.region && parsed.account === context.account;
  return isHere ? reading.get<QueueRecord>('sqs:queue', queueId(context.region, parsed.resource)) : undefined;
}

function addressOf(url: string): { account: string; name: string } {
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  const [, account, name] = /(?:^|\/)(\d{12})\/([^/]+)\/?$/.exec(path) ?? [];
  if (account === undefined || name === undefined)
    throw new ServiceError('InvalidAddress', `The address ${url} is not valid for this endpoint.`, 404);
  return { account, name };
}

/** The parts that operations on one queue have in common. */
export const onQueue = {
  service: 'sqs',
  /** A queue that is not there is told before policies are asked, as SQS does: it cannot have one. */
  resourceArn: (context: CallContext, input: QueueInput, reading: AccountReading): string =>
    findQueue(reading, context, input.QueueUrl).queueArn,
  resourcePolicy: (context: CallContext, input: QueueInput, reading: AccountReading): string | undefined =>
    findQueue(reading, context, input.QueueUrl).attributes.Policy,
  touched: (context: CallContext, input: QueueInput): TouchedResource[] => {
    const name = input.QueueUrl.split('/').at(-1);
    return name ? [{ type: 'AWS::SQS::Queue', name: queueArn(context, name) }] : [];
  },
} as const;
