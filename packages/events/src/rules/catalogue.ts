import { compilePattern, InvalidPattern, type CompiledPattern } from '@riposte/patterns';
import type { EventStore, StoredRule } from '../ports/event-store.ts';

/** A rule ready to match. */
export interface ReadyRule {
  stored: StoredRule;
  /** Absent for rules with a schedule only. */
  pattern?: CompiledPattern;
  /** Why the pattern cannot be used: it was accepted by an earlier version. Such a rule must not stop the others. */
  unreadable?: string;
}

/** Rules of each bus with their patterns compiled, read from the store once and again after each change. */
export class RuleCatalogue {
  readonly #store: EventStore;
  readonly #buses = new Map<string, ReadyRule[]>();
  #changes = 0;

  constructor(store: EventStore) {
    this.#store = store;
  }

  async rules(region: string, eventBusName: string): Promise<readonly ReadyRule[]> {
    const key = `${region}/${eventBusName}`;
    const known = this.#buses.get(key);
    if (known) return known;
    const changes = this.#changes;
    const stored = await this.#store.rules(region, eventBusName);
    const ready = stored.map(readyRule);
    // a change while we were reading: what was read may be old, so it is used once and not kept
    if (changes === this.#changes) this.#buses.set(key, ready);
    return ready;
  }

  /** To be called when a change is on disk, before it is answered. */
  changed(): void {
    this.#changes += 1;
    this.#buses.clear();
  }
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
