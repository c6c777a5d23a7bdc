import { ServiceError } from '@riposte/engine';
import type { AccountOperation } from '../ports/operation.ts';
import type { LogEvent, LogPosition } from '../ports/log-events.ts';
import { logGroupArn, logStreamArn, namedGroup } from './arns.ts';
import { checkedLimit } from './constraints.ts';
import { logFilter } from './filter/filter-pattern.ts';
import { findGroup, findStream, eventBytes, streamsOf } from './records.ts';
import { retainedFromMs } from './retention.ts';

const PAGE_MAX = 10_000;
const PAGE_BYTES_MAX = 1_048_576;
/** Events looked at for one page of a search: then it answers with what it has and says where to go on, as AWS does. */
const SEARCHED_MAX = 100_000;
const SEARCHED_AT_ONCE = 2000;

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
  handle(transaction, { region, nowMs }, input) {
    const logGroup = namedGroup(input);
    const group = findGroup(transaction, region, logGroup);
    findStream(transaction, { region, logGroup, logStream: input.logStreamName });
    const token = input.nextToken === undefined ? undefined : readToken(input.nextToken, /^([fb])\/(.+)\/s$/);
    const goesBack = token ? token.kind === 'b' : input.startFromHead !== true;
    const found = transaction.logEvents.find({
      region,
      logGroup,
      logStreams: [input.logStreamName],
      fromMs: Math.max(input.startTime ?? 0, retainedFromMs(group, nowMs)),
      ...(input.endTime !== undefined && { toMs: input.endTime }),
      ...(token && (goesBack ? { before: token.position } : { after: token.position })),
      newestFirst: goesBack,
      limit: checkedLimit(input.limit, PAGE_MAX),
    });
    const page = found.slice(0, countWithin(found));
    if (goesBack) page.reverse();
    const first = page[0] ?? token?.position ?? { timestampMs: 0, sequence: 0 };
    const last = page.at(-1) ?? first;
    return {
      events: page.map(({ timestampMs, message, ingestedAtMs }) => ({
        timestamp: timestampMs,
        message,
        ingestionTime: ingestedAtMs,
      })),
      nextForwardToken: `f/${positionText(last)}/s`,
      nextBackwardToken: `b/${positionText(first)}/s`,
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
  handle(transaction, { region, nowMs }, input) {
    const logGroup = namedGroup(input);
    const group = findGroup(transaction, region, logGroup);
    const { logStreamNames, logStreamNamePrefix: prefix, startTime, endTime } = input;
    if (logStreamNames && prefix !== undefined)
      throw new ServiceError(
        'InvalidParameterException',
        'logStreamNames and logStreamNamePrefix cannot be given together.',
      );
    const logStreams =
      prefix === undefined
        ? logStreamNames
        : streamsOf(transaction, region, logGroup, prefix).map(({ logStreamName }) => logStreamName);
    const matches = logFilter(input.filterPattern ?? '');
    const limit = checkedLimit(input.limit, PAGE_MAX);
    const page: LogEvent[] = [];
    let after =
      input.nextToken === undefined ? undefined : readToken(input.nextToken, /^(n)\/(.+)$/).position;
    let bytes = 0;
    for (let searched = 0; searched < SEARCHED_MAX; searched += SEARCHED_AT_ONCE) {
      const events = transaction.logEvents.find({
        region,
        logGroup,
        fromMs: Math.max(startTime ?? 0, retainedFromMs(group, nowMs)),
        ...(endTime !== undefined && { toMs: endTime + 1 }), // the last millisecond belongs to the range, unlike that of GetLogEvents
        ...(logStreams && { logStreams }),
        ...(after && { after }),
        limit: SEARCHED_AT_ONCE,
      });
      for (const event of events) {
        if (matches(event.message)) {
          bytes += eventBytes(event);
          if (page.length === limit || (bytes > PAGE_BYTES_MAX && page.length > 0)) return found(page, after);
          page.push(event);
        }
        after = event;
      }
      if (events.length < SEARCHED_AT_ONCE) return found(page, undefined);
    }
    return found(page, after);
  },
};

function found(page: readonly LogEvent[], next: LogPosition | undefined) {
  return {
    events: page.map((event) => ({
      logStreamName: event.logStreamName,
      timestamp: event.timestampMs,
      message: event.message,
      ingestionTime: event.ingestedAtMs,
      eventId: String(event.sequence).padStart(56, '0'), // 56 digits, as CloudWatch Logs names events
    })),
    searchedLogStreams: [],
    ...(next && { nextToken: `n/${positionText(next)}` }),
  };
}

/** How many of these make a page by their bytes; one at least. */
function countWithin(events: readonly LogEvent[]): number {
  let bytes = 0;
  const tooMany = events.findIndex(
    (event, index) => (bytes += eventBytes(event)) > PAGE_BYTES_MAX && index > 0,
  );
  return tooMany === -1 ? events.length : tooMany;
}

function positionText({ timestampMs, sequence }: LogPosition): string {
  return `${String(timestampMs)}-${String(sequence)}`;
}

/** @param form  with the kind of the token and its position */
function readToken(token: string, form: RegExp): { kind: string; position: LogPosition } {
  const [, kind = '', text = ''] = form.exec(token) ?? [];
  const [, timestampMs, sequence] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  if (timestampMs === undefined || sequence === undefined)
    throw new ServiceError('InvalidParameterException', 'The specified nextToken is invalid.');
  return { kind, position: { timestampMs: Number(timestampMs), sequence: Number(sequence) } };
}
