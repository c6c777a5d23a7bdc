import { ServiceError } from '@riposte/engine';
import type { NewLogEvent } from '../ports/log-events.ts';
import type { AccountOperation } from '../ports/operation.ts';
import { logStreamArn, touchedGroup } from './arns.ts';
import { brokenConstraint } from './constraints.ts';
import { addEvents, eventBytes, findGroup, findStream } from './records.ts';
import { resourcePolicyOf } from './resource-policies.ts';
import { carryOutRetention, retainedFromMs } from './retention.ts';

const BATCH_EVENTS_MAX = 10_000;
const BATCH_BYTES_MAX = 1_048_576;
const DAY_MS = 86_400_000;
const OLDEST_MS = 14 * DAY_MS;
const FUTURE_MS = 2 * 3_600_000;

/** Events that are too old, too far in the future or beyond the group's retention are left out, and the answer says so. */
export const putLogEvents: AccountOperation<{
  logGroupName: string;
  logStreamName: string;
  logEvents: { timestamp: number; message: string }[];
}> = {
  service: 'logs',
  name: 'PutLogEvents',
  access: 'write',
  resourceArn: logStreamArn,
  resourcePolicy: ({ region }, _input, transaction) => resourcePolicyOf(transaction, region),
  touched: touchedGroup,
  handle(transaction, { region, nowMs }, input) {
    const place = { region, logGroup: input.logGroupName, logStream: input.logStreamName };
    findStream(transaction, place);
    const events = input.logEvents.map(({ timestamp, message }) => ({ timestampMs: timestamp, message }));
    checkBatch(events);
    const group = findGroup(transaction, region, place.logGroup);
    const expired = firstFrom(events, retainedFromMs(group, nowMs));
    const tooOld = firstFrom(events, nowMs - OLDEST_MS);
    const tooNew = firstFrom(events, nowMs + FUTURE_MS + 1);
    addEvents(transaction, place, events.slice(Math.max(expired, tooOld), tooNew), nowMs);
    carryOutRetention(transaction, findGroup(transaction, region, place.logGroup), nowMs);
    const rejected = {
      ...(tooNew < events.length && { tooNewLogEventStartIndex: tooNew }),
      ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
      ...(expired > 0 && { expiredLogEventEndIndex: expired }),
    };
    return Object.keys(rejected).length === 0 ? {} : { rejectedLogEventsInfo: rejected };
  },
};

function checkBatch(events: readonly NewLogEvent[]): void {
  const [first, last] = [events[0], events.at(-1)];
  if (!first || !last) throw brokenConstraint(" '[]'", 'logEvents', 'have length greater than or equal to 1');
  if (events.length > BATCH_EVENTS_MAX)
    throw brokenConstraint('', 'logEvents', `have length less than or equal to ${BATCH_EVENTS_MAX}`);
  const bytes = events.reduce((sum, event) => sum + eventBytes(event), 0);
  if (bytes > BATCH_BYTES_MAX)
    throw refused(`Upload too large: ${bytes} bytes exceeds limit of ${BATCH_BYTES_MAX}`);
  if (events.some((event, index) => event.timestampMs < (events[index - 1]?.timestampMs ?? 0)))
    throw refused('Log events in a single PutLogEvents request must be in chronological order.');
  if (last.timestampMs - first.timestampMs > DAY_MS)
    throw refused('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.');
}

/** Of the first event that is not before an instant; they are in order of time. */
function firstFrom(events: readonly NewLogEvent[], atMs: number): number {
  const index = events.findIndex(({ timestampMs }) => timestampMs >= atMs);
  return index === -1 ? events.length : index;
}

function refused(text: string): ServiceError {
  return new ServiceError('InvalidParameterException', text);
}
