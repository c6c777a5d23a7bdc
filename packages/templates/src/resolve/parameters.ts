import { Findings, TemplateError, type Place } from '../template-error.ts';
import type { Template } from '../read/template.ts';
import { describe, isMap, memberOf, placeIn, sourceText, type Value, type ValueMap } from '../read/value.ts';

export interface ResolvedParameter {
  /** What Ref yields: a text, or a list of texts for the list types. */
  value: string | string[];
  /** As it was given, or the default. */
  text: string;
  noEcho: boolean;
}

const ATTRIBUTES =
  'Type Default Description NoEcho AllowedValues AllowedPattern ConstraintDescription MinLength MaxLength MinValue MaxValue'.split(
    ' ',
  );
const TYPES = ['String', 'Number', 'List<Number>', 'List<String>', 'CommaDelimitedList'];

/**
 * Values of all parameters: as given, else as used before, else the default. Values used before are known for
 * parameters without NoEcho only.
 * @throws TemplateError naming every parameter that is missing, unknown or not allowed
 */
export async function resolveParameters(
  template: Template,
  given: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>>,
): Promise<Map<string, ResolvedParameter>> {
  const section: Place = { ...template.place, path: 'Parameters' };
  const resolved = new Map<string, ResolvedParameter>();
  const findings = new Findings();
  for (const name of Object.keys(given))
    await findings.during(() => {
      if (!Object.hasOwn(template.parameters, name))
        throw new TemplateError(section, {
          problem: `The template has no parameter ${name}`,
          fix: `Its parameters are ${Object.keys(template.parameters).join(', ') || 'none'}`,
        });
    });
  for (const name of Object.keys(template.parameters))
    await findings.during(() => {
      const place = placeIn(section, template.parameters, name);
      const declaration = memberOf(template.parameters, name) ?? null;
      if (!isMap(declaration))
        throw new TemplateError(place, {
          problem: `The parameter ${name} is ${describe(declaration)}`,
          fix: 'Give it a Type',
        });
      const known = Object.hasOwn(given, name)
        ? given[name]
        : Object.hasOwn(before, name)
          ? before[name]
          : undefined;
      resolved.set(name, resolveParameter(name, declaration, known, place));
    });
  findings.throwIfAny();
  return resolved;
}

function resolveParameter(
  name: string,
  declaration: ValueMap,
  known: string | undefined,
  place: Place,
): ResolvedParameter {
  for (const key of Object.keys(declaration))
    if (!ATTRIBUTES.includes(key))
      throw new TemplateError(placeIn(place, declaration, key), {
        problem: `The parameter attribute ${key} is not supported`,
        fix: `Use only ${ATTRIBUTES.join(', ')}`,
      });
  const type = memberOf(declaration, 'Type') ?? null;
  if (typeof type !== 'string' || !TYPES.includes(type))
    throw new TemplateError(placeIn(place, declaration, 'Type'), {
      problem: `The type of parameter ${name} is ${describe(type)}`,
      fix: `Supported are ${TYPES.join(', ')}`,
    });
  const text = known ?? defaultOf(declaration);
  if (text === undefined)
    throw new TemplateError(place, {
      problem: `The parameter ${name} has no value`,
      fix: `Give one with --parameter ${name}=VALUE, or add a Default`,
    });
  const isList = type === 'CommaDelimitedList' || type.startsWith('List<');
  const items = isList ? (text === '' ? [] : text.split(',').map((item) => item.trim())) : [text];
  const noEcho = String(memberOf(declaration, 'NoEcho') ?? false) === 'true';
  for (const item of items) checkItem(name, item, type.includes('Number'), declaration, noEcho, place);
  return { value: isList ? items : text, text, noEcho };
}

function defaultOf(declaration: ValueMap): string | undefined {
  const value = memberOf(declaration, 'Default');
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.map(String).join(',');
  return typeof value === 'number' ? sourceText(declaration, 'Default', value) : String(value);
}

function checkItem(
  name: string,
  item: string,
  isNumber: boolean,
  declaration: ValueMap,
  noEcho: boolean,
  place: Place,
): void {
  const shown = noEcho ? 'The value' : `The value "${item}"`;
  const refuse = (rule: string): never => {
    const described = memberOf(declaration, 'ConstraintDescription');
    throw new TemplateError(place, {
      problem: `${shown} of parameter ${name} ${rule}`,
      fix: typeof described === 'string' ? described.replace(/\.$/, '') : `Give ${name} another value`,
    });
  };
  const number = isNumber ? Number(item) : Number.NaN;
  if (isNumber && (item.trim() === '' || !Number.isFinite(number))) refuse('is not a number');
  const limit = (key: string): number | undefined => {
    const value = memberOf(declaration, key);
    return value === undefined ? undefined : Number(value);
  };
  const [minLength, maxLength] = [limit('MinLength'), limit('MaxLength')];
  const [minValue, maxValue] = [limit('MinValue'), limit('MaxValue')];
  if (minLength !== undefined && item.length < minLength) refuse(`is shorter than ${minLength} characters`);
  if (maxLength !== undefined && item.length > maxLength) refuse(`is longer than ${maxLength} characters`);
  if (isNumber && minValue !== undefined && number < minValue) refuse(`is less than ${minValue}`);
  if (isNumber && maxValue !== undefined && number > maxValue) refuse(`is more than ${maxValue}`);
  const allowed = memberOf(declaration, 'AllowedValues');
  if (Array.isArray(allowed)) {
    const texts = allowed.map((value, index) => textOf(allowed, index, value));
    if (!texts.includes(item)) refuse(`is none of ${texts.join(', ')}`);
  }
  const pattern = memberOf(declaration, 'AllowedPattern');
  if (
    typeof pattern === 'string' &&
    !compile(pattern, placeIn(place, declaration, 'AllowedPattern')).test(item)
  )
    refuse(`does not match ${pattern}`);
}

function textOf(list: Value[], index: number, value: Value): string {
  return typeof value === 'number' ? sourceText(list, index, value) : String(value);
}

/** CloudFormation matches the whole value. */
function compile(pattern: string, place: Place): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u');
  } catch (cause) {
    throw new TemplateError(place, {
      problem: `AllowedPattern ${pattern} is not a regular expression`,
      fix: 'Correct the pattern',
      cause,
    });
  }
}
