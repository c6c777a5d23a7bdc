import { printable, printableLines } from '@riposte/server';

export { printable, printableLines };

/** Where a command prints: results on `out`, everything about them on `err`. */
export interface Terminal {
  out(line: string): void;
  err(line: string): void;
  /** Escape codes may be used. */
  colour: boolean;
  isInteractive: boolean;
  /** Writes over the last such line; an empty one takes it away. Absent where nobody watches. */
  progress?(text: string): void;
}

export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  return {
    out: (line) => void stdout.write(`${line}\n`),
    err: (line) => void stderr.write(`${line}\n`),
    colour: (stdout.isTTY && env['NO_COLOR'] === undefined) || env['FORCE_COLOR'] !== undefined,
    isInteractive: stdout.isTTY === true,
    ...(stderr.isTTY && {
      progress: (text: string) =>
        void stderr.write(`\r\u001B[K${printable(text).slice(0, Math.max(0, stderr.columns - 1))}`),
    }),
  };
}

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'cyan';
const CODES: Record<Style, [number, number]> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
};

/** Colour never says anything that the words do not. */
export function styled(terminal: Pick<Terminal, 'colour'>, style: Style, text: string): string {
  if (!terminal.colour) return text;
  const [on, off] = CODES[style];
  return `\u001B[${on}m${text}\u001B[${off}m`;
}

/** Such a text where one line is meant, so that it cannot pass for lines of ours. */
export function oneLine(text: string): string {
  return printable(text).replaceAll('\n', '↵').replaceAll('\t', ' ');
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`;
}
