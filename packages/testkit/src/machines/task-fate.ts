import type { Json } from '@riposte/asl';
import { Dice } from '../properties/dice.ts';
import { anyJson } from './generated-data.ts';
import { ERRORS } from './generate-state.ts';

/** What becomes of one attempt of a task. Times have milliseconds: hardly two things happen at the same instant. */
export type TaskFate = {
  /** When a service takes the work on whose answer comes by token. */
  submittedAfterSeconds: number;
} & (
  | { kind: 'succeeds'; output: Json; afterSeconds: number }
  | { kind: 'fails'; error?: string; cause?: string; afterSeconds: number }
  | { kind: 'never answers' }
);

/**
 * The fate of a task is in its name: whoever asks again, in whatever order, hears the same.
 * @param taskId  of the attempt, the same for ever
 */
export function taskFate(seed: number, taskId: string): TaskFate {
  const dice = new Dice(hash(`${seed} ${taskId}`));
  const submittedAfterSeconds = dice.integer(1, 999) / 1000;
  const afterSeconds = submittedAfterSeconds + (dice.chance(0.6) ? 0.001 : dice.integer(1, 7));
  switch (dice.weighted({ succeeds: 70, fails: 20, 'never answers': 10 })) {
    case 'succeeds':
      return { kind: 'succeeds', output: anyJson(dice, 2), afterSeconds, submittedAfterSeconds };
    case 'fails':
      return {
        kind: 'fails',
        ...dice.maybe(0.9, () => ({ error: dice.pick(ERRORS) })),
        ...dice.maybe(0.5, () => ({ cause: 'the die said so' })),
        afterSeconds,
        submittedAfterSeconds,
      };
    case 'never answers':
      return { kind: 'never answers', submittedAfterSeconds };
  }
}

/** FNV-1a, 32 bits: spreads names that differ in one digit. */
function hash(text: string): number {
  let hashed = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hashed = Math.imul(hashed ^ text.charCodeAt(i), 0x01000193);
  return hashed >>> 0;
}
