/** What the schemas demand of an input besides its types, with the sentences the services use. */
import { ServiceError } from '@riposte/engine';
import { constraintOf, violations, type Constraint } from './constraints.ts';
import type { Schema } from './models.ts';

/** More are counted, and not listed: the answer to a list of a thousand mistakes stays short. */
const LISTED_MAX = 10;

/**
 * @param service signing name
 * @throws ServiceError `ValidationException` that names every member that is missing or breaks a constraint, as the
 *   services do:
 *   `1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null`
 */
export function checkInput(service: string, schema: Schema, input: object): void {
  const failures: string[] = [];
  checkValue({ service, failures }, schema, input, '', undefined);
  if (failures.length === 0) return;
  const listed = failures.slice(0, LISTED_MAX).join('; ');
  throw new ServiceError(
    'ValidationException',
    `${failures.length} validation error${failures.length === 1 ? '' : 's'} detected: ${listed}`,
  );
}

interface Check {
  service: string;
  failures: string[];
}

/** Every value passes here with its schema. */
function checkValue(
  check: Check,
  schema: Schema,
  value: unknown,
  at: string,
  constraint: Constraint | undefined,
): void {
  const { service, failures } = check;
  if (constraint) failures.push(...violations(constraint, schema, value, at));
  const inner = (part: string): string => (at === '' ? part : `${at}.${part}`);
  if (schema.isStructSchema()) {
    const members = value as Record<string, unknown>; // the readers made it after this schema
    const required = new Set(requiredMembers(schema));
    for (const [name, member] of schema.structIterator()) {
      const item = members[name];
      const place = inner(lowerFirst(name));
      if (item !== undefined && item !== null)
        checkValue(check, member, item, place, constraintOf(service, schema.getName() ?? '', name));
      else if (required.has(name)) failures.push(missing(place));
    }
  } else if (schema.isListSchema()) {
    const member = schema.getValueSchema();
    (value as unknown[]).forEach((item, index) =>
      checkValue(check, member, item, inner(`${index + 1}.member`), constraint?.item),
    );
  } else if (schema.isMapSchema()) {
    const member = schema.getValueSchema();
    for (const [key, item] of Object.entries(value as object))
      checkValue(check, member, item, inner(`${key}.member`), undefined);
  }
}

/** By the model's names; what the SDKs fill in by themselves is not among them. */
export function requiredMembers(schema: Schema): string[] {
  if (!schema.isStructSchema()) return [];
  return [...schema.structIterator()]
    .slice(0, requiredCount(schema))
    .filter(([, member]) => member.getMergedTraits().idempotencyToken === undefined)
    .map(([name]) => name);
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
