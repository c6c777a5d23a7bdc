import type { Json } from '@riposte/json';
import { isJsonObject, memberOf } from '@riposte/json';

/**
 * What a JSON Pointer (RFC 6901) names, e.g. `/report/findings`.
 * @returns undefined where there is nothing
 */
export function pointedAt(source: Json, pointer: string): Json | undefined {
  const names = pointer
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  return names.reduce<Json | undefined>((at, name) => {
    if (Array.isArray(at)) return /^(?:0|[1-9]\d*)$/.test(name) ? at[Number(name)] : undefined;
    return isJsonObject(at) ? memberOf(at, name) : undefined;
  }, source);
}
