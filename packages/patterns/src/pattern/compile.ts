import { isJsonObject } from '@riposte/json';
import { InvalidPattern } from './invalid-pattern.ts';
import { parseJson } from './json-text.ts';
import { ABSENT, parseAlternative } from './match-expression.ts';
import { checkComplexity, type Pieces } from './wildcard-complexity.ts';
import type { Scalar, ValueMatcher } from './value-matcher.ts';

/** What a pattern asks of one field: any of `matchers`, or absence. */
export interface FieldCondition {
  /** Names joined with dots: a dotted key and nesting are the same. */
  path: string;
  matchers: readonly ValueMatcher[];
  /** The literals among the matchers: a list of a thousand costs as much as one. */
  literals: ReadonlySet<Scalar>;
  /** The matchers that are no literals. */
  others: readonly ValueMatcher[];
  absenceAllowed: boolean;
  wanted: string;
}

export function accepts(condition: FieldCondition, value: Scalar): boolean {
  return condition.literals.has(value) || condition.others.some((matcher) => matcher.accepts(value));
}

/** Conditions that must hold together. `$or` multiplies them out. */
export interface Conjunction {
  inDocumentOrder: readonly FieldCondition[];
  /** Matching goes by path: which absences array consistency can see depends on the order, as in event-ruler. */
  byPath: readonly FieldCondition[];
}

/** A checked pattern, to be kept and matched often. */
export interface CompiledPattern {
  readonly alternatives: readonly Conjunction[];
}

const EXPANSION_MAX = 1000; // event-ruler refuses more combinations of $or
const DEPTH_MAX = 1000; // as deep as events may be; keeps recursion within the stack
const RESERVED_INSIDE_OR = new Set([
  'exactly',
  'prefix',
  'suffix',
  'equals-ignore-case',
  'anything-but',
  'numeric',
  'cidr',
  'exists',
  'wildcard',
]);

/**
 * Checks and compiles an event pattern.
 * @param text JSON; of keys that occur twice the last one counts
 * @throws InvalidPattern with EventBridge's reason
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function compilePattern(text: string): CompiledPattern {
  const pattern = parseJson(text);
  if (!isJsonObject(pattern)) throw new InvalidPattern('Filter is not an object');
  const alternatives = expandObject(pattern, { prefix: '', depth: 0, insideOr: false }).map((conditions) => ({
    inDocumentOrder: conditions,
    byPath: conditions.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
  }));
  for (const wildcards of wildcardsTogether(alternatives)) checkComplexity(wildcards);
  return { alternatives };
}

/**
 * The wildcards that one part of event-ruler's automaton holds: those of the same field, asked for after the same
 * earlier fields. Branches of `$or` come together so.
 */
function wildcardsTogether(alternatives: readonly Conjunction[]): (readonly Pieces[])[][] {
  const parts = new Map<string, Map<string, readonly Pieces[]>>();
  for (const { byPath } of alternatives) {
    let earlier = '';
    for (const { path, matchers, wanted } of byPath) {
      const place = `${earlier}${path}`;
      const part = parts.get(place) ?? new Map<string, readonly Pieces[]>();
      for (const matcher of matchers)
        if (matcher.wildcards?.length) part.set(matcher.wanted, matcher.wildcards);
      if (part.size > 0) parts.set(place, part);
      earlier = `${place}: ${wanted}; `;
    }
  }
  return Array.from(parts.values(), (part) => [...part.values()]);
}

type Conditions = readonly FieldCondition[];

/** Where in the pattern an object stands. */
interface Place {
  /** Of the paths of its members, with its dot. */
  prefix: string;
  depth: number;
  /** Directly in a branch of $or: operator names are no field names there. */
  insideOr: boolean;
}

function expandObject(pattern: Record<string, unknown>, place: Place): Conditions[] {
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw new InvalidPattern('Empty objects are not allowed');
  if (place.depth > DEPTH_MAX) throw new InvalidPattern(`The pattern is nested more than ${DEPTH_MAX} deep`);
  let combinations: Conditions[] = [[]];
  for (const [key, value] of entries) {
    if (place.insideOr && RESERVED_INSIDE_OR.has(key))
      throw new InvalidPattern(`${key} is Ruler reserved fieldName which cannot be used inside $or.`);
    const choices = key === '$or' ? expandOr(value, place) : expandField(key, value, place);
    if (combinations.length * choices.length > EXPANSION_MAX)
      throw new InvalidPattern(`The rule has more than ${EXPANSION_MAX} combinations of $or`);
    combinations = combinations.flatMap((left) => choices.map((right) => override(left, right)));
  }
  return combinations;
}

/** A path that comes again replaces what was asked of it before, as a key that comes twice does. */
function override(earlier: Conditions, later: Conditions): Conditions {
  return earlier.filter((condition) => !later.some((other) => other.path === condition.path)).concat(later);
}

function expandOr(value: unknown, place: Place): Conditions[] {
  if (!Array.isArray(value)) throw new InvalidPattern('It must be an Array followed with $or.');
  const branches = value.flatMap((branch: unknown) => {
    if (!isJsonObject(branch))
      throw new InvalidPattern('Only JSON object is allowed in array of $or relationship.');
    return expandObject(branch, { ...place, depth: place.depth + 1, insideOr: true });
  });
  if (value.length < 2) throw new InvalidPattern('There must have at least 2 Objects in $or relationship.');
  return branches;
}

function expandField(key: string, value: unknown, place: Place): Conditions[] {
  const path = place.prefix + key;
  if (isJsonObject(value))
    return expandObject(value, { prefix: `${path}.`, depth: place.depth + 1, insideOr: false });
  if (!Array.isArray(value)) throw new InvalidPattern(`"${key}" must be an object or an array`);
  return [[parseCondition(path, value)]];
}

function parseCondition(path: string, alternatives: readonly unknown[]): FieldCondition {
  if (alternatives.length === 0) throw new InvalidPattern('Empty arrays are not allowed');
  const parsed = alternatives.map(parseAlternative);
  const matchers = parsed.filter((alternative) => alternative !== ABSENT);
  const absenceAllowed = parsed.includes(ABSENT);
  const wanted = [...matchers.map((matcher) => matcher.wanted), ...(absenceAllowed ? ['absence'] : [])];
  const literals = new Set(matchers.flatMap(({ key }) => (key.by === 'literal' ? [key.value] : [])));
  const others = matchers.filter(({ key }) => key.by !== 'literal');
  return { path, matchers, literals, others, absenceAllowed, wanted: wanted.join(' or ') };
}
