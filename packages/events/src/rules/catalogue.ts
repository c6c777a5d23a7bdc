import { compilePattern, InvalidPattern, PatternIndex, type CompiledPattern } from '@riposte/patterns';
import type { EventStore, StoredRule } from '../ports/event-store.ts';
import type { EventReport } from '../ports/report.ts';

/** A rule ready to match. */
export interface ReadyRule {
  stored: StoredRule;
  /** Absent for rules with a schedule only. */
  pattern?: CompiledPattern;
  /** Why the pattern cannot be used: it was accepted by an earlier version. Such a rule must not stop the others. */
  unreadable?: string;
}

/** The rules of a bus, in their order, and their patterns as one index. */
export interface BusRules {
  all: readonly ReadyRule[];
  /** Those with a pattern that are not disabled; positions in the index are positions in here. */
  indexed: readonly ReadyRule[];
  index: PatternIndex;
  /** To be called for each rule that the work limit kept from being matched with an event; the first time is reported. */
  undecided: (ready: ReadyRule, eventId: string) => void;
}

/**
 * Rules of each bus with their patterns compiled, read from the store once and again after each change. A pattern that
 * was compiled is not compiled again because another rule changed.
 */
export class RuleCatalogue {
  readonly #store: EventStore;
  readonly #buses = new Map<string, BusRules>();
  /** As they were before the last change. */
  readonly #earlier = new Map<string, BusRules>();
  readonly #report: (report: EventReport) => void;
  /** Rules with their patterns that were reported as undecided. */
  readonly #told = new Set<string>();
  #changes = 0;

  constructor(store: EventStore, report: (report: EventReport) => void = () => undefined) {
    this.#store = store;
    this.#report = report;
  }

  async rules(region: string, eventBusName: string): Promise<BusRules> {
    const key = `${region}/${eventBusName}`;
    const known = this.#buses.get(key);
    if (known) return known;
    const changes = this.#changes;
    const stored = await this.#store.rules(region, eventBusName);
    const ready = {
      ...busRules(stored, this.#earlier.get(key)),
      undecided: (rule: ReadyRule, eventId: string) => this.#undecided(rule, eventId),
    };
    // a change while we were reading: what was read may be old, so it is used once and not kept
    if (changes === this.#changes) {
      this.#buses.set(key, ready);
      this.#earlier.delete(key);
    }
    return ready;
  }

  #undecided({ stored: { rule } }: ReadyRule, eventId: string): void {
    const told = `${rule.Arn} ${rule.EventPattern}`;
    if (this.#told.has(told)) return;
    this.#told.add(told);
    this.#report({ kind: 'match-undecided', eventId, ruleArn: rule.Arn });
  }

  /** To be called when a change is on disk, before it is answered. */
  changed(): void {
    this.#changes += 1;
    for (const [key, rules] of this.#buses) this.#earlier.set(key, rules);
    this.#buses.clear();
  }
}

function busRules(
  stored: readonly StoredRule[],
  earlier: BusRules | undefined,
): Pick<BusRules, 'all' | 'indexed' | 'index'> {
  const compiled = new Map(earlier?.all.map((ready) => [ready.stored.rule.EventPattern, ready]));
  const all = stored.map((rule) => {
    const known = compiled.get(rule.rule.EventPattern);
    return known ? { ...known, stored: rule } : readyRule(rule);
  });
  const indexed = all.filter(({ pattern, stored }) => pattern && stored.rule.State !== 'DISABLED');
  return { all, indexed, index: new PatternIndex(indexed.flatMap(({ pattern }) => pattern ?? [])) };
}

function readyRule(stored: StoredRule): ReadyRule {
  const text = stored.rule.EventPattern;
  if (text === undefined) return { stored };
  try {
    return { stored, pattern: compilePattern(text) };
  } catch (error) {
    if (!(error instanceof InvalidPattern)) throw error;
    return { stored, unreadable: error.message };
  }
}
