/** What the schemas demand of an input besides its types, with the sentences the services use. */
import { ServiceError } from '@riposte/engine';
import type { Schema } from './models.ts';

/**
 * Extra limits of one member (length, pattern, values), where somebody knows them.
 * @returns the broken constraint, e.g. `Member must have length less than or equal to 64`, or undefined
 */
export type Constraint = (schema: Schema, value: unknown) => string | undefined;

/** More are counted, and not listed: the answer to a list of a thousand mistakes stays short. */
const LISTED_MAX = 10;

/**
 * @throws ServiceError `ValidationException` that names every missing required member, as the services do:
 *   `1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null`
 */
export function checkInput(schema: Schema, input: object, constraint?: Constraint): void {
  const failures: string[] = [];
  checkValue(schema, input, '', failures, constraint);
  if (failures.length === 0) return;
  const listed = failures.slice(0, LISTED_MAX).join('; ');
  throw new ServiceError(
    'ValidationException',
    `${failures.length} validation error${failures.length === 1 ? '' : 's'} detected: ${listed}`,
  );
}

function checkValue(
  schema: Schema,
  value: unknown,
  at: string,
  failures: string[],
  constraint: Constraint | undefined,
): void {
  const broken = constraint?.(schema, value);
  if (broken !== undefined) failures.push(failure(value, at, broken));
  const inner = (part: string): string => (at === '' ? part : `${at}.${part}`);
  if (schema.isStructSchema()) {
    const members = value as Record<string, unknown>;
    let index = 0;
    for (const [name, member] of schema.structIterator()) {
      const isRequired = index++ < requiredCount(schema);
      const item = members[name];
      if (item !== undefined && item !== null)
        checkValue(member, item, inner(lowerFirst(name)), failures, constraint);
      else if (isRequired) failures.push(failure(null, inner(lowerFirst(name)), 'Member must not be null'));
    }
  } else if (schema.isListSchema()) {
    const member = schema.getValueSchema();
    (value as unknown[]).forEach((item, index) =>
      checkValue(member, item, inner(`${index + 1}.member`), failures, constraint),
    );
  } else if (schema.isMapSchema()) {
    const member = schema.getValueSchema();
    for (const [key, item] of Object.entries(value as object))
      checkValue(member, item, inner(`${key}.member`), failures, constraint);
  }
}

/** The generator sorts the required members first and says how many there are; unions and empty structures have none. */
function requiredCount(schema: Schema): number {
  const tuple = schema.getSchema() as unknown as readonly unknown[];
  const count = tuple[6];
  return typeof count === 'number' ? count : 0;
}

function failure(value: unknown, at: string, constraint: string): string {
  const shown = value === null ? 'null' : `'${String(value)}'`;
  return `Value ${shown} at '${at}' failed to satisfy constraint: ${constraint}`;
}

/** The services' messages name members with a small first letter, whatever the wire has. */
function lowerFirst(name: string): string {
  return name.slice(0, 1).toLowerCase() + name.slice(1);
}
