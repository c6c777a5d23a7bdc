/** What the schemas demand of an input besides its types, with the sentences the services use. */
import { ServiceError } from '@riposte/engine';
import type { Schema } from './models.ts';

/** More are counted, and not listed: the answer to a list of a thousand mistakes stays short. */
const LISTED_MAX = 10;

/**
 * @throws ServiceError `ValidationException` that names every missing required member, as the services do:
 *   `1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null`
 */
export function checkInput(schema: Schema, input: object): void {
  const failures: string[] = [];
  checkValue(schema, input, '', failures);
  if (failures.length === 0) return;
  const listed = failures.slice(0, LISTED_MAX).join('; ');
  throw new ServiceError(
    'ValidationException',
    `${failures.length} validation error${failures.length === 1 ? '' : 's'} detected: ${listed}`,
  );
}

// Every value passes here with its schema: limits of length, pattern and value belong here once there is a table.
function checkValue(schema: Schema, value: unknown, at: string, failures: string[]): void {
  const inner = (part: string): string => (at === '' ? part : `${at}.${part}`);
  if (schema.isStructSchema()) {
    const members = value as Record<string, unknown>; // the readers made it after this schema
    let index = 0;
    for (const [name, member] of schema.structIterator()) {
      const isRequired = index++ < requiredCount(schema);
      const item = members[name];
      if (item !== undefined && item !== null) checkValue(member, item, inner(lowerFirst(name)), failures);
      else if (isRequired) failures.push(missing(inner(lowerFirst(name))));
    }
  } else if (schema.isListSchema()) {
    const member = schema.getValueSchema();
    (value as unknown[]).forEach((item, index) =>
      checkValue(member, item, inner(`${index + 1}.member`), failures),
    );
  } else if (schema.isMapSchema()) {
    const member = schema.getValueSchema();
    for (const [key, item] of Object.entries(value as object))
      checkValue(member, item, inner(`${key}.member`), failures);
  }
}

/** The generator sorts the required members first and says how many there are; unions and empty structures have none. */
function requiredCount(schema: Schema): number {
  const tuple = schema.getSchema() as unknown as readonly unknown[];
  const count = tuple[6];
  return typeof count === 'number' ? count : 0;
}

function missing(at: string): string {
  return `Value null at '${at}' failed to satisfy constraint: Member must not be null`;
}

/** The services' messages name members with a small first letter, whatever the wire has. */
function lowerFirst(name: string): string {
  return name.slice(0, 1).toLowerCase() + name.slice(1);
}
