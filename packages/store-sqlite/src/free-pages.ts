import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Free pages that stay in the file in any case (16 MB), and the share of the file that does: what comes next needs some. */
const KEPT_PAGES = 4096;
const KEPT_SHARE = 0.25;
/** Of one commit. 256 KB are moved and cut off in about a millisecond. */
const PAGES_MAX = 64;

/**
 * Gives space of what was deleted back to the disk, a little with each commit while much is free, so that nothing waits
 * for it. Files of before this was there were made without the bookkeeping for it, and keep their size.
 */
export class FreePages {
  readonly #connection: DatabaseSync;
  readonly #isKept: boolean;
  readonly #free: StatementSync;

  constructor(connection: DatabaseSync) {
    this.#connection = connection;
    this.#isKept = numberOf(connection.prepare('PRAGMA auto_vacuum')) !== INCREMENTAL;
    this.#free = connection.prepare('PRAGMA freelist_count');
  }

  /** Within a transaction. */
  giveBack(): void {
    if (this.#isKept) return;
    const free = numberOf(this.#free);
    if (free <= KEPT_PAGES) return;
    const all = numberOf(this.#connection.prepare('PRAGMA page_count'));
    const pages = Math.min(PAGES_MAX, Math.floor(free - Math.max(KEPT_PAGES, all * KEPT_SHARE)));
    if (pages > 0) this.#connection.exec(`PRAGMA incremental_vacuum(${pages})`);
  }
}

const INCREMENTAL = 2;

/** Of a pragma that answers one number. */
function numberOf(pragma: StatementSync): number {
  return Number(Object.values(pragma.get() ?? {})[0]);
}
