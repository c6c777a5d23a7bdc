import type { Part } from '../pattern/combinations.ts';
import type { CompiledPattern, FieldCondition } from '../pattern/compile.ts';
import { flattenEvent } from '../pattern/flatten.ts';
import { outcomeOf } from '../pattern/match.ts';
import { PathTree } from '../pattern/path-tree.ts';
import { shown, type MatcherKey, type Scalar } from '../pattern/value-matcher.ts';
import { EVENT_WORK_MAX, PATTERN_WORK_MAX, Work } from '../pattern/work.ts';
import { ValueIndex } from './value-index.ts';

/** What an event does with the patterns of an index, by their positions, ascending. */
export interface IndexOutcome {
  matched: readonly number[];
  /** Those whose work limit was reached: they count as not matching. */
  undecided: readonly number[];
}

export interface MatchingStep {
  /** Units of work: a million take some tens of milliseconds. */
  spent: number;
}

/** Of what a value leads to. */
const FINDING_COST = 0.25;

/** In one step. */
const LOOKING_UP_MAX = 100_000;

/**
 * Many patterns to be matched with one event. Each pattern stands in the index under some of its conditions, one of
 * which holds whatever combination does: of those the ones that the fewest others share. What an event finds there is
 * then matched in full. So the cost follows the event and what it may match, not the number of patterns.
 */
export class PatternIndex {
  readonly #patterns: readonly CompiledPattern[];
  readonly #paths = new PathTree();
  readonly #byPath = new Map<string, ValueIndex>();
  /** Patterns that an event without any field may match: some combination is nothing but absences. */
  readonly #always: number[] = [];

  constructor(patterns: readonly CompiledPattern[]) {
    this.#patterns = patterns;
    const populations = new Populations(patterns);
    for (const [position, pattern] of patterns.entries()) {
      for (const { path } of pattern.conditions) this.#paths.add(path);
      const telling = populations.rarest(pattern);
      if (telling) for (const condition of telling) this.#add(condition, position);
      else this.#always.push(position);
    }
  }

  /**
   * @param event parsed JSON
   * @returns positions of the patterns that match, ascending
   */
  matching(event: unknown): readonly number[] {
    return this.outcome(event).matched;
  }

  /**
   * @param event parsed JSON
   * @param shared what lists that multiply may cost the patterns together
   */
  outcome(event: unknown, shared = new Work(EVENT_WORK_MAX)): IndexOutcome {
    const steps = this.steps(event, shared);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  }

  /**
   * As `outcome`, with a step for some values that are looked up and for each pattern that is matched in full: others may
   * get their turn in between.
   */
  *steps(event: unknown, shared = new Work(EVENT_WORK_MAX)): Generator<MatchingStep, IndexOutcome> {
    const flat = flattenEvent(event, this.#paths);
    const candidates = new Set<number>(this.#always);
    let spent = 0;
    const found = (pattern: number): void => {
      candidates.add(pattern);
      spent += FINDING_COST;
    };
    for (const [path, leaves] of flat.leaves) {
      const index = this.#byPath.get(path);
      if (!index) continue;
      const seen = new Set<Scalar>();
      for (const { value } of leaves) {
        spent += 1;
        if (seen.has(value)) continue;
        seen.add(value);
        const looking = index.lookUp(value, found); // which spends too
        spent += looking;
        if (spent < LOOKING_UP_MAX) continue;
        yield { spent };
        spent = 0;
        if (candidates.size === this.#patterns.length) break; // there is nothing left to be found
      }
    }
    yield { spent };
    const matched: number[] = [];
    const undecided: number[] = [];
    for (const position of [...candidates].sort(ascending)) {
      const work = new Work(PATTERN_WORK_MAX, shared);
      const outcome = outcomeOf(this.#patterns[position]!, flat, work); // a position below the length
      if (outcome === 'matched') matched.push(position);
      else if (outcome === 'undecided') undecided.push(position);
      yield { spent: work.spent };
    }
    return { matched, undecided };
  }

  #add({ path, matchers }: FieldCondition, pattern: number): void {
    const index = this.#byPath.get(path) ?? new ValueIndex();
    this.#byPath.set(path, index);
    for (const { key } of matchers) index.add(key, pattern);
  }
}

function ascending(a: number, b: number): number {
  return a - b;
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

/** Conditions, one of which stands in every combination, and how much they let through. */
interface Cut {
  conditions: readonly FieldCondition[];
  cost: number;
}

/** How many conditions stand under each key, to see which tells most. */
class Populations {
  readonly #counts = new Map<string, number>();

  constructor(patterns: readonly CompiledPattern[]) {
    for (const { conditions } of patterns)
      for (const { path, matchers } of conditions)
        for (const { key } of matchers) {
          const name = nameOf(path, key);
          this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
        }
  }

  /** @returns undefined when in some combination every condition also holds where its field is absent */
  rarest({ root, hasReplacements, conditions }: CompiledPattern): readonly FieldCondition[] | undefined {
    const paths = new Map<string, number>();
    if (hasReplacements) for (const { path } of conditions) paths.set(path, (paths.get(path) ?? 0) + 1);
    const isReplaceable = ({ path }: FieldCondition): boolean => (paths.get(path) ?? 0) > 1;
    return this.#cheapest(root.parts, isReplaceable)?.conditions;
  }

  #cheapest(parts: readonly Part[], isReplaceable: (condition: FieldCondition) => boolean): Cut | undefined {
    let cheapest: Cut | undefined;
    for (const part of parts) {
      let cut: Cut | undefined;
      if ('branches' in part) {
        const cuts = part.branches.map((branch) => this.#cheapest(branch.parts, isReplaceable));
        const known = cuts.filter((inside) => inside !== undefined);
        if (known.length === cuts.length)
          cut = {
            conditions: known.flatMap((inside) => inside.conditions),
            cost: known.reduce((sum, { cost }) => sum + cost, 0),
          };
      } else if (!part.absenceAllowed && !isReplaceable(part))
        cut = { conditions: [part], cost: this.#cost(part) };
      if (cut && (!cheapest || cut.cost < cheapest.cost)) cheapest = cut;
    }
    return cheapest;
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
