import type { Retries } from '../host/retries.ts';
import type { Clock } from '../ports/clock.ts';
import type { Item } from '../ports/map-runs.ts';
import type { Store } from '../ports/store.ts';
import type { Children } from './children.ts';
import type { ExpressSlots } from './express-slots.ts';
import { itemPages } from './item-pages.ts';

type Started = Item & { startDate: number };

interface ExpressChildrenOptions {
  store: Store;
  clock: Clock;
  retries: Retries;
  slots: ExpressSlots;
  /** A child has ended, or there is room again for one that waits. */
  changed: () => void;
}

/** The express children of one Map Run that run in this process. */
export class ExpressChildren {
  readonly #options: ExpressChildrenOptions;
  readonly #mapRunArn: string;
  readonly #indexes = new Set<number>();
  #isClosed = false;

  constructor(options: ExpressChildrenOptions, mapRunArn: string) {
    this.#options = options;
    this.#mapRunArn = mapRunArn;
  }

  get size(): number {
    return this.#indexes.size;
  }

  /** Nothing is started, written or told any more. */
  close(): void {
    this.#isClosed = true;
    this.#options.slots.leave(this.#options.changed);
  }

  /** How many of so many can be started now; that there is room for more is told. */
  room(wanted: number): number {
    const { slots, changed } = this.#options;
    const free = Math.min(wanted, slots.free);
    if (free < wanted) slots.await(changed);
    return free;
  }

  /** As many of these as there is room for. */
  async start(found: readonly Item[], children: Children): Promise<void> {
    const { store, clock } = this.#options;
    const items = found.slice(0, this.room(found.length)); // others may have taken some while these were read
    const startDate = clock.now();
    for (const { index } of items) this.#hold(index);
    let started = new Set<number>();
    try {
      const changes = items.map(({ index }) => ({ index, status: 'RUNNING' as const, startDate }));
      started = new Set(await store.changeItems(this.#mapRunArn, changes));
    } finally {
      for (const { index } of items) if (!started.has(index)) this.#drop(index);
    }
    for (const item of items) if (started.has(item.index)) this.#run(toStarted(item, startDate), children);
  }

  /** Those that ran when the server ended have left nothing behind. */
  async startAgain(children: Children): Promise<void> {
    if (this.room(1) === 0) return;
    for await (const page of itemPages(this.#options.store, this.#mapRunArn, ['RUNNING']))
      for (const item of page) {
        if (this.#indexes.has(item.index)) continue;
        if (this.room(1) === 0) return;
        this.#hold(item.index);
        this.#run({ ...item, startDate: item.startDate! }, children); // it has started
      }
  }

  #run(item: Started, children: Children): void {
    const { retries, store, changed } = this.#options;
    void children
      .runExpress(item)
      .then((end) =>
        // an end that only the server's own has brought about is none
        retries.untilDone(async () => {
          if (!this.#isClosed) await store.changeItems(this.#mapRunArn, [end]);
        }),
      )
      .then(() => {
        this.#drop(item.index);
        if (!this.#isClosed) changed();
      });
  }

  #hold(index: number): void {
    this.#indexes.add(index);
    this.#options.slots.take();
  }

  #drop(index: number): void {
    this.#indexes.delete(index);
    this.#options.slots.release();
  }
}

/** As the store has it now: the start of one that waited for a redrive is counted. */
function toStarted(item: Item, startDate: number): Started {
  const starts = item.status === 'PENDING_REDRIVE' ? 1 : 0;
  return { ...item, startDate, redriveCount: item.redriveCount + starts };
}
