import { CommandFailure } from './failure.ts';

const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * An instant as people write it: `2026-01-31T12:00:00Z`, or `30m`, `2h`, `7d` ago.
 * @returns milliseconds since the epoch
 * @throws CommandFailure naming the option, with exit code 2
 */
export function instantOf(option: string, text: string, nowMs: number): number {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return nowMs - Number(count) * (UNITS_MS[unit] ?? 0);
  const ms = Date.parse(text);
  if (Number.isNaN(ms))
    throw new CommandFailure(
      `${option} is ${text}, and must look like 2026-01-31T12:00:00Z, or like 30m, 2h or 7d: that long ago.`,
      { exitCode: 2 },
    );
  return ms;
}
