import { isPath, isReferencePath, refusedPattern } from '../data/paths.ts';
import { isIntrinsic } from '../data/intrinsics/index.ts';
import type { Json } from '@riposte/json';
import { isJsonObject } from '@riposte/json';
import { parseTimestamp } from '../timestamps.ts';
import type { Findings } from './diagnostic.ts';

/** Checks the value of one field, on its own. */
export type Kind = (value: Json, field: string, at: string, findings: Findings) => void;

export const text: Kind = (value, _, at, findings) => {
  if (typeof value !== 'string') findings.schema('Expected value of type String', at);
};

export const boolean: Kind = (value, _, at, findings) => {
  if (typeof value !== 'boolean') findings.schema('Expected value of type Boolean', at);
};

export const object: Kind = (value, _, at, findings) => {
  if (!isJsonObject(value)) findings.schema('Expected value of type Object', at);
};

export const anything: Kind = () => {};

export function oneOf(...values: readonly string[]): Kind {
  return (value, field, at, findings) => {
    if (typeof value !== 'string' || !values.includes(value))
      findings.schema(`The field '${field}' should have one of these values: [${values.join(', ')}]`, at);
  };
}

export function integer(min: number, max: number): Kind {
  return (value, field, at, findings) => {
    if (typeof value !== 'number' || !Number.isInteger(value))
      findings.schema('Expected value of type Integer', at);
    else if (value < min || value > max)
      findings.schema(`The field '${field}' must be from ${min} to ${max}`, at);
  };
}

export function number(min: number): Kind {
  return (value, field, at, findings) => {
    if (typeof value !== 'number') findings.schema('Expected value of type Number', at);
    else if (value < min) findings.schema(`The field '${field}' must be at least ${min}`, at);
  };
}

/** A path, or null for an empty object. */
export const pathOrNull: Kind = (value, field, at, findings) => {
  if (value !== null) path(value, field, at, findings);
};

export const path: Kind = (value, field, at, findings) => {
  if (typeof value !== 'string' || !isPath(value))
    findings.schema(`The value for the field '${field}' must be a valid JSONPath${reason(value)}`, at);
};

/** Where a result goes: a path to exactly one place, or null to drop it. */
export const referencePathOrNull: Kind = (value, field, at, findings) => {
  if (value !== null && (typeof value !== 'string' || !isReferencePath(value)))
    findings.schema(`The value for the field '${field}' must be a valid Reference Path`, at);
};

export const pathOrIntrinsic: Kind = (value, field, at, findings) => {
  if (typeof value !== 'string' || !(isPath(value) || isIntrinsic(value)))
    findings.schema(
      `The value for the field '${field}' must be a valid JSONPath or a valid intrinsic function call${reason(value)}`,
      at,
    );
};

function reason(value: Json): string {
  const refused = typeof value === 'string' ? refusedPattern(value) : undefined;
  return refused === undefined ? '' : `: ${refused}`;
}

export const timestamp: Kind = (value, _, at, findings) => {
  if (typeof value !== 'string' || parseTimestamp(value) === undefined)
    findings.schema('String does not match RFC3339 timestamp', at);
};
