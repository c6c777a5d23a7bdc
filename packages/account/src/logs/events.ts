import { ServiceError } from '@riposte/engine';
import type { AccountOperation } from '../ports/operation.ts';
import { logFilter } from './filter.ts';
import { logGroupArn, logStreamArn, namedGroup } from './groups.ts';
import { addEvents, eventBytes, findGroup, findStream, readEvents, type LogEvent } from './records.ts';

const PAGE_MAX = 10_000;
const BATCH_EVENTS_MAX = 10_000;
const BATCH_BYTES_MAX = 1_048_576;

export const putLogEvents: AccountOperation<{
  logGroupName: string;
  logStreamName: string;
  logEvents: { timestamp: number; message: string }[];
}> = {
  service: 'logs',
  name: 'PutLogEvents',
  access: 'write',
  resourceArn: logStreamArn,
  touched: (_context, input) => [{ type: 'AWS::Logs::LogGroup', name: input.logGroupName }],
  handle(transaction, context, input) {
    const place = { region: context.region, logGroup: input.logGroupName, logStream: input.logStreamName };
    findStream(transaction, place);
    const events = input.logEvents.map(({ timestamp, message }) => ({ timestampMs: timestamp, message }));
    const bytes = events.reduce((sum, event) => sum + eventBytes(event), 0);
    if (events.length === 0 || events.length > BATCH_EVENTS_MAX || bytes > BATCH_BYTES_MAX)
      throw new ServiceError(
        'InvalidParameterException',
        `The batch has ${events.length} events and ${bytes} bytes; 1 to ${BATCH_EVENTS_MAX} events and at most ${BATCH_BYTES_MAX} bytes are possible.`,
      );
    if (events.some((event, index) => event.timestampMs < (events[index - 1]?.timestampMs ?? 0)))
      throw new ServiceError(
        'InvalidParameterException',
        'Log events in a single PutLogEvents request must be in chronological order.',
      );
    addEvents(transaction, place, events, context.nowMs);
    return {};
  },
};

export const getLogEvents: AccountOperation<{
  logGroupName?: string;
  logGroupIdentifier?: string;
  logStreamName: string;
  startTime?: number;
  endTime?: number;
  limit?: number;
  startFromHead?: boolean;
  nextToken?: string;
}> = {
  service: 'logs',
  name: 'GetLogEvents',
  access: 'read',
  resourceArn: (context, input) =>
    logStreamArn(context, { logGroupName: namedGroup(input), logStreamName: input.logStreamName }),
  handle(transaction, context, input) {
    const place = { region: context.region, logGroup: namedGroup(input), logStream: input.logStreamName };
    findStream(transaction, place);
    const events = readEvents(transaction, place).filter((event) => isBetween(event, input));
    const limit = checkedLimit(input.limit);
    const [from, to] = windowOf(input, events.length, limit);
    return {
      events: events.slice(from, to).map(({ timestampMs, message, ingestedAtMs }) => ({
        timestamp: timestampMs,
        message,
        ingestionTime: ingestedAtMs,
      })),
      nextForwardToken: `f/${to}`,
      nextBackwardToken: `b/${from}`,
    };
  },
};

export const filterLogEvents: AccountOperation<{
  logGroupName?: string;
  logGroupIdentifier?: string;
  logStreamNames?: string[];
  logStreamNamePrefix?: string;
  startTime?: number;
  endTime?: number;
  filterPattern?: string;
  limit?: number;
  nextToken?: string;
}> = {
  service: 'logs',
  name: 'FilterLogEvents',
  access: 'read',
  resourceArn: (context, input) => logGroupArn(context, namedGroup(input)),
  handle(transaction, context, input) {
    const logGroup = namedGroup(input);
    findGroup(transaction, context.region, logGroup);
    const matches = logFilter(input.filterPattern ?? '');
    const streams = input.logStreamNames && new Set(input.logStreamNames);
    const events = readEvents(transaction, { region: context.region, logGroup }).filter(
      (event) =>
        isBetween(event, input) &&
        (streams?.has(event.logStreamName) ?? true) &&
        event.logStreamName.startsWith(input.logStreamNamePrefix ?? '') &&
        matches(event.message),
    );
    const from = readToken(input.nextToken, 'n');
    const to = from + checkedLimit(input.limit);
    return {
      events: events.slice(from, to).map((event) => ({
        logStreamName: event.logStreamName,
        timestamp: event.timestampMs,
        message: event.message,
        ingestionTime: event.ingestedAtMs,
        eventId: event.id,
      })),
      searchedLogStreams: [],
      ...(to < events.length && { nextToken: `n/${to}` }),
    };
  },
};

/** `startTime` belongs to the range, `endTime` does not. */
function isBetween(event: LogEvent, range: { startTime?: number; endTime?: number }): boolean {
  return event.timestampMs >= (range.startTime ?? 0) && event.timestampMs < (range.endTime ?? Infinity);
}

/** Without a token: the newest events, or the oldest ones from the head. A token at an end stays where it is. */
function windowOf(
  input: { nextToken?: string; startFromHead?: boolean },
  length: number,
  limit: number,
): [from: number, to: number] {
  if (input.nextToken?.startsWith('b/')) {
    const to = Math.min(readToken(input.nextToken, 'b'), length);
    return [Math.max(0, to - limit), to];
  }
  if (input.nextToken === undefined && input.startFromHead !== true)
    return [Math.max(0, length - limit), length];
  const from = Math.min(readToken(input.nextToken, 'f'), length);
  return [from, Math.min(from + limit, length)];
}

function readToken(token: string | undefined, kind: string): number {
  if (token === undefined) return 0;
  const match = /^(\w)\/(\d+)$/.exec(token);
  if (match?.[1] !== kind)
    throw new ServiceError('InvalidParameterException', 'The specified nextToken is invalid.');
  return Number(match[2]);
}

function checkedLimit(limit = PAGE_MAX): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_MAX)
    throw new ServiceError(
      'InvalidParameterException',
      `limit is ${limit}, and must be from 1 to ${PAGE_MAX}.`,
    );
  return limit;
}
