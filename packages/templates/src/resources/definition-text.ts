import { parse } from 'yaml';
import { isMap, memberOf, type Value, type ValueMap } from '../read/value.ts';
import { mapAt, textAt } from './properties.ts';

/** CloudFormation's own limit, in bytes. */
export const DEFINITION_BYTES_MAX = 1_048_576;

/**
 * The definition of a state machine as its properties say: text or object, placeholders replaced.
 * @param file  content of the local definition file, when the properties name one. Only this may be YAML.
 * @throws Error with the text of CloudFormation's own provider
 * @see aws-surfaces §9.1, DefinitionSubstitutions
 */
export function definitionText(properties: ValueMap, file: string | undefined): string {
  const text = replacePlaceholders(writtenDefinition(properties, file), substitutionsOf(properties));
  if (Buffer.byteLength(text) > DEFINITION_BYTES_MAX)
    throw new Error('State Machine definition file cannot exceed 1MB.');
  try {
    return asJson(text, file !== undefined);
  } catch (cause) {
    throw new Error(
      `Invalid StateMachine definition. ${cause instanceof Error ? cause.message : ''}`.trim(),
      {
        cause,
      },
    );
  }
}

/** As it stands in the template or file, placeholders and all. */
export function writtenDefinition(properties: ValueMap, file: string | undefined): string {
  const object = mapAt(properties, 'Definition');
  if (file !== undefined) return file;
  return object === undefined
    ? (textAt(properties, 'DefinitionString') ?? '')
    : JSON.stringify(sortKeys(object), null, 2);
}

export function substitutionsOf(properties: ValueMap): ValueMap {
  return mapAt(properties, 'DefinitionSubstitutions') ?? {};
}

/** @throws SyntaxError of the JSON reader when the text is neither JSON nor, where that may be, YAML */
export function asJson(text: string, mayBeYaml: boolean): string {
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    const value = mayBeYaml ? readYaml(text) : undefined;
    if (value === undefined) throw error;
    return JSON.stringify(value, null, 2);
  }
}

/** Where in the written text stands what is at `offset` once its placeholders are replaced. */
export function writtenOffset(written: string, substitutions: ValueMap, offset: number): number {
  let ahead = 0; // by how much the replaced text is longer up to here
  for (const { 0: placeholder, index } of written.matchAll(PLACEHOLDER)) {
    if (index + ahead >= offset) break;
    const { length } = replacePlaceholders(placeholder, substitutions);
    if (index + ahead + length > offset) return index;
    ahead += length - placeholder.length;
  }
  return offset - ahead;
}

function readYaml(text: string): object | undefined {
  try {
    const value: unknown = parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined; // neither JSON nor YAML: the caller reports the JSON error
  }
}

const PLACEHOLDER = /\$\{([^}]+)\}/g;

/** Each `${key}`, exactly and repeatedly, since values may hold placeholders; unknown ones stay. */
export function replacePlaceholders(
  text: string,
  substitutions: ValueMap,
  open: readonly string[] = [],
): string {
  return text.replaceAll(PLACEHOLDER, (placeholder, key: string) => {
    const value = memberOf(substitutions, key);
    if (value === undefined) return placeholder;
    if (open.includes(key)) throw new Error(`The definition substitution ${key} contains itself.`);
    return replacePlaceholders(String(value), substitutions, [...open, key]);
  });
}

function sortKeys(value: Value): Value {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sortKeys(value[key] ?? null)]),
  );
}
