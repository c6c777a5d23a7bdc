import type { Json } from '@riposte/json';
import { isJsonObject, setMember } from '@riposte/json';
import { double, ServiceNumber } from '@riposte/json';

/** By array or object: itself, or its copy. Values are never changed, and the same input is looked at for every item. */
const plain = new WeakMap<object, Json>();

/** JSON values for a language that has JavaScript's numbers only, as JSONata has. The same value if there is nothing to do. */
export function withPlainNumbers(value: Json): Json {
  if (value instanceof ServiceNumber) return value.valueOf();
  if (value === null || typeof value !== 'object') return value;
  const known = plain.get(value);
  if (known !== undefined) return known;
  const found = mapMembers(value, withPlainNumbers);
  plain.set(value, found);
  return found;
}

/** The way back: whole numbers stay whole numbers, fractions are doubles. */
export function withServiceNumbers(value: Json): Json {
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) < 1e21 ? value : double(value);
  return mapMembers(value, withServiceNumbers);
}

/** The same value when every member stays the same. */
function mapMembers(value: Json, change: (member: Json) => Json): Json {
  if (Array.isArray(value)) {
    const items = value.map(change);
    return items.every((item, i) => item === value[i]) ? value : items;
  }
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([name, member]) => [name, change(member)] as const);
  if (members.every(([name, member]) => member === value[name])) return value;
  const changed: Json = {};
  for (const [name, member] of members) setMember(changed, name, member);
  return changed;
}
