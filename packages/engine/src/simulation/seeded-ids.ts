import type { Ids } from '../ports/ids.ts';

/** Ids that are the same for the same seed. */
export function seededIds(seed: number): Ids {
  const next = splitMix32(seed);
  const hex = (length: number) =>
    Array.from({ length }, () => Math.floor((next() / 2 ** 32) * 16).toString(16)).join('');
  return {
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
    secret: () => `secret-${hex(32)}`,
    uniform: () => next() / 2 ** 32,
  };
}

/** A small generator with a full period over its 32 bits of state. @see https://doi.org/10.1145/2660193.2660195 */
function splitMix32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}
