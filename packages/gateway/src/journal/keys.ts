import type { AwsCall } from '../call.ts';
import type { InternalCall } from '../pipeline/passage.ts';
import type { Answer } from './answer.ts';

/** The journal key of a call that a delivery makes: it makes only one. */
export function requestJournalKey({ service, operation }: AwsCall): string {
  return `${service}:${operation}`;
}

/**
 * Under which key the answer is kept for a repeated attempt; undefined when it is not to be kept.
 * @param journalKey  of a call that a step makes
 */
export function keptKey(
  call: InternalCall,
  journalKey: string | undefined,
  answer: Answer,
): string | undefined {
  // A tested state runs once: nobody asks again, and its answer is its caller's alone.
  if (call.httpTrace) return undefined;
  // A failure of ours may pass: a repeated attempt shall make the call again instead of failing for ever.
  if (journalKey !== undefined)
    return answer.kind === 'error' && answer.error.status >= 500 ? undefined : journalKey;
  // Deliveries are tried again after a refusal, for it may pass too.
  return call.requestKey !== undefined && answer.kind === 'output' ? requestJournalKey(call) : undefined;
}
