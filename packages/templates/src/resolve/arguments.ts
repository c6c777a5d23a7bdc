/** What the arguments of intrinsic functions must be. */
import { describe, type Value } from '../read/value.ts';
import { TemplateError, type Place } from '../template-error.ts';

/** A list of so many items. @throws TemplateError */
export function listOf(value: Value, what: string, least: number, most: number, place: Place): Value[] {
  if (Array.isArray(value) && value.length >= least && value.length <= most) return value;
  throw new TemplateError(place, {
    problem: `${what} takes a list of ${least === most ? least : `${least} to ${most}`} items`,
    fix: `It has ${Array.isArray(value) ? `${value.length} items` : describe(value)}`,
  });
}

/** A text, number or boolean, as text. @throws TemplateError */
export function textOf(value: Value, what: string, place: Place): string {
  const text = asText(value);
  if (typeof text === 'string') return text;
  throw new TemplateError(place, { problem: `${what} is ${describe(value)}`, fix: 'Give a text' });
}

/** Numbers and booleans as CloudFormation passes them on: as text. */
export function asText(value: Value): Value {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}
