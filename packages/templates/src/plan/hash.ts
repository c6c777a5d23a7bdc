import { createHash } from 'node:crypto';
import { isMap, type Value, type ValueMap } from '../read/value.ts';
import type { ResourceSource } from '../resources/resource-type.ts';

/** SHA-256 of each property; the order of members does not count, files count by content. */
export function hashProperties(
  properties: ValueMap,
  source: ResourceSource | undefined,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name,
      createHash('sha256')
        .update(name === source?.property ? source.sha256 : JSON.stringify(canonical(value)))
        .digest('base64url'),
    ]),
  );
}

function canonical(value: Value): Value {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, canonical(value[key] ?? null)]),
  );
}
