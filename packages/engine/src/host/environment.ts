import { createHash } from 'node:crypto';
import type { Environment } from '@riposte/asl';
import type { Ids } from '../ports/ids.ts';
import type { ExpressionThreads } from './expression-threads.ts';

/**
 * The outside world of one decision.
 * @param expressions evaluates what could stall
 * @param activities of those that the definition names, the ones that exist
 */
export function environmentAt(
  nowMs: number,
  ids: Ids,
  expressions: Pick<ExpressionThreads, 'evaluate'>,
  activities: ReadonlySet<string> = new Set(),
): Environment {
  return {
    nowMs,
    uuid: () => ids.uuid(),
    secret: () => ids.secret(),
    uniform: () => ids.uniform(),
    evaluate: (request) => expressions.evaluate(request),
    activityExists: (activityArn) => activities.has(activityArn),
    // SHA-256 → sha256, as Node names it
    hash: (algorithm, text) =>
      createHash(algorithm.toLowerCase().replace('-', '')).update(text).digest('hex'),
  };
}
