import type { NewCallRecord } from '@riposte/account';
import type { ServiceError } from '@riposte/engine';
import { callRecordOf } from '../audit/call-record.ts';
import type { Answer } from '../journal/answer.ts';
import { keptKey } from '../journal/keys.ts';
import type { CatalogueEntry } from './operation.ts';
import type { Passage } from './passage.ts';

/** The record of a call that has come to its end, with no more of input and output than its operation lets be shown. */
export function recordOf(passage: Passage, answer: Answer): NewCallRecord {
  const { call, context, entry, access, touched, verdict, journalKey } = passage;
  const kept = keptKey(call, journalKey, answer);
  return callRecordOf({
    call,
    id: context.ids.uuid(),
    timeMs: context.nowMs,
    access,
    touched,
    verdict,
    answer,
    auditedInput: auditedInput(entry, call.input),
    auditedOutput: answer.kind === 'output' ? auditedOutput(entry, answer.output) : null,
    ...(answer.kind === 'error' && { errorMessage: auditedMessage(entry, answer.error) }),
    ...(kept !== undefined && { journalKey: kept }),
    ...(call.requestKey !== undefined && { requestKey: call.requestKey }),
    ...(passage.rehearsedFor !== undefined && answer.kind === 'output' && { rehearsed: true }),
  });
}

function auditedInput({ operation }: CatalogueEntry, input: object): unknown {
  return operation.auditedInput ? operation.auditedInput(input) : input;
}

function auditedMessage({ kind, operation }: CatalogueEntry, error: ServiceError): string {
  return (kind === 'service' && operation.auditedMessage?.(error)) || error.message;
}

function auditedOutput({ operation }: CatalogueEntry, output: object): unknown {
  if (operation.auditedOutput) return operation.auditedOutput(output);
  return operation.access === 'write' ? output : null;
}
