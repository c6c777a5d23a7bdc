import { isJsonObject } from '@riposte/json';
import { Alternatives } from './alternatives.ts';
import {
  byPath,
  combinationsOf,
  conditionsOf,
  hasReplacements,
  type Branch,
  type Part,
} from './combinations.ts';
import { InvalidPattern } from './invalid-pattern.ts';
import { parseJson } from './json-text.ts';
import { ABSENT, parseAlternative } from './match-expression.ts';
import { checkComplexity, type Pieces } from './wildcard-complexity.ts';
import type { ValueMatcher } from './value-matcher.ts';

/** What a pattern asks of one field: any of `matchers`, or absence. */
export interface FieldCondition {
  /** Names joined with dots: a dotted key and nesting are the same. */
  path: string;
  matchers: readonly ValueMatcher[];
  /** The matchers, to be asked together. */
  anyOf: Alternatives;
  absenceAllowed: boolean;
  wanted: string;
}

/** A checked pattern, to be kept and matched often. Its combinations of `$or` are not written out: they multiply. */
export interface CompiledPattern {
  readonly root: Branch;
  /** All that stand in it, each once. */
  readonly conditions: readonly FieldCondition[];
  /** Some combination asks for a path twice. */
  readonly hasReplacements: boolean;
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
  const root = readObject(pattern, { prefix: '', depth: 0, insideOr: false });
  const conditions = [...conditionsOf(root)];
  if (conditions.some(hasWildcards)) checkComplexity(wildcardsTogether(root));
  return { root, conditions, hasReplacements: hasReplacements(root) };
}

function hasWildcards({ matchers }: FieldCondition): boolean {
  return matchers.some(({ wildcards }) => wildcards?.length);
}

/**
 * The wildcards that one part of event-ruler's automaton holds: those of the same field, asked for after the same
 * earlier fields. Branches of `$or` come together so.
 */
function wildcardsTogether(root: Branch): Iterable<(readonly Pieces[])[]> {
  const conditions = new Numbers();
  const places = new Numbers();
  const parts = new Map<number, Map<string, readonly Pieces[]>>();
  for (const combination of combinationsOf(root)) {
    let earlier = 0;
    for (const { path, matchers, wanted } of byPath(combination)) {
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

function parseCondition(path: string, alternatives: readonly unknown[]): FieldCondition {
  if (alternatives.length === 0) throw new InvalidPattern('Empty arrays are not allowed');
  const parsed = alternatives.map(parseAlternative);
  const matchers = parsed.filter((alternative) => alternative !== ABSENT);
  const absenceAllowed = parsed.includes(ABSENT);
  const wanted = [...matchers.map((matcher) => matcher.wanted), ...(absenceAllowed ? ['absence'] : [])];
  return { path, matchers, anyOf: new Alternatives(matchers), absenceAllowed, wanted: wanted.join(' or ') };
}
