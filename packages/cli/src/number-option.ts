import { CommandFailure } from './failure.ts';

/**
 * A whole number as an option has it.
 * @throws CommandFailure naming the option, with exit code 2
 */
export function wholeNumberOf(
  option: string,
  text: string,
  { min = 0, max = Number.MAX_SAFE_INTEGER },
): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  const upTo = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max.toLocaleString('en')}`;
  throw new CommandFailure(`${option} is ${text}, and must be a whole number ${upTo}.`, { exitCode: 2 });
}

/** How many of something are asked for. */
export const PAGE = { min: 1, max: 1000 };
