import { type Caller, isSimulated, type NewCallRecord, type TouchedResource } from '@riposte/account';
import type { AwsCall } from '../call.ts';
import { encodeAnswer, type Answer } from '../journal/answer.ts';
import { stepOf } from '../sessions/callers.ts';
import { audited } from './audited.ts';
import { userIdentityOf } from './user-identity.ts';

/** What the pipeline knows of a call when it has come to an end. */
export interface AuditedCall {
  call: AwsCall;
  id: string;
  timeMs: number;
  access: 'read' | 'write';
  touched: readonly TouchedResource[];
  /** One sentence. */
  verdict: string;
  journalKey?: string;
  /** Of the delivery that made the call, when no step did. */
  requestKey?: string;
  answer: Answer;
  auditedInput: unknown;
  auditedOutput: unknown;
  /** Answered without being carried out. */
  rehearsed?: boolean;
  /** Default: the message of the answer. */
  errorMessage?: string;
}

/** The record of one call, with CloudTrail's members and the step it was made for. */
export function callRecordOf(ended: AuditedCall): NewCallRecord {
  const { call, answer } = ended;
  const step = stepOf(call.caller);
  const taskId = step?.taskId ?? ended.requestKey;
  const recorded = ended.journalKey === undefined ? undefined : encodeAnswer(answer);
  return {
    id: ended.id,
    timeMs: ended.timeMs,
    region: call.region,
    service: call.service,
    eventSource: `${call.service}.amazonaws.com`,
    operation: call.operation,
    access: ended.access,
    userIdentity: userIdentityOf(call.caller),
    sourceIpAddress: call.sourceIpAddress ?? internalSource(call.caller),
    userAgent: call.userAgent ?? internalSource(call.caller),
    resources: ended.touched.map(({ type, name }) => ({ type, name })),
    requestParameters: audited(ended.auditedInput),
    responseElements: answer.kind === 'output' ? audited(ended.auditedOutput) : null,
    ...(answer.kind === 'error' && {
      errorCode: answer.error.code,
      errorMessage: ended.errorMessage ?? answer.error.message,
    }),
    requestId: answer.requestId,
    verdict: ended.verdict,
    ...(step && {
      executionArn: step.executionArn,
      stateName: step.stateName,
      visit: step.visit,
      attempt: step.attempt,
    }),
    ...(taskId !== undefined && { taskId }),
    ...(isSimulated(call.caller) && { simulated: true }),
    ...(ended.rehearsed === true && { rehearsed: true }),
    ...(ended.journalKey !== undefined &&
      recorded !== undefined && { journalKey: ended.journalKey, answer: recorded }),
  };
}

/** CloudTrail's words for a call that no network brought. */
function internalSource(caller: Caller): string {
  return caller.kind === 'service' ? caller.service : 'AWS Internal';
}
