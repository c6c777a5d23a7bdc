/** What Lambda's models demand of members, and the sentence in which it refuses what breaks it. */
import { ServiceError } from '@riposte/engine';

/** @param pattern  as the service's model has it, and its refusals print it; the whole value must match */
export function checkPattern(member: string, value: string, pattern: string): void {
  if (!new RegExp(`^(?:${pattern})$`).test(value))
    throw brokenConstraint(member, value, `satisfy regular expression pattern: ${pattern}`);
}

export function checkOneOf(member: string, value: string | undefined, values: readonly string[]): void {
  if (value !== undefined && !values.includes(value))
    throw brokenConstraint(member, value, `satisfy enum value set: [${values.join(', ')}]`);
}

export function checkRange(member: string, value: number, min: number, max: number): void {
  if (value < min) throw brokenConstraint(member, value, `have value greater than or equal to ${min}`);
  if (value > max) throw brokenConstraint(member, value, `have value less than or equal to ${max}`);
}

export function brokenConstraint(member: string, value: string | number, rule: string): ServiceError {
  return new ServiceError(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must ${rule}`,
  );
}
