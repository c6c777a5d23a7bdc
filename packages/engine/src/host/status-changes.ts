import { parseExecutionArn } from '../arn.ts';
import type { Execution } from '../ports/execution-host.ts';
import type { StatusChange, StatusChangePublisher } from '../ports/status-changes.ts';
import type { Notice } from '../ports/store.ts';
import { notRedrivableReason } from '../redrivable.ts';

/** Bytes of a payload, escaped as text in the event, that still go with it. */
const PAYLOAD_BYTES_MAX = 248 * 1024;

/** One after the other: the order of changes is the order on the bus. */
export async function publishAll(notices: readonly Notice[], publish: StatusChangePublisher): Promise<void> {
  for (const { body } of notices) await publish(JSON.parse(body) as StatusChange); // written by statusChangeOf
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
  const reason = notRedrivableReason(execution, nowMs);
  const input = included(execution.input);
  const result = output === undefined ? undefined : included(output);
  return {
    executionArn: execution.executionArn,
    stateMachineArn: execution.stateMachineArn,
    name: execution.name,
    status: execution.status,
    startDate: execution.startDate,
    stopDate: stopDate ?? null,
    input: input.text,
    inputDetails: { included: input.text !== null },
    output: result?.text ?? null,
    outputDetails: result ? { included: result.text !== null } : null,
    stateMachineVersionArn: execution.stateMachineVersionArn ?? null,
    stateMachineAliasArn: execution.stateMachineAliasArn ?? null,
    redriveCount: execution.redriveCount ?? 0,
    redriveDate: redriveDate ?? null,
    redriveStatus: reason === undefined ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
    redriveStatusReason: reason ?? null,
    error: error ?? null,
    cause: cause ?? null,
  };
}

function included(text: string): { text: string | null } {
  return { text: Buffer.byteLength(JSON.stringify(text)) > PAYLOAD_BYTES_MAX ? null : text };
}
