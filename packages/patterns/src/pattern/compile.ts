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
  const read = readObject(pattern, { prefix: '', depth: 0, insideOr: false });
  const alternatives = combinationsOf(read).map((conditions) => ({
    inDocumentOrder: conditions,
    byPath: conditions.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
  }));
  checkComplexity(wildcardsTogether(alternatives));
  return { alternatives };
}

/**
 * The wildcards that one part of event-ruler's automaton holds: those of the same field, asked for after the same
 * earlier fields. Branches of `$or` come together so.
 */
function wildcardsTogether(alternatives: readonly Conjunction[]): Iterable<(readonly Pieces[])[]> {
  const hasWildcards = ({ matchers }: FieldCondition) => matchers.some(({ wildcards }) => wildcards?.length);
  if (!alternatives.some(({ byPath }) => byPath.some(hasWildcards))) return [];
  const conditions = new Numbers();
  const places = new Numbers();
  const parts = new Map<number, Map<string, readonly Pieces[]>>();
  for (const { byPath } of alternatives) {
    let earlier = 0;
    for (const { path, matchers, wanted } of byPath) {
      const place = places.of(`${earlier} ${path}`);
      for (const matcher of matchers)
        if (matcher.wildcards?.length) {
          const part = parts.get(place) ?? new Map<string, readonly Pieces[]>();
          parts.set(place, part.set(matcher.wanted, matcher.wildcards));
        }
      earlier = places.of(`${place} after ${conditions.of(wanted)}`);
    }
  }
  // after other fields often come the same wildcards
  const distinct = new Map(Array.from(parts.values(), (part) => [[...part.keys()].join('\n'), part]));
  return Array.from(distinct.values(), (part) => [...part.values()]);
}

/** Numbers for texts, from 1 on. */
class Numbers {
  readonly #numbers = new Map<string, number>();

  of(text: string): number {
    const number = this.#numbers.get(text) ?? this.#numbers.size + 1;
    this.#numbers.set(text, number);
    return number;
  }
}

/** What a pattern asks, in its order: conditions, and choices among branches of `$or`. */
type Part = FieldCondition | { branches: readonly Branch[] };
interface Branch {
  parts: readonly Part[];
  /** Combinations that its choices make. */
  combinations: number;
}

/** Where in the pattern an object stands. */
interface Place {
  /** Of the paths of its members, with its dot. */
  prefix: string;
  depth: number;
  /** Directly in a branch of $or: operator names are no field names there. */
  insideOr: boolean;
}

function readObject(pattern: Record<string, unknown>, place: Place): Branch {
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw new InvalidPattern('Empty objects are not allowed');
  if (place.depth > DEPTH_MAX) throw new InvalidPattern(`The pattern is nested more than ${DEPTH_MAX} deep`);
  const parts: Part[] = [];
  let combinations = 1;
  for (const [key, value] of entries) {
    if (place.insideOr && RESERVED_INSIDE_OR.has(key))
      throw new InvalidPattern(`${key} is Ruler reserved fieldName which cannot be used inside $or.`);
    const read = key === '$or' ? readOr(value, place) : readField(key, value, place);
    combinations *= read.combinations;
    if (combinations > EXPANSION_MAX)
      throw new InvalidPattern(`The rule has more than ${EXPANSION_MAX} combinations of $or`);
    parts.push(...read.parts);
  }
  return { parts, combinations };
}

function readOr(value: unknown, place: Place): Branch {
  if (!Array.isArray(value)) throw new InvalidPattern('It must be an Array followed with $or.');
  const branches = value.map((branch: unknown) => {
    if (!isJsonObject(branch))
      throw new InvalidPattern('Only JSON object is allowed in array of $or relationship.');
    return readObject(branch, { ...place, depth: place.depth + 1, insideOr: true });
  });
  if (value.length < 2) throw new InvalidPattern('There must have at least 2 Objects in $or relationship.');
  const combinations = branches.reduce((sum, branch) => sum + branch.combinations, 0);
  return { parts: [{ branches }], combinations };
}

function readField(key: string, value: unknown, place: Place): Branch {
  const path = place.prefix + key;
  if (isJsonObject(value))
    return readObject(value, { prefix: `${path}.`, depth: place.depth + 1, insideOr: false });
  if (!Array.isArray(value)) throw new InvalidPattern(`"${key}" must be an object or an array`);
  return { parts: [parseCondition(path, value)], combinations: 1 };
}

/** Parts that are still to come. */
interface Rest {
  parts: readonly Part[];
  from: number;
  next: Rest | undefined;
}

/** Every combination of branches, in the order in which they stand; each is made once, from its first condition on. */
function combinationsOf({ parts }: Branch): FieldCondition[][] {
  const found: FieldCondition[][] = [];
  const taken: FieldCondition[] = [];
  const take = (start: Rest | undefined): void => {
    const length = taken.length;
    for (let rest = start; rest; rest = rest.next)
      for (let { from } = rest; from < rest.parts.length; from += 1) {
        const part = rest.parts[from]!; // from is below the length
        if ('branches' in part) {
          const next = { parts: rest.parts, from: from + 1, next: rest.next };
          for (const branch of part.branches) take({ parts: branch.parts, from: 0, next });
          taken.length = length;
          return;
        }
        taken.push(part);
      }
    found.push(lastOfEachPath(taken));
    taken.length = length;
  };
  take({ parts, from: 0, next: undefined });
  return found;
}

/** A path that comes again replaces what was asked of it before, as a key that comes twice does. */
function lastOfEachPath(conditions: readonly FieldCondition[]): FieldCondition[] {
  const byPath = new Map<string, FieldCondition>();
  for (const condition of conditions) {
    byPath.delete(condition.path);
    byPath.set(condition.path, condition);
  }
  return [...byPath.values()];
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
