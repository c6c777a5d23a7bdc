import type { Json, JsonObject } from '@riposte/json';
import { isJsonObject, setMember } from '@riposte/json';
import { numberOf } from '@riposte/json';

/** Fields whose value is data, or a template of data: their numbers come out as they were written. */
const DATA: ReadonlySet<string> = new Set([
  'Arguments',
  'Assign',
  'BatchInput',
  'ItemSelector',
  'Items',
  'Output',
  'Parameters',
  'Result',
  'ResultSelector',
]);

/** The definition with JavaScript's own numbers in all fields but those of data: `"BackoffRate": 2.0` is a rate of 2. */
export function withPlainSettings(definition: JsonObject): JsonObject {
  const settings: JsonObject = {};
  for (const [name, value] of Object.entries(definition))
    setMember(settings, name, name === 'States' ? statesOf(value) : settingOf(name, value));
  return settings;
}

/** Members of `States` are named by the author, as a field too. */
function statesOf(states: Json): Json {
  if (!isJsonObject(states)) return settingOf('', states);
  const plain: JsonObject = {};
  for (const [name, state] of Object.entries(states)) setMember(plain, name, settingOf('', state));
  return plain;
}

function settingOf(name: string, value: Json): Json {
  if (DATA.has(name)) return value;
  if (Array.isArray(value)) return value.map((item) => settingOf('', item));
  return isJsonObject(value) ? withPlainSettings(value) : (numberOf(value) ?? value);
}
