import { TemplateError, type Place } from '../template-error.ts';
import {
  copyMarks,
  describe,
  isMap,
  memberOf,
  moveMark,
  placeIn,
  type Value,
  type ValueMap,
} from '../read/value.ts';
import { listOf, textOf } from './arguments.ts';

/** `AWS::NoValue`: the member or item that holds it is dropped. */
export const NO_VALUE = Symbol('AWS::NoValue');
export type Evaluated = Value | typeof NO_VALUE;

/** What names mean where a value stands. */
export interface Scope {
  /** A parameter or pseudo parameter; `undefined` when there is none of that name. */
  parameter(name: string): Value | typeof NO_VALUE | undefined;
  /** @throws TemplateError for an unknown condition */
  condition(name: string, place: Place): boolean;
  mapping(name: string): Value | undefined;
  /**
   * Ref (no attribute) or GetAtt of a resource.
   * @returns `undefined` while only the resource, once made, will tell
   * @throws TemplateError for an unknown resource or attribute
   */
  resource(logicalId: string, attribute: string | undefined, place: Place): Value | undefined;
}

/** A function whose answer a resource will give: it stays in its long form until then. */
export function isDeferred(value: Value): value is ValueMap {
  if (!isMap(value)) return false;
  const [name, ...more] = Object.keys(value);
  return name !== undefined && more.length === 0 && (name === 'Ref' || Object.hasOwn(functions, name));
}

/**
 * Resolves the intrinsic functions of a value as far as `scope` knows the answers. What depends on a resource that
 * is not there yet stays as a function; evaluating the result again later finishes it.
 * @throws TemplateError for unknown names, wrong arguments and functions that are not supported
 */
export function evaluate(value: Value, scope: Scope, place: Place): Evaluated {
  if (typeof value === 'string') return checkText(value, place);
  if (Array.isArray(value)) {
    const list: Value[] = [];
    value.forEach((item, index) => {
      const evaluated = evaluate(item, scope, placeIn(place, value, index));
      if (evaluated === NO_VALUE) return;
      moveMark(value, index, list, list.length);
      list.push(evaluated);
    });
    return list;
  }
  if (!isMap(value)) return value;
  const [name, ...more] = Object.keys(value);
  if (name !== undefined && (name === 'Ref' || name.startsWith('Fn::'))) {
    const at = placeIn(place, value, name);
    const apply = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (apply === undefined)
      throw new TemplateError(at, {
        problem: `The function ${name} is not supported`,
        fix: `Supported are ${Object.keys(functions).join(', ')}`,
      });
    if (more.length > 0)
      throw new TemplateError(at, {
        problem: `A map with ${name} may hold nothing else, and holds ${more.join(', ')}`,
        fix: 'Remove the other members',
      });
    const evaluated = apply(value[name] ?? null, scope, at);
    return isDeferredResult(evaluated) ? copyMarks(value, evaluated) : evaluated;
  }
  const map: ValueMap = copyMarks(value, {});
  for (const [key, member] of Object.entries(value)) {
    const evaluated = evaluate(member, scope, placeIn(place, value, key));
    if (evaluated !== NO_VALUE) map[key] = evaluated;
  }
  return map;
}

/** Every resource that a value still depends on. */
export function referencesOf(value: Value, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) referencesOf(item, found);
  else if (isMap(value)) {
    const ref = memberOf(value, 'Ref');
    const attribute = memberOf(value, 'Fn::GetAtt');
    if (typeof ref === 'string' && isDeferred(value)) found.add(ref);
    else if (Array.isArray(attribute) && typeof attribute[0] === 'string') found.add(attribute[0]);
    else for (const member of Object.values(value)) referencesOf(member, found);
  }
  return found;
}

type IntrinsicFunction = (argument: Value, scope: Scope, place: Place) => Evaluated;

const functions: Record<string, IntrinsicFunction> = {
  Ref(argument, scope, place) {
    const name = textOf(argument, 'Ref', place);
    const parameter = scope.parameter(name);
    return parameter ?? scope.resource(name, undefined, place) ?? { Ref: name };
  },

  'Fn::GetAtt'(argument, scope, place) {
    const [id, attribute] = attributeOf(argument, scope, place);
    return scope.resource(id, attribute, place) ?? { 'Fn::GetAtt': [id, attribute] };
  },

  'Fn::Sub'(argument, scope, place) {
    const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
    if (
      typeof template !== 'string' ||
      !isMap(variables ?? null) ||
      (Array.isArray(argument) && argument.length !== 2)
    )
      throw new TemplateError(place, {
        problem: 'Fn::Sub takes a text, or a list of a text and a map of variables',
        fix: 'Write !Sub "…${Name}…"',
      });
    return joinParts('', substitute(checkText(template, place), variables as ValueMap, scope, place), place);
  },

  'Fn::Join'(argument, scope, place) {
    const [separator, items] = listOf(argument, 'Fn::Join', 2, 2, place);
    const list = evaluate(items ?? null, scope, place);
    const between = textOf(separator ?? null, 'The separator of Fn::Join', place);
    if (list !== NO_VALUE && isDeferred(list)) return { 'Fn::Join': [between, list] };
    if (!Array.isArray(list))
      throw new TemplateError(place, {
        problem: 'Fn::Join joins a list',
        fix: 'Give a list as the second item',
      });
    return joinParts(between, list, place);
  },

  'Fn::Split'(argument, scope, place) {
    const [separator, source] = listOf(argument, 'Fn::Split', 2, 2, place);
    const between = textOf(separator ?? null, 'The separator of Fn::Split', place);
    const text = evaluate(source ?? null, scope, place);
    if (text !== NO_VALUE && isDeferred(text)) return { 'Fn::Split': [between, text] };
    return textOf(text === NO_VALUE ? null : text, 'The source of Fn::Split', place).split(between);
  },

  'Fn::Select'(argument, scope, place) {
    const [index, items] = listOf(argument, 'Fn::Select', 2, 2, place);
    const position = evaluate(index ?? null, scope, place);
    const list = evaluate(items ?? null, scope, place);
    if (list !== NO_VALUE && isDeferred(list) && position !== NO_VALUE)
      return { 'Fn::Select': [position, list] };
    const item = Array.isArray(list)
      ? list[Number(position === NO_VALUE ? Number.NaN : position)]
      : undefined;
    if (item === undefined)
      throw new TemplateError(place, {
        problem: `Fn::Select finds no item ${String(position)} in ${list === NO_VALUE ? 'no value' : describe(list)}`,
        fix: 'Give an index from 0 and a list that is long enough',
      });
    return item;
  },

  'Fn::If'(argument, scope, place) {
    const [name, yes, no] = listOf(argument, 'Fn::If', 3, 3, place);
    const holds = scope.condition(textOf(name ?? null, 'The condition of Fn::If', place), place);
    const branch = holds ? 1 : 2;
    return evaluate((holds ? yes : no) ?? null, scope, placeIn(place, argument as Value[], branch));
  },

  'Fn::FindInMap'(argument, scope, place) {
    const keys = listOf(argument, 'Fn::FindInMap', 3, 3, place).map((key) => {
      const evaluated = evaluate(key, scope, place);
      return textOf(evaluated === NO_VALUE ? null : evaluated, 'A key of Fn::FindInMap', place);
    });
    const [map = '', first = '', second = ''] = keys;
    const table = scope.mapping(map);
    const row = isMap(table) ? memberOf(table, first) : undefined;
    const found = isMap(row) ? memberOf(row, second) : undefined;
    if (found === undefined)
      throw new TemplateError(place, {
        problem: `Mappings hold nothing under ${keys.join('/')}`,
        fix: 'Add the keys to the section Mappings',
      });
    return found;
  },

  'Fn::Base64'(argument, scope, place) {
    const text = evaluate(argument, scope, place);
    if (text !== NO_VALUE && isDeferred(text)) return { 'Fn::Base64': text };
    return Buffer.from(textOf(text === NO_VALUE ? null : text, 'Fn::Base64', place)).toString('base64');
  },
};

/** The text of a Sub cut at its placeholders: literals, values and functions that wait for a resource. */
function substitute(template: string, variables: ValueMap, scope: Scope, place: Place): Value[] {
  const parts: Value[] = [];
  let end = 0;
  for (const match of template.matchAll(/\$\{([^}]*)\}/g)) {
    parts.push(template.slice(end, match.index));
    end = match.index + match[0].length;
    const name = (match[1] ?? '').trim();
    if (name.startsWith('!')) parts.push(`\${${name.slice(1)}}`);
    else parts.push(variableOf(name, variables, scope, place));
  }
  parts.push(template.slice(end));
  return parts.filter((part) => part !== '');
}

function variableOf(name: string, variables: ValueMap, scope: Scope, place: Place): Value {
  const given = memberOf(variables, name);
  const dot = name.indexOf('.');
  const form: Value =
    given ?? (dot < 0 ? { Ref: name } : { 'Fn::GetAtt': [name.slice(0, dot), name.slice(dot + 1)] });
  const value = evaluate(form, scope, given === undefined ? place : placeIn(place, variables, name));
  if (value !== NO_VALUE && (isDeferred(value) || (typeof value !== 'object' && value !== null)))
    return value;
  throw new TemplateError(place, {
    problem: `\${${name}} in Fn::Sub is ${value === NO_VALUE ? 'no value' : describe(value)}`,
    fix: 'Only texts, numbers and booleans can stand in a text',
  });
}

/** Joins neighbours that are known; keeps a Fn::Join when some are not. */
function joinParts(separator: string, parts: readonly Value[], place: Place): Evaluated {
  for (const part of parts)
    if (part === null || (typeof part === 'object' && !isDeferred(part)))
      throw new TemplateError(place, {
        problem: `A text is joined from texts, and one item is ${describe(part)}`,
        fix: 'Use texts, numbers, booleans or functions that yield them',
      });
  if (parts.some(isDeferred)) return { 'Fn::Join': [separator, [...parts]] };
  return parts.map(String).join(separator);
}

function attributeOf(argument: Value, scope: Scope, place: Place): [string, string] {
  const parts =
    typeof argument === 'string'
      ? [argument.split('.')[0] ?? '', argument.split('.').slice(1).join('.')]
      : argument;
  const [id, name] = listOf(parts, 'Fn::GetAtt', 2, 2, place);
  const attribute = evaluate(name ?? null, scope, place);
  return [
    textOf(id ?? null, 'The logical id of Fn::GetAtt', place),
    textOf(attribute === NO_VALUE ? null : attribute, 'The attribute of Fn::GetAtt', place),
  ];
}

function isDeferredResult(value: Evaluated): value is ValueMap {
  return value !== NO_VALUE && isDeferred(value);
}

function checkText(text: string, place: Place): string {
  const reference = /\{\{resolve:[^}]*\}\}/.exec(text);
  if (reference === null) return text;
  throw new TemplateError(place, {
    problem: `The dynamic reference ${reference[0]} is not supported`,
    fix: 'Use a parameter with NoEcho instead',
  });
}
