import type { JsonObject } from '@riposte/json';
import type { Findings } from './diagnostic.ts';
import type { Kind } from './kinds.ts';

/** The fields that an object of the definition may have. A name that ends in `*` is required. */
export type FieldTable = Record<string, Kind>;

/** "Unknown fields are refused", required fields are there, and each field has a value of its kind. */
export function checkFields(object: JsonObject, table: FieldTable, at: string, findings: Findings): void {
  const kinds = new Map(Object.entries(table).map(([name, kind]) => [name.replace('*', ''), kind]));
  const missing = Object.keys(table)
    .filter((name) => name.endsWith('*'))
    .map((name) => name.slice(0, -1))
    .filter((name) => !Object.hasOwn(object, name));
  if (missing.length > 0) findings.schema(`These fields are required: [${missing.join(', ')}]`, at || '/');
  for (const [name, value] of Object.entries(object)) {
    const kind = kinds.get(name);
    if (kind === undefined) findings.schema(`Field '${name}' is not supported`, at || '/');
    else kind(value, name, `${at}/${name}`, findings);
  }
}

/** Exactly one of some fields must be there. */
export function checkExactlyOne(
  object: JsonObject,
  names: readonly string[],
  at: string,
  findings: Findings,
): void {
  if (names.filter((name) => Object.hasOwn(object, name)).length !== 1)
    findings.schema(`Exactly one of these fields is required: [${names.join(', ')}]`, at);
}

/** Two forms of one field exclude each other. */
export function checkAtMostOne(
  object: JsonObject,
  names: readonly string[],
  at: string,
  findings: Findings,
): void {
  if (names.filter((name) => Object.hasOwn(object, name)).length > 1)
    findings.schema(`Only one of these fields is allowed: [${names.join(', ')}]`, at);
}
