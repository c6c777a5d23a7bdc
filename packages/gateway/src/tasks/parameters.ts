import type { NormalizedSchema } from '@smithy/core/schema';
import { serviceModels } from '../wire/service-models.ts';
import { operationModel } from '../wire/models.ts';

/** Parameters that the API does not have, or of the wrong type. The message says which. */
export class InvalidParameters extends Error {
  override readonly name = 'InvalidParameters';
}

/**
 * The members of a task's parameters.
 * @param text JSON
 * @throws InvalidParameters when it is no object
 */
export function membersOf(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InvalidParameters(`The parameters must be an object, and are ${text.slice(0, 100)}`);
  return value as Record<string, unknown>;
}

/**
 * A task's parameters as the input of an operation, members as the SDK for JavaScript names and types them.
 * @param parameters member names in PascalCase at every level, times as ISO 8601, blobs as text or as JSON
 * @throws InvalidParameters for members the API does not have
 * @throws ServiceError for wrong types and missing members
 */
export function operationInput(service: string, operation: string, parameters: object): object {
  const { input } = operationModel(service, operation);
  return serviceModels.fromJson(service, operation, wireValue(input, parameters, ''));
}

function wireValue(schema: NormalizedSchema, value: unknown, at: string): unknown {
  if (value === null || value === undefined) return value;
  if (schema.isBlobSchema())
    return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64');
  if (schema.isListSchema() && Array.isArray(value))
    return value.map((item, index) => wireValue(schema.getValueSchema(), item, `${at}[${index}]`));
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  if (schema.isMapSchema()) {
    const entries = Object.entries(value);
    return Object.fromEntries(
      entries.map(([key, item]) => [key, wireValue(schema.getValueSchema(), item, `${at}.${key}`)]),
    );
  }
  if (!schema.isStructSchema()) return value;
  return Object.fromEntries(
    Object.entries(value).map(([given, item]) => wireMember(schema, given, item, at)),
  );
}

function wireMember(schema: NormalizedSchema, given: string, item: unknown, at: string): [string, unknown] {
  const place = at === '' ? given : `${at}.${given}`;
  for (const [name, member] of schema.structIterator())
    if (upperFirst(name) === given) return [name, wireValue(member, item, place)];
  const names = [...schema.structIterator()].map(([name]) => upperFirst(name));
  throw new InvalidParameters(
    `The field '${place}' is not supported by Step Functions. Supported are: ${names.join(', ')}.`,
  );
}

function upperFirst(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Where an API wants text, a task may give any JSON value: it is written as JSON. */
export function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** As `operationInput`, for an operation that wants text in one member. */
export function inputWithText(
  service: string,
  operation: string,
  member: string,
): (parameters: string) => object {
  return (parameters) => {
    const members = membersOf(parameters);
    return operationInput(service, operation, { ...members, [member]: textOf(members[member]) });
  };
}
