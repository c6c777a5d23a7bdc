import { ServiceError } from '@riposte/engine';
import { pageOf } from '../page.ts';
import type { AccountOperation, CallContext, TouchedResource } from '../ports/operation.ts';
import {
  findGroup,
  groupId,
  putGroup,
  putStream,
  removeGroup,
  streamId,
  type LogGroupRecord,
  type LogStreamRecord,
} from './records.ts';

interface StreamInput {
  logGroupName: string;
  logStreamName: string;
}

const PAGE_MAX = 50;

/** The ARN that policies of Logs are written against: with `:*` behind the group. */
export function logGroupArn({ account, region }: CallContext, logGroupName: string | undefined): string {
  return `arn:aws:logs:${region}:${account}:log-group:${logGroupName ?? ''}:*`;
}

export function logStreamArn(context: CallContext, input: StreamInput): string {
  return logGroupArn(context, input.logGroupName).replace(/\*$/, `log-stream:${input.logStreamName}`);
}

/** The group that is named, by its name or by its ARN. */
export function namedGroup(input: { logGroupName?: string; logGroupIdentifier?: string }): string {
  const name =
    input.logGroupName ?? input.logGroupIdentifier?.replace(/^arn:[^:]+:logs:[^:]*:\d*:log-group:/, '');
  if (!name)
    throw new ServiceError(
      'InvalidParameterException',
      'Name a log group in logGroupName or logGroupIdentifier.',
    );
  return name.replace(/:\*$/, '');
}

function touchedGroup(_context: CallContext, input: { logGroupName: string }): TouchedResource[] {
  return [{ type: 'AWS::Logs::LogGroup', name: input.logGroupName }];
}

export const createLogGroup: AccountOperation<{ logGroupName: string; kmsKeyId?: string }> = {
  service: 'logs',
  name: 'CreateLogGroup',
  access: 'write',
  resourceArn: (context, input) => logGroupArn(context, input.logGroupName),
  touched: touchedGroup,
  handle(transaction, context, { logGroupName, kmsKeyId }) {
    if (!/^[\w./#-]{1,512}$/.test(logGroupName))
      throw new ServiceError('InvalidParameterException', `${logGroupName} is no name for a log group.`);
    if (kmsKeyId !== undefined)
      throw new ServiceError(
        'InvalidParameterException',
        'This server does not encrypt log groups. Leave kmsKeyId out.',
      );
    if (transaction.get('logs:group', groupId(context.region, logGroupName)))
      throw new ServiceError('ResourceAlreadyExistsException', 'The specified log group already exists');
    putGroup(transaction, context.region, logGroupName, context.nowMs);
    return {};
  },
};

export const deleteLogGroup: AccountOperation<{ logGroupName: string }> = {
  service: 'logs',
  name: 'DeleteLogGroup',
  access: 'write',
  resourceArn: (context, input) => logGroupArn(context, input.logGroupName),
  touched: touchedGroup,
  handle(transaction, context, { logGroupName }) {
    findGroup(transaction, context.region, logGroupName);
    removeGroup(transaction, context.region, logGroupName);
    return {};
  },
};

export const describeLogGroups: AccountOperation<{
  logGroupNamePrefix?: string;
  limit?: number;
  nextToken?: string;
}> = {
  service: 'logs',
  name: 'DescribeLogGroups',
  access: 'read',
  resourceArn: (context) => logGroupArn(context, undefined),
  handle(transaction, context, input) {
    const groups = transaction.list<LogGroupRecord>(
      'logs:group',
      groupId(context.region, input.logGroupNamePrefix ?? ''),
    );
    const page = pageOf(groups, (group) => group.logGroupName, {
      after: input.nextToken,
      limit: checkedLimit(input.limit),
      code: 'InvalidParameterException',
    });
    return {
      logGroups: page.items.map((group) => ({
        logGroupName: group.logGroupName,
        arn: logGroupArn(context, group.logGroupName),
        logGroupArn: logGroupArn(context, group.logGroupName).replace(/:\*$/, ''),
        logGroupClass: 'STANDARD',
        creationTime: group.createdAtMs,
        metricFilterCount: 0,
        storedBytes: group.storedBytes,
      })),
      ...(page.next !== undefined && { nextToken: page.next }),
    };
  },
};

export const createLogStream: AccountOperation<StreamInput> = {
  service: 'logs',
  name: 'CreateLogStream',
  access: 'write',
  resourceArn: logStreamArn,
  touched: touchedGroup,
  handle(transaction, context, { logGroupName, logStreamName }) {
    findGroup(transaction, context.region, logGroupName);
    if (!/^[^:*]{1,512}$/.test(logStreamName))
      throw new ServiceError('InvalidParameterException', `${logStreamName} is no name for a log stream.`);
    const place = { region: context.region, logGroup: logGroupName, logStream: logStreamName };
    if (transaction.get('logs:stream', streamId(place)))
      throw new ServiceError('ResourceAlreadyExistsException', 'The specified log stream already exists');
    putStream(transaction, place, context.nowMs);
    return {};
  },
};

export const describeLogStreams: AccountOperation<{
  logGroupName?: string;
  logGroupIdentifier?: string;
  logStreamNamePrefix?: string;
  orderBy?: string;
  descending?: boolean;
  limit?: number;
  nextToken?: string;
}> = {
  service: 'logs',
  name: 'DescribeLogStreams',
  access: 'read',
  resourceArn: (context, input) => logGroupArn(context, namedGroup(input)),
  handle(transaction, context, input) {
    const logGroup = namedGroup(input);
    findGroup(transaction, context.region, logGroup);
    const prefix = { region: context.region, logGroup, logStream: input.logStreamNamePrefix ?? '' };
    const byTime = input.orderBy === 'LastEventTime';
    const ordered = orderedStreams(
      transaction.list<LogStreamRecord>('logs:stream', streamId(prefix)),
      byTime,
      input.descending === true,
    );
    const page = pageOf(ordered, (stream) => stream.key, {
      after: input.nextToken,
      limit: checkedLimit(input.limit),
      code: 'InvalidParameterException',
    });
    return {
      logStreams: page.items.map(({ stream }) => streamShape(context, logGroup, stream)),
      ...(page.next !== undefined && { nextToken: page.next }),
    };
  },
};

/** With keys that rise along the list, which is what its pages go by. */
function orderedStreams(streams: LogStreamRecord[], byTime: boolean, descending: boolean) {
  const list = byTime ? streams.toSorted((a, b) => (a.lastEventMs ?? 0) - (b.lastEventMs ?? 0)) : streams;
  return (descending ? list.toReversed() : list).map((stream, index) => ({
    stream,
    key: String(index).padStart(12, '0'),
  }));
}

function streamShape(context: CallContext, logGroupName: string, stream: LogStreamRecord) {
  return {
    logStreamName: stream.logStreamName,
    creationTime: stream.createdAtMs,
    ...(stream.firstEventMs !== undefined && { firstEventTimestamp: stream.firstEventMs }),
    ...(stream.lastEventMs !== undefined && { lastEventTimestamp: stream.lastEventMs }),
    ...(stream.lastIngestionMs !== undefined && { lastIngestionTime: stream.lastIngestionMs }),
    arn: logStreamArn(context, { logGroupName, logStreamName: stream.logStreamName }),
    storedBytes: 0,
  };
}

function checkedLimit(limit = PAGE_MAX): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_MAX)
    throw new ServiceError(
      'InvalidParameterException',
      `limit is ${limit}, and must be from 1 to ${PAGE_MAX}.`,
    );
  return limit;
}
