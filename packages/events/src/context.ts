import type { Clock, Ids } from '@riposte/engine';
import type { Home } from './arns.ts';
import type { EventStore } from './ports/event-store.ts';
import type { EventReport } from './ports/report.ts';
import type { RuleCatalogue } from './rules/catalogue.ts';

/** What the parts of the event service share. */
export interface EventContext {
  store: EventStore;
  clock: Clock;
  ids: Ids;
  home: Home;
  catalogue: RuleCatalogue;
  /** Runs changes of buses and rules one after the other: each reads what the one before wrote. */
  change<T>(work: () => Promise<T>): Promise<T>;
  /** Lets the rest of the server do its work in between. */
  pause(): Promise<void>;
  report(report: EventReport): void;
}

/** @returns a function that runs what it is given one after the other, in order */
export function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
}
