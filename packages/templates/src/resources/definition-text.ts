import { parse } from 'yaml';
import { isMap, memberOf, type Value, type ValueMap } from '../read/value.ts';
import { mapAt, textAt } from './properties.ts';

/** CloudFormation's own limit, in bytes. */
const DEFINITION_BYTES_MAX = 1_048_576;

/**
 * The definition of a state machine as its properties say: text or object, placeholders replaced.
 * @param file  content of the local definition file, when the properties name one. Only this may be YAML.
 * @throws Error with the text of CloudFormation's own provider
 * @see aws-surfaces §9.1, DefinitionSubstitutions
 */
export function definitionText(properties: ValueMap, file: string | undefined): string {
  const object = mapAt(properties, 'Definition');
  const written =
    file ??
    (object === undefined
      ? (textAt(properties, 'DefinitionString') ?? '')
      : JSON.stringify(sortKeys(object), null, 2));
  const text = replacePlaceholders(written, mapAt(properties, 'DefinitionSubstitutions') ?? {});
  if (Buffer.byteLength(text) > DEFINITION_BYTES_MAX)
    throw new Error('State Machine definition file cannot exceed 1MB.');
  try {
    JSON.parse(text);
    return text;
  } catch (cause) {
    const value = file === undefined ? undefined : readYaml(text);
    if (value === undefined)
      throw new Error(
        `Invalid StateMachine definition. ${cause instanceof Error ? cause.message : ''}`.trim(),
        { cause },
      );
    return JSON.stringify(value, null, 2);
  }
}

function readYaml(text: string): object | undefined {
  try {
    const value: unknown = parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined; // neither JSON nor YAML: the caller reports the JSON error
  }
}

/** Each `${key}`, exactly and repeatedly, since values may hold placeholders; unknown ones stay. */
function replacePlaceholders(text: string, substitutions: ValueMap, open: readonly string[] = []): string {
  return text.replaceAll(/\$\{([^}]+)\}/g, (placeholder, key: string) => {
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
