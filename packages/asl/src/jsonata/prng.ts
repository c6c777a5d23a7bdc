/** Four words of 32 bits that fix all chance of one evaluation. */
export type Seed = readonly [number, number, number, number];

/**
 * Uniform numbers in [0, 1) from a seed (the generator sfc32 of PractRand). The same seed gives the same numbers, here
 * and in another thread.
 */
export function uniformsFrom([a, b, c, d]: Seed): () => number {
  const next = (): number => {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round++) next();
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
}

export function seedFrom(uniform: () => number): Seed {
  const word = () => Math.floor(uniform() * 2 ** 32);
  return [word(), word(), word(), word()];
}

/** A version 4 UUID. */
export function uuidFrom(uniform: () => number): string {
  const digits = Array.from({ length: 32 }, (_, index) => {
    if (index === 12) return '4';
    const digit = Math.floor(uniform() * 16);
    return (index === 16 ? 8 + (digit & 3) : digit).toString(16);
  }).join('');
  return [0, 8, 12, 16, 20].map((from, part) => digits.slice(from, [8, 12, 16, 20, 32][part])).join('-');
}
