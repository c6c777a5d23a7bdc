import type { Json } from '@riposte/json';
import { isJsonObject, stringifyJson } from '@riposte/json';

/** JSON text as TestState prints it: on one line, with a space after each comma and colon (recorded). */
export function spacedJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(', ')}]`;
  if (!isJsonObject(value)) return stringifyJson(value);
  const members = Object.entries(value).map(([name, item]) => `${stringifyJson(name)}: ${spacedJson(item)}`);
  return `{${members.join(', ')}}`;
}
