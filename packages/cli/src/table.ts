import { oneLine } from './terminal.ts';

/** Columns as wide as their widest cell; the last is not padded. Whatever a cell holds, its row stays one line. */
export function formatTable(headings: readonly string[], given: readonly (readonly string[])[]): string[] {
  const rows = given.map((cells) => cells.map(oneLine));
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(headings), ...rows.map(line)];
}
