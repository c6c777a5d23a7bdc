import { relative } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Dice } from './dice.ts';

/**
 * A test of what holds for every seed. `SEED=7` tries that one alone, `RUNS=1000` the first thousand; a failure says
 * which one to run again.
 * @param runs  seeds that are tried when nobody asks for others
 * @param hold  throws when it does not
 */
export function property(
  sentence: string,
  runs: number,
  hold: (dice: Dice, t: TestContext, seed: number) => void | Promise<void>,
): void {
  test(sentence, async (t) => {
    for (const seed of seeds(runs)) {
      try {
        await hold(new Dice(seed), t, seed);
      } catch (cause) {
        const file = relative(process.cwd(), process.argv[1] ?? '');
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`Seed ${seed}, run again with SEED=${seed} npm test -- ${file}: ${reason}`, {
          cause,
        });
      }
    }
  });
}

function seeds(runs: number): number[] {
  const { SEED, RUNS } = process.env;
  if (SEED !== undefined) return [Number(SEED)];
  return Array.from({ length: Number(RUNS ?? runs) }, (_, index) => index + 1);
}
