import { isDynamicKey, plainKey } from '../data/templates.ts';
import type { Json } from '@riposte/json';
import { isJsonObject } from '@riposte/json';
import type { Findings } from './diagnostic.ts';
import type { Kind } from './kinds.ts';
import { pathOrIntrinsic } from './kinds.ts';

/**
 * "If a Payload Template's field name ends with `.$`, its value MUST be a path or an intrinsic function"; two names
 * must not become one. Findings stand at the template's field, however deep their cause lies.
 */
export const template: Kind = (value, field, at, findings) => {
  if (Array.isArray(value)) for (const item of value) template(item, field, at, findings);
  else if (isJsonObject(value)) checkMembers(value, field, at, findings);
};

function checkMembers(members: Record<string, Json>, field: string, at: string, findings: Findings): void {
  const names = new Set<string>();
  for (const [key, value] of Object.entries(members)) {
    const name = plainKey(key);
    if (names.has(name)) findings.schema(`The field '${name}' is given twice`, at);
    names.add(name);
    if (isDynamicKey(key)) pathOrIntrinsic(value, key, at, findings);
    else template(value, field, at, findings);
  }
}

/** Parameters and their like are objects. */
export const objectTemplate: Kind = (value, field, at, findings) => {
  if (isJsonObject(value)) template(value, field, at, findings);
  else findings.schema('Expected value of type Object', at);
};
