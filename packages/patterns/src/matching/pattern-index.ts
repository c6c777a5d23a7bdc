import type { CompiledPattern, Conjunction, FieldCondition } from '../pattern/compile.ts';
import { flattenEvent } from '../pattern/flatten.ts';
import { matchesConjunction } from '../pattern/match.ts';
import { PathTree } from '../pattern/path-tree.ts';
import { shown, type MatcherKey } from '../pattern/value-matcher.ts';
import { ValueIndex } from './value-index.ts';

interface Entry {
  /** Position of the pattern. */
  pattern: number;
  conjunction: Conjunction;
}

/**
 * Many patterns to be matched with one event. Each combination of conditions stands in the index under one condition,
 * the one that the fewest others share; what an event finds there is then matched in full. So the cost follows the
 * event and what it may match, not the number of patterns.
 */
export class PatternIndex {
  readonly #entries: Entry[];
  readonly #paths = new PathTree();
  readonly #byPath = new Map<string, ValueIndex>();
  /** Entries that an event without any field may match: nothing but absences. */
  readonly #always: number[] = [];

  constructor(patterns: readonly CompiledPattern[]) {
    this.#entries = patterns.flatMap(({ alternatives }, pattern) =>
      alternatives.map((conjunction) => ({ pattern, conjunction })),
    );
    const populations = new Populations(this.#entries);
    for (const [number, { conjunction }] of this.#entries.entries()) {
      for (const { path } of conjunction.byPath) this.#paths.add(path);
      const condition = populations.rarest(conjunction);
      if (condition) this.#add(condition, number);
      else this.#always.push(number);
    }
  }

  /**
   * @param event parsed JSON
   * @returns positions of the patterns that match, ascending
   */
  matching(event: unknown): number[] {
    const flat = flattenEvent(event, this.#paths);
    const candidates = new Set<number>(this.#always);
    const found = (entry: number): unknown => candidates.add(entry);
    for (const [path, leaves] of flat.leaves) {
      const index = this.#byPath.get(path);
      if (index) for (const { value } of leaves) index.lookUp(value, found);
    }
    const matched = new Set<number>();
    for (const candidate of candidates) {
      const entry = this.#entries[candidate];
      if (entry && !matched.has(entry.pattern) && matchesConjunction(entry.conjunction, flat))
        matched.add(entry.pattern);
    }
    return [...matched].sort((a, b) => a - b);
  }

  #add({ path, matchers }: FieldCondition, entry: number): void {
    const index = this.#byPath.get(path) ?? new ValueIndex();
    this.#byPath.set(path, index);
    for (const { key } of matchers) index.add(key, entry);
  }
}

/** How likely a value falls under a key of a kind, against a literal. Rough: it only chooses among conditions. */
const WEIGHTS: Record<MatcherKey['by'], number> = {
  literal: 1,
  text: 1,
  prefix: 2,
  suffix: 2,
  network: 2,
  infix: 4,
  range: 8,
  exception: 64,
  presence: 64,
};

/** How many conditions stand under each key, to see which tells most. */
class Populations {
  readonly #counts = new Map<string, number>();

  constructor(entries: readonly Entry[]) {
    for (const { conjunction } of entries)
      for (const { path, matchers } of conjunction.byPath)
        for (const { key } of matchers) {
          const name = nameOf(path, key);
          this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
        }
  }

  /** @returns undefined when every condition also holds where its field is absent */
  rarest({ byPath }: Conjunction): FieldCondition | undefined {
    const telling = byPath.filter((condition) => !condition.absenceAllowed);
    const costs = telling.map((condition) => this.#cost(condition));
    return telling[costs.indexOf(Math.min(...costs))];
  }

  #cost({ path, matchers }: FieldCondition): number {
    return matchers.reduce(
      (sum, { key }) => sum + WEIGHTS[key.by] * (this.#counts.get(nameOf(path, key)) ?? 0),
      0,
    );
  }
}

/** Of ranges, networks, exceptions and presence all of a path count as one: values often fall under many of them. */
function nameOf(path: string, key: MatcherKey): string {
  switch (key.by) {
    case 'literal':
      return JSON.stringify([path, key.by, typeof key.value, shown(key.value)]);
    case 'text':
    case 'prefix':
    case 'suffix':
      return JSON.stringify([path, key.by, key.isFolded, key.text]);
    case 'infix':
      return JSON.stringify([path, key.by, key.text]);
    default:
      return JSON.stringify([path, key.by]);
  }
}
