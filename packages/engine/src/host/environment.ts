import { createHash } from 'node:crypto';
import type { Environment } from '@riposte/asl';
import type { Ids } from '../ports/ids.ts';

/** The outside world of one decision. */
export function environmentAt(nowMs: number, ids: Ids): Environment {
  return {
    nowMs,
    uuid: () => ids.uuid(),
    secret: () => ids.secret(),
    uniform: () => ids.uniform(),
    // SHA-256 → sha256, as Node names it
    hash: (algorithm, text) =>
      createHash(algorithm.toLowerCase().replace('-', '')).update(text).digest('hex'),
  };
}
