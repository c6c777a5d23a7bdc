import { TemplateError, type Place } from '../template-error.ts';
import { copyMarks, describe, isMap, placeIn, sourceText, type Value, type ValueMap } from '../read/value.ts';
import { isDeferred } from './functions.ts';

/** What a property may hold. What no shape names is refused: nothing in a template is silently ignored. */
export type Shape =
  | { kind: 'text'; oneOf?: readonly string[] }
  | { kind: 'integer' }
  | { kind: 'boolean' }
  /** Free JSON, passed on as it stands. */
  | { kind: 'json' }
  | { kind: 'list'; of: Shape }
  /** Free keys. */
  | { kind: 'map'; of: Shape }
  | MembersShape
  /** A text, or these members. */
  | { kind: 'text or members'; members: MembersShape };
export interface MembersShape {
  kind: 'members';
  members: Readonly<Record<string, Shape>>;
  required?: readonly string[];
}

export const text: Shape = { kind: 'text' };
export const integer: Shape = { kind: 'integer' };
export const boolean: Shape = { kind: 'boolean' };
export const json: Shape = { kind: 'json' };
export const oneOf = (...values: string[]): Shape => ({ kind: 'text', oneOf: values });
export const list = (of: Shape): Shape => ({ kind: 'list', of });
export const map = (of: Shape): Shape => ({ kind: 'map', of });
export const members = (
  members: Readonly<Record<string, Shape>>,
  required: readonly string[] = [],
): MembersShape => ({ kind: 'members', members, required });

/**
 * Checks a value against its shape and gives scalars the type that the service wants, as CloudFormation does
 * (`"30"` for an integer, `5` for a text). Functions that wait for a resource pass.
 * @throws TemplateError naming what is not supported, missing or of the wrong type
 */
export function conform(value: Value, shape: Shape, place: Place, written = String(value)): Value {
  if (isDeferred(value) && shape.kind !== 'members') return value;
  switch (shape.kind) {
    case 'json':
      return value;
    case 'text': {
      if (value === null || typeof value === 'object') throw wrong(value, 'a text', place);
      const content = typeof value === 'number' ? written : String(value);
      if (shape.oneOf === undefined || shape.oneOf.includes(content)) return content;
      throw new TemplateError(place, {
        problem: `${last(place)} is "${content}", which is not supported`,
        fix: `Use ${shape.oneOf.join(' or ')}`,
      });
    }
    case 'integer': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      if (typeof number !== 'number' || !Number.isSafeInteger(number))
        throw wrong(value, 'a whole number', place);
      return number;
    }
    case 'boolean':
      if (typeof value === 'boolean') return value;
      if (value === 'true' || value === 'false') return value === 'true';
      throw wrong(value, 'true or false', place);
    case 'list':
      if (!Array.isArray(value)) throw wrong(value, 'a list', place);
      return copyMarks(
        value,
        value.map((item, index) => conformMember(value, index, item, shape.of, place)),
      );
    case 'map':
      return conformMap(value, () => shape.of, place);
    case 'text or members':
      return typeof value === 'string' ? value : conform(value, shape.members, place);
    case 'members':
      return conformMembers(value, shape, place);
  }
}

function conformMembers(value: Value, shape: MembersShape, place: Place): ValueMap {
  const conformed = conformMap(
    value,
    (key) => {
      if (Object.hasOwn(shape.members, key)) return shape.members[key]!; // hasOwn: it is there
      throw new TemplateError(placeIn(place, value as ValueMap, key), {
        problem: `The property ${key} is not supported`,
        fix: `Supported here: ${Object.keys(shape.members).join(', ')}`,
      });
    },
    place,
  );
  for (const key of shape.required ?? [])
    if (!Object.hasOwn(conformed, key))
      throw new TemplateError(place, { problem: `The property ${key} is missing`, fix: `Add ${key}` });
  return conformed;
}

function conformMap(value: Value, shapeOf: (key: string) => Shape, place: Place): ValueMap {
  if (!isMap(value)) throw wrong(value, 'a map', place);
  const conformed: ValueMap = copyMarks(value, {});
  for (const [key, member] of Object.entries(value))
    conformed[key] = conformMember(value, key, member, shapeOf(key), place);
  return conformed;
}

function conformMember(owner: object, key: string | number, value: Value, shape: Shape, place: Place): Value {
  const written = typeof value === 'number' ? sourceText(owner, key, value) : String(value);
  return conform(value, shape, placeIn(place, owner, key), written);
}

function wrong(value: Value, wanted: string, place: Place): TemplateError {
  return new TemplateError(place, {
    problem: `${last(place)} must be ${wanted}, and is ${describe(value)}`,
    fix: `Give ${wanted}`,
  });
}

function last(place: Place): string {
  return place.path.slice(place.path.lastIndexOf('/') + 1);
}
