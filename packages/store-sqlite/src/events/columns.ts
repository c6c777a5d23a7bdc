export type Row = Record<string, unknown>;

export function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error('The events tables hold something that is no text.');
  return value;
}

export function optionalNumber(value: unknown): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}
