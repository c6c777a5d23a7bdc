export {
  canonicalJson,
  equalJson,
  isJsonObject,
  memberOf,
  parseJson,
  setMember,
  stringifyJson,
} from './json.ts';
export type { Json, JsonObject } from './json.ts';
export { double, numberOf, readNumber, ServiceNumber } from './numbers.ts';
export { utf8Length } from './utf8.ts';
