import type { EventEnvelope, PutEventsEntry, PutEventsResultEntry } from '../ports/event-service.ts';
import { Constraints, validationError } from '../constraints.ts';
import { readObject } from './json-object.ts';
import { eventTime, isEventTime } from './time.ts';

const ENTRIES_MAX = 10;
const REQUEST_BYTES_MAX = 1_048_576; // under this: 1 MB a request
const TIME_BYTES = 14; // what a Time counts for
const DETAIL_TYPE_MAX = 128;
const RESOURCE_MAX = 2048;

/** @throws ServiceError ValidationException when the whole request is refused */
export function checkRequest(entries: readonly PutEventsEntry[]): void {
  if (entries.length > ENTRIES_MAX) refuseLength(entries, `less than or equal to ${ENTRIES_MAX}`);
  if (entries.length === 0) refuseLength(entries, 'greater than or equal to 1');
  const bytes = entries.reduce((sum, entry) => sum + entryBytes(entry), 0);
  if (bytes >= REQUEST_BYTES_MAX)
    throw validationError('Total size of the entries in the request is over the limit.');
}

/** The message repeats all that was sent, up to a megabyte: it is put together for a refusal alone. */
function refuseLength(entries: readonly PutEventsEntry[], bound: string): void {
  const constraints = new Constraints();
  constraints.violation(`'[${entries.map(showEntry).join(', ')}]'`, 'entries', `have length ${bound}`);
  constraints.enforce();
}

/** The size of an entry as the service counts it. */
function entryBytes(entry: PutEventsEntry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), entry.Time ? TIME_BYTES : 0);
}

/** An entry as the service's message shows it. */
function showEntry(entry: PutEventsEntry): string {
  const resources = entry.Resources ? `[${entry.Resources.join(', ')}]` : 'null';
  const time = entry.Time ? String(entry.Time) : 'null';
  return `PutEventsRequestEntry(time=${time}, source=${entry.Source ?? 'null'}, resources=${resources}, detailType=${entry.DetailType ?? 'null'}, detail=${entry.Detail ?? 'null'}, eventBusName=${entry.EventBusName ?? 'null'}, traceHeader=${entry.TraceHeader ?? 'null'}, kmsKeyIdentifier=null, internalMetadata=null)`;
}

/** What the envelope needs that is not in the entry. */
export interface EnvelopeContext {
  id: string;
  account: string;
  region: string;
  nowMs: number;
}

/** @returns the event, or the error of this entry alone */
export function envelopeOf(
  entry: PutEventsEntry,
  context: EnvelopeContext,
): { event: EventEnvelope } | { error: PutEventsResultEntry } {
  const { Source: source, DetailType: detailType, Detail: detailText } = entry;
  if (!source) return missing('Source');
  if (!detailType) return missing('DetailType');
  if (!detailText) return missing('Detail');
  if (source.startsWith('aws.'))
    return failed('NotAuthorizedForSourceException', 'Not authorized for the source.');
  if (detailType.length > DETAIL_TYPE_MAX)
    return invalid('DetailType', `DetailType must have at most ${DETAIL_TYPE_MAX} characters.`);
  if (entry.Resources?.some((resource) => resource.length > RESOURCE_MAX))
    return invalid('Resources', `A resource must have at most ${RESOURCE_MAX} characters.`);
  // That such an entry alone is refused, and in these words, is a guess: nothing recorded has one.
  if (entry.Time && !isEventTime(entry.Time.getTime()))
    return invalid('Time', 'Time must be an instant in the years 0000 to 9999.');
  const detail = readObject(detailText);
  // That an integer beyond 64 bits is refused like this is a guess: the reference tells the limit, not the answer.
  if ('problem' in detail) return failed('MalformedDetail', 'Detail is malformed.');
  return {
    event: {
      version: '0',
      id: context.id,
      'detail-type': detailType,
      source,
      account: context.account,
      time: eventTime(entry.Time?.getTime() ?? context.nowMs),
      region: context.region,
      resources: entry.Resources ?? [],
      detail: detail.object,
    },
  };
}

function missing(member: string): { error: PutEventsResultEntry } {
  return invalid(member, `${member} is a required argument.`);
}

function invalid(member: string, reason: string): { error: PutEventsResultEntry } {
  return failed('InvalidArgument', `Parameter ${member} is not valid. Reason: ${reason}`);
}

function failed(ErrorCode: string, ErrorMessage: string): { error: PutEventsResultEntry } {
  return { error: { ErrorCode, ErrorMessage } };
}
