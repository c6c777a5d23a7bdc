/** What a service demands of a value beside its type: lengths, ranges, patterns, allowed values. */
import table from './constraints.json' with { type: 'json' };
import type { Schema } from './models.ts';

export interface Constraint {
  /** Of a number its value, else the length. */
  min?: number;
  max?: number;
  pattern?: string;
  values?: readonly string[];
  /** The message does not repeat the value. */
  isSensitive?: boolean;
  /** Of each item of a list. */
  item?: Constraint;
}

/** Written by scripts/constraints.ts: by service, structure and member. Services that are not in it demand nothing. */
const constraints: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Constraint>>>>>> =
  table;

export function constraintOf(service: string, structure: string, member: string): Constraint | undefined {
  return constraints[service]?.[structure]?.[member];
}

/** What a value breaks, each in the sentence that the services use. */
export function violations(constraint: Constraint, schema: Schema, value: unknown, at: string): string[] {
  const shown = constraint.isSensitive === true ? '' : ` '${textOf(schema, value)}'`;
  return brokenRules(constraint, value).map(
    (rule) => `Value${shown} at '${at}' failed to satisfy constraint: Member must ${rule}`,
  );
}

function brokenRules({ min, max, pattern, values }: Constraint, value: unknown): string[] {
  const kind = typeof value === 'number' ? 'value' : 'length';
  const size = sizeOf(value);
  const isText = typeof value === 'string';
  return [
    max !== undefined && size > max && `have ${kind} less than or equal to ${max}`,
    min !== undefined && size < min && `have ${kind} greater than or equal to ${min}`,
    pattern !== undefined &&
      isText &&
      !regularExpression(pattern).test(value) &&
      `satisfy regular expression pattern: ${pattern}`,
    values && isText && !values.includes(value) && `satisfy enum value set: [${values.join(', ')}]`,
  ].filter((rule) => typeof rule === 'string');
}

function sizeOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' || Array.isArray(value) || value instanceof Uint8Array) return value.length;
  return Object.keys(Object(value)).length;
}

const compiled = new Map<string, RegExp>();

/** The whole value must match. */
function regularExpression(pattern: string): RegExp {
  const known = compiled.get(pattern) ?? new RegExp(`^(?:${pattern})$`, 'u');
  compiled.set(pattern, known);
  return known;
}

/** As the services print it: `[Name(member=value, …), …]`. */
function textOf(schema: Schema, value: unknown): string {
  if (schema.isListSchema() && Array.isArray(value))
    return `[${value.map((item) => textOf(schema.getValueSchema(), item)).join(', ')}]`;
  if (!schema.isStructSchema() || typeof value !== 'object' || value === null) return String(value);
  const members = [...schema.structIterator()]
    .map(([name, member]) => [name, member, (value as Record<string, unknown>)[name]] as const)
    .filter(([, , item]) => item !== undefined && item !== null)
    .map(([name, member, item]) => `${name}=${textOf(member, item)}`);
  return `${schema.getName() ?? ''}(${members.join(', ')})`;
}
