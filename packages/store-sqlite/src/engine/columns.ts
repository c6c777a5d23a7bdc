type Row = Record<string, unknown>;

/** Reads a TEXT NOT NULL column. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw wrongType(column, 'text', value);
  return value;
}

export function optionalText(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : text(row, column);
}

/** Reads an INTEGER NOT NULL column. */
export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw wrongType(column, 'a number', value);
  return value;
}

export function optionalInteger(row: Row, column: string): number | undefined {
  return row[column] === null ? undefined : integer(row, column);
}

/** The last instant that a `Date` can tell, in milliseconds: a later time in a column stands for never. */
export const INSTANT_MAX_MS = 8_640_000_000_000_000;

function wrongType(column: string, wanted: string, value: unknown): Error {
  return new Error(`The store holds ${typeof value} where column ${column} must be ${wanted}.`);
}
