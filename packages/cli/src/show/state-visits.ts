import type { ExecutionStreamMessage } from '@riposte/server';

export type HistoryEvent = Extract<ExecutionStreamMessage, { type: 'events' }>['events'][number];

/** One visit to a state, from its entry to its exit. */
export interface Visit {
  readonly name: string;
  /** Of the state: `Task`, `Map`, … */
  readonly type: string;
  /** The items of Maps that it works for, the outermost first. */
  readonly items: readonly string[];
  /** The state's name with those. */
  readonly label: string;
  /** The Map or Parallel that it runs in. */
  readonly within: Visit | undefined;
  /** Of the event that its entry followed. */
  readonly afterEventId: number;
  isOpen: boolean;
  /** Error of the last attempt, until another begins: tells a retry from a first try. */
  failure?: string;
  /** A Map or Parallel of which the history says so: the next such event is of one further out. */
  hasFailed: boolean;
  /** It had failed when the execution was redriven: what it does next is no retry. */
  isRedriven: boolean;
}

interface Place {
  visit: Visit | undefined;
  /** What is entered next is inside of the visit, not after it. */
  leadsInside: boolean;
  /** And works for this item of a Map. */
  index: string | undefined;
}

const ENTERED = /^(\w+)StateEntered$/;
const OF_CONTAINER = /^(Map|Parallel)State(?:Started|Failed)$/;

/**
 * Which visit each event of an execution belongs to. Most events do not name their state: it is found along the chain
 * of previous events. Events must come in the order of their ids.
 */
export class StateVisits {
  readonly #places = new Map<number, Place>();
  readonly #open = new Set<Visit>();

  /** @returns nothing for events that no state has to do with */
  of(event: HistoryEvent): Visit | undefined {
    const before = this.#places.get(event.previousEventId);
    const visit = this.#visitOf(event, before);
    const index = detail(event, 'mapIterationStartedEventDetails', 'index');
    const leadsInside = event.type === 'ParallelStateStarted' || event.type === 'MapIterationStarted';
    this.#places.set(event.id, { visit, leadsInside, index });
    return visit;
  }

  /** The visit that an event follows. */
  before(event: HistoryEvent): Visit | undefined {
    return this.#places.get(event.previousEventId)?.visit;
  }

  close(visit: Visit): void {
    visit.isOpen = false;
    this.#open.delete(visit);
  }

  /** Those that were entered and not left, the oldest first. */
  open(): Visit[] {
    return [...this.#open];
  }

  #visitOf(event: HistoryEvent, before: Place | undefined): Visit | undefined {
    const entered = ENTERED.exec(event.type);
    if (entered) return this.#enter(event, entered[1] ?? '', before);
    const name =
      detail(event, 'stateExitedEventDetails', 'name') ??
      detail(event, 'mapIterationStartedEventDetails', 'name');
    if (name !== undefined) return outward(before?.visit, (visit) => visit.name === name);
    const container = OF_CONTAINER.exec(event.type)?.[1];
    if (container !== undefined)
      return outward(
        before?.visit,
        ({ type, isOpen, hasFailed }) => type === container && isOpen && !hasFailed,
      );
    // Follows what the entry followed, not the entry.
    const evaluated = detail(event, 'evaluationFailedEventDetails', 'state');
    const beside = this.open().findLast(
      (visit) => visit.name === evaluated && visit.afterEventId === event.previousEventId,
    );
    return beside ?? before?.visit;
  }

  #enter(event: HistoryEvent, type: string, before: Place | undefined): Visit {
    const name = detail(event, 'stateEnteredEventDetails', 'name') ?? '';
    const last = before?.visit;
    const items = [...(last?.items ?? []), ...(before?.index === undefined ? [] : [before.index])];
    const visit: Visit = {
      name,
      type,
      items,
      label: name + items.map((index) => `[${index}]`).join(''),
      within: before?.leadsInside === true ? last : last?.within,
      afterEventId: event.previousEventId,
      isOpen: true,
      hasFailed: false,
      isRedriven: false,
    };
    this.#open.add(visit);
    return visit;
  }
}

/** Whether a visit runs in that Map or Parallel, at any depth. */
export function isInside(visit: Visit, container: Visit): boolean {
  return outward(visit.within, (outer) => outer === container) !== undefined;
}

/** The visit itself or the nearest around it that is meant. */
export function outward(from: Visit | undefined, isMeant: (visit: Visit) => boolean): Visit | undefined {
  let visit = from;
  while (visit !== undefined && !isMeant(visit)) visit = visit.within;
  return visit;
}

/** Details are JSON of the service's own shapes. */
function detail(event: HistoryEvent, details: `${string}EventDetails`, member: string): string | undefined {
  const value = event[details]?.[member];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
