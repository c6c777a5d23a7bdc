import { createHash } from 'node:crypto';
import { stringifyJson, type HistoryEvent, type Json } from '@riposte/asl';
import { withoutExecutionData } from '../execution-data.ts';
import type { LoggingConfiguration, LogLevel } from '../ports/state-machines.ts';
import type { ExecutionLogBatch } from '../ports/execution-logs.ts';

/** Bytes of an input or output, escaped as text, that a record still carries whole. */
const PAYLOAD_BYTES_MAX = 248 * 1024;
/** A character takes six bytes at most, as `\u001f`. */
const SURELY_FITS = PAYLOAD_BYTES_MAX / 6 - 1;
const HOUR_MS = 3_600_000;

export interface LogSource {
  executionArn: string;
  stateMachineArn: string;
  redriveCount: number;
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html, "Log levels" */
export function isLogged({ type }: HistoryEvent, level: LogLevel): boolean {
  if (level === 'ALL') return true;
  if (level === 'OFF') return false;
  if (/^Execution(?:Aborted|Failed|TimedOut)$/.test(type)) return true;
  return level === 'ERROR' && (/(?:Failed|TimedOut|Aborted)$/.test(type) || type === 'FailStateEntered');
}

/** Events of one execution as records of its log group, by stream: one stream an hour and machine. */
export function logBatches(
  events: readonly HistoryEvent[],
  source: LogSource,
  { level, includeExecutionData, logGroupArn }: LoggingConfiguration,
): ExecutionLogBatch[] {
  if (logGroupArn === undefined) return [];
  const logged = events.filter((event) => isLogged(event, level));
  const byHour = Map.groupBy(logged, ({ timestamp }) => Math.floor(timestamp / HOUR_MS));
  return Array.from(byHour, ([hour, own]) => ({
    logGroupArn,
    logStreamName: logStreamName(source.stateMachineArn, hour * HOUR_MS),
    events: own.map((event) => ({
      timestampMs: Math.floor(event.timestamp),
      message: messageOf(event, source, includeExecutionData),
    })),
  }));
}

/**
 * `states/<machine>/<hour>/<id>`, in the form of the service's (`states/m/2022-11-10-15-50/7851b2d9`). The service opens
 * a stream whenever one of its writers starts; here the machine decides, so that nothing has to be remembered.
 */
function logStreamName(stateMachineArn: string, atMs: number): string {
  const hour = `${new Date(atMs).toISOString().slice(0, 13).replace('T', '-')}-00`;
  const id = createHash('sha256').update(stateMachineArn).digest('hex').slice(0, 8);
  const name = stateMachineArn.split(':')[6] ?? ''; // with the label, where a Map Run started it
  return `states/${name}/${hour}/${id}`;
}

function messageOf(event: HistoryEvent, source: LogSource, withData: boolean): string {
  const name = Object.keys(event).find((member) => member.endsWith('EventDetails')) as
    `${string}EventDetails` | undefined; // what the line before looked for
  const details = (name && event[name]) ?? {}; // an event without details shows an empty object [guess]
  return stringifyJson({
    id: String(event.id),
    type: event.type,
    details: withData ? withoutLargePayloads(details) : withoutExecutionData(details),
    previous_event_id: String(event.previousEventId),
    event_timestamp: String(Math.floor(event.timestamp)),
    execution_arn: source.executionArn,
    redrive_count: String(source.redriveCount),
  });
}

/** Cuts what is too large for a line and says so: `inputDetails: {truncated: true}`. */
function withoutLargePayloads(details: Record<string, Json>): Record<string, Json> {
  const cut = Object.entries(details).flatMap(([name, value]): [string, Json][] => {
    if (typeof value !== 'string' || value.length <= SURELY_FITS) return [];
    if (Buffer.byteLength(JSON.stringify(value)) <= PAYLOAD_BYTES_MAX) return [];
    const shortened: [string, Json] = [name, shorten(value)];
    return `${name}Details` in details ? [shortened, [`${name}Details`, { truncated: true }]] : [shortened];
  });
  return cut.length === 0 ? details : { ...details, ...Object.fromEntries(cut) };
}

/** The longest beginning that fits, found by halving; no pair of surrogates is torn. */
function shorten(text: string): string {
  let [fits, tooLong] = [0, text.length];
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (Buffer.byteLength(JSON.stringify(text.slice(0, middle))) <= PAYLOAD_BYTES_MAX) fits = middle;
    else tooLong = middle;
  }
  return text.slice(0, fits).replace(/[\uD800-\uDBFF]$/, '');
}
