import { intrinsicFailure } from '../../errors/failure.ts';
import type { IntrinsicFunction } from './function.ts';
import { integerAt } from './function.ts';

export const math: Record<string, IntrinsicFunction> = {
  'States.MathAdd': {
    arity: [2, 2],
    run: (values, call) => integerAt(values, 0, call) + integerAt(values, 1, call),
  },
  'States.MathRandom': {
    arity: [2, 3],
    run(values, call) {
      const start = integerAt(values, 0, call);
      const end = integerAt(values, 1, call);
      if (end <= start) throw intrinsicFailure(`${call.name} needs an end above its start: ${start}, ${end}`);
      const uniform = values.length === 3 ? seeded(integerAt(values, 2, call)) : call.environment.uniform();
      return start + Math.floor(uniform * (end - start));
    },
  },
};

/** One number in [0, 1) that depends on the seed only (the mixing step of SplitMix32). */
function seeded(seed: number): number {
  let mixed = (seed + 0x9e3779b9) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
}
