import { createHash } from 'node:crypto';
import type { Environment } from '@riposte/asl';
import type { Ids } from '../ports/ids.ts';

/**
 * The outside world of one decision.
 * @param activities of those that the definition names, the ones that exist
 */
export function environmentAt(
  nowMs: number,
  ids: Ids,
  activities: ReadonlySet<string> = new Set(),
): Environment {
  return {
    nowMs,
    uuid: () => ids.uuid(),
    secret: () => ids.secret(),
    uniform: () => ids.uniform(),
    activityExists: (activityArn) => activities.has(activityArn),
    // SHA-256 → sha256, as Node names it
    hash: (algorithm, text) =>
      createHash(algorithm.toLowerCase().replace('-', '')).update(text).digest('hex'),
  };
}
