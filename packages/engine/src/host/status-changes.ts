import { createHash } from 'node:crypto';
import { parseExecutionArn } from '../arn.ts';
import type { Execution } from '../ports/executions.ts';
import type { ChangedChild } from '../ports/map-runs.ts';
import type { StatusChange, StatusChangePublisher } from '../ports/status-changes.ts';
import type { Notice, Store } from '../ports/store.ts';
import { redriveStatusOf } from '../redrivable.ts';

/**
 * Bytes, escaped as text in the event: an output beyond stays out, and the input when both together are beyond.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-events.html, "EventBridge payloads"
 */
const PAYLOAD_BYTES_MAX = 248 * 1024;

/** One after the other: the order of changes is the order on the bus. */
export async function publishAll(
  store: Store,
  publish: StatusChangePublisher,
  notices: readonly Notice[],
): Promise<void> {
  for (const { sequence, body, child } of notices) {
    const change = child
      ? await childStatusChange(store, child, { sequence, body })
      : (JSON.parse(body) as StatusChange); // written by statusChangeOf
    if (change) await publish(change);
  }
}

/** @returns the body of what is told of children whose status their Map Run changes, as JSON text */
export function childNoticeAt(nowMs: number): string {
  return JSON.stringify({ atMs: nowMs } satisfies ChildNotice);
}

interface ChildNotice {
  atMs: number;
}

/** What another change may have given the execution since: of these holds only what the notice says. */
const CHANGING = ['stopDate', 'output', 'error', 'cause', 'redriveCount', 'redriveDate'] as const;

/**
 * The notice keeps what may be another by now; the rest, such as the input, never changes and is read when it is told,
 * so that the redrive of thousands does not copy their inputs.
 * @returns nothing when the execution was forgotten since
 */
async function childStatusChange(
  store: Store,
  child: ChangedChild,
  { sequence, body }: Notice,
): Promise<StatusChange | undefined> {
  const execution = await store.describe(child.executionArn);
  if (!execution) return undefined;
  const { atMs } = JSON.parse(body) as ChildNotice; // written by childNoticeAt
  const then: Execution = { ...execution, ...child };
  for (const member of CHANGING) if (!(member in child)) delete then[member];
  return statusChangeOf(then, atMs, idOf(child.executionArn, sequence));
}

/** The same however often it is told: nobody drew one when the store wrote the notice. */
function idOf(executionArn: string, sequence: number): string {
  const digest = createHash('sha256').update(`${executionArn} ${sequence}`).digest('hex');
  return digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5'); // RFC 9562, version 8
}

/** The event of one change, as EventBridge carries it. @param id the same however often it is told */
export function statusChangeOf(execution: Execution, nowMs: number, id: string): StatusChange {
  const { executionArn, origin } = execution;
  const { region, account } = parseExecutionArn(executionArn);
  return {
    region,
    simulated: origin.simulated,
    envelope: {
      version: '0',
      id,
      'detail-type': 'Step Functions Execution Status Change',
      source: 'aws.states',
      account,
      time: new Date(nowMs).toISOString().replace(/\.\d{3}Z$/, 'Z'),
      region,
      resources: [executionArn],
      detail: detailOf(execution, nowMs),
    },
  };
}

function detailOf(execution: Execution, nowMs: number): StatusChange['envelope']['detail'] {
  const { stopDate, output, error, cause, redriveDate } = execution;
  const { redriveStatus, redriveStatusReason } = redriveStatusOf(execution, nowMs);
  const inputBytes = escapedBytes(execution.input);
  const outputBytes = output === undefined ? 0 : escapedBytes(output);
  const withInput = inputBytes + outputBytes <= PAYLOAD_BYTES_MAX;
  const withOutput = outputBytes <= PAYLOAD_BYTES_MAX;
  return {
    executionArn: execution.executionArn,
    stateMachineArn: execution.stateMachineArn,
    name: execution.name,
    status: execution.status,
    startDate: execution.startDate,
    stopDate: stopDate ?? null,
    input: withInput ? execution.input : null,
    inputDetails: { included: withInput },
    output: (withOutput ? output : undefined) ?? null,
    outputDetails: output === undefined ? null : { included: withOutput },
    stateMachineVersionArn: execution.stateMachineVersionArn ?? null,
    stateMachineAliasArn: execution.stateMachineAliasArn ?? null,
    redriveCount: execution.redriveCount ?? 0,
    redriveDate: redriveDate ?? null,
    redriveStatus,
    redriveStatusReason: redriveStatusReason ?? null,
    error: error ?? null,
    cause: cause ?? null,
  };
}

function escapedBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}
