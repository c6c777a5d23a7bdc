/**
 * JSON with one spelling: members sorted by name, no blanks, dates as ISO 8601, members without a value left out.
 * Bytes are named by their length: an audit record carries no payloads.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value)) ?? 'null';
}

function sorted(value: unknown): unknown {
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const names = Object.keys(value).sort();
  // a null prototype keeps a member named `__proto__` an ordinary member
  const result = Object.create(null) as Record<string, unknown>;
  for (const name of names) result[name] = sorted((value as Record<string, unknown>)[name]);
  return result;
}
