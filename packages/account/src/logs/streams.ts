import { ServiceError } from '@riposte/engine';
import { pageOf } from '../page.ts';
import type { AccountOperation, CallContext } from '../ports/operation.ts';
import { logGroupArn, logStreamArn, namedGroup, touchedGroup } from './arns.ts';
import { brokenConstraint, checkedLimit } from './constraints.ts';
import {
  findGroup,
  findStream,
  putGroup,
  putStream,
  streamId,
  streamsOf,
  type LogStreamRecord,
} from './records.ts';
import { resourcePolicyOf } from './resource-policies.ts';

interface StreamInput {
  logGroupName: string;
  logStreamName: string;
}

const PAGE_MAX = 50;

export const createLogStream: AccountOperation<StreamInput> = {
  service: 'logs',
  name: 'CreateLogStream',
  access: 'write',
  resourceArn: logStreamArn,
  resourcePolicy: ({ region }, _input, transaction) => resourcePolicyOf(transaction, region),
  touched: touchedGroup,
  handle(transaction, context, { logGroupName, logStreamName }) {
    findGroup(transaction, context.region, logGroupName);
    if (!/^[^:*]{1,512}$/.test(logStreamName))
      throw brokenConstraint(
        ` '${logStreamName}'`,
        'logStreamName',
        'satisfy regular expression pattern: [^:*]*',
      );
    const place = { region: context.region, logGroup: logGroupName, logStream: logStreamName };
    if (transaction.get('logs:stream', streamId(place)))
      throw new ServiceError('ResourceAlreadyExistsException', 'The specified log stream already exists');
    putStream(transaction, place, context.nowMs);
    return {};
  },
};

export const deleteLogStream: AccountOperation<StreamInput> = {
  service: 'logs',
  name: 'DeleteLogStream',
  access: 'write',
  resourceArn: logStreamArn,
  touched: touchedGroup,
  handle(transaction, { region }, { logGroupName: logGroup, logStreamName: logStream }) {
    const place = { region, logGroup, logStream };
    findStream(transaction, place);
    const bytes = transaction.logEvents.remove(place);
    transaction.delete('logs:stream', streamId(place));
    const group = findGroup(transaction, region, logGroup);
    putGroup(transaction, { ...group, storedBytes: Math.max(0, group.storedBytes - bytes) });
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
    const byTime = input.orderBy === 'LastEventTime';
    if (byTime && input.logStreamNamePrefix !== undefined)
      throw new ServiceError(
        'InvalidParameterException',
        'Cannot order by LastEventTime with a logStreamNamePrefix.',
      );
    const ordered = orderedStreams(
      streamsOf(transaction, context.region, logGroup, input.logStreamNamePrefix),
      byTime,
      input.descending === true,
    );
    const page = pageOf(ordered, (stream) => stream.key, {
      after: input.nextToken,
      limit: checkedLimit(input.limit, PAGE_MAX),
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
    storedBytes: 0, // always, as on AWS since June 2019
  };
}
