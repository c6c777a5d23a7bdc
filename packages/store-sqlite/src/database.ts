import { StoreUnavailable } from '@riposte/engine';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { FreePages } from './free-pages.ts';
import { ensurePrivateFile } from './private-file.ts';

/** Statements of one connection, prepared once per text. */
export interface Sql {
  /** Prepares on first use (19 µs) and keeps the statement (then 5 µs a call). */
  prepare(text: string): StatementSync;
}

interface QueuedWrite {
  work: (sql: Sql) => unknown;
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
}

/** The disk refused a commit; nothing of it was applied and nobody was answered. */
export class CommitFailed extends StoreUnavailable {
  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      `The store could not write to disk: ${reason}. Nothing of the request was applied; free space or check the disk, then try again.`,
      { cause },
    );
    this.name = 'CommitFailed';
  }
}

/** The file cannot be opened: held by another server, no database, or out of reach. The message says what to do. */
class DatabaseUnavailable extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'DatabaseUnavailable';
  }
}

/**
 * One SQLite file, one connection, group commit.
 *
 * D1 A write is answered only after COMMIT with `synchronous=FULL`, so what was acknowledged survives `kill -9`
 *    and loss of power.
 * D2 Writes that arrive in one turn of the event loop share one transaction and one fsync. Each runs in a
 *    savepoint: one that throws undoes only itself.
 * D3 Writes run in the order in which they were asked for.
 * D4 The file is held exclusively: a second server on the same folder is refused at once.
 * D5 What was deleted gives its space back to the disk, a little with each commit, beyond what is likely to be used again.
 */
export class Database implements Sql {
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #freePages: FreePages;
  readonly #onCommitted: () => void;
  #queue: QueuedWrite[] = [];
  #closed = false;

  /**
   * @param file path of the database file, or `:memory:`; made, for its owner alone, where it is missing
   * @param onCommitted  called after each commit, before anybody is answered: where a test lets the server die
   * @throws DatabaseUnavailable when the file is held by another process or is not a database
   */
  constructor(file: string, onCommitted: () => void = () => {}) {
    this.#onCommitted = onCommitted;
    try {
      if (file !== ':memory:') ensurePrivateFile(file);
      this.#connection = new DatabaseSync(file);
      // auto_vacuum counts in a new file only, before anything is in it; held exclusively first, so that no -shm is made
      this.#connection.exec(`
        PRAGMA locking_mode = EXCLUSIVE;
        PRAGMA auto_vacuum = INCREMENTAL;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA foreign_keys = ON;
      `);
      // SQLite's own knows the letters A to Z; lower case would tell a final sigma and ß from what they are in capitals
      this.#connection.function('upper_case', { deterministic: true }, (text) => String(text).toUpperCase());
      this.#freePages = new FreePages(this.#connection);
    } catch (error) {
      throw openError(file, error);
    }
  }

  prepare(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (!statement) {
      statement = this.#connection.prepare(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }

  /** Runs statements that create tables. Idempotent texts only (`CREATE … IF NOT EXISTS`). */
  migrate(text: string): void {
    this.#connection.exec(text);
  }

  /** @param columns  as `ALTER TABLE` takes them; what the table has already stays as it is */
  addColumns(table: string, columns: readonly string[]): void {
    const known = this.prepare('SELECT name FROM pragma_table_info(?)').all(table);
    for (const column of columns)
      if (!known.some(({ name }) => name === column.split(' ', 1)[0]))
        this.migrate(`ALTER TABLE ${table} ADD COLUMN ${column}`);
  }

  /** Reads what is committed, at once. */
  read<T>(work: (sql: Sql) => T): T {
    this.#assertOpen();
    return work(this);
  }

  /**
   * Queues a write for the next group commit.
   * @param work synchronous; an exception undoes what it wrote and rejects the promise, other writes go on
   * @returns its result, once it is on disk
   */
  write<T>(work: (sql: Sql) => T): Promise<T> {
    this.#assertOpen();
    return new Promise<T>((resolve, reject) => {
      if (this.#queue.length === 0) setImmediate(() => this.#flush());
      // resolve is called with what `work` returned, which is a T
      this.#queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
    });
  }

  /** Commits what is queued and closes the file. */
  close(): void {
    if (this.#closed) return;
    this.#flush();
    this.#closed = true;
    this.#statements.clear();
    this.#connection.close();
  }

  #flush(): void {
    const batch = this.#queue;
    if (batch.length === 0) return;
    this.#queue = [];
    const settle: (() => void)[] = [];
    try {
      this.#connection.exec('BEGIN IMMEDIATE');
      for (const write of batch) settle.push(this.#runInSavepoint(write));
      this.#freePages.giveBack();
      this.#connection.exec('COMMIT');
      this.#onCommitted();
    } catch (error) {
      if (this.#connection.isTransaction) this.#connection.exec('ROLLBACK');
      const failure = new CommitFailed(error);
      for (const write of batch) write.reject(failure);
      return;
    }
    for (const answer of settle) answer();
  }

  #runInSavepoint(write: QueuedWrite): () => void {
    this.#connection.exec('SAVEPOINT one_write');
    try {
      const result = write.work(this);
      this.#connection.exec('RELEASE one_write');
      return () => write.resolve(result);
    } catch (error) {
      // A full disk or an I/O error ends the whole transaction by itself: then there is nothing to go on with.
      if (!this.#connection.isTransaction) throw error;
      this.#connection.exec('ROLLBACK TO one_write; RELEASE one_write');
      return () => write.reject(error);
    }
  }

  #assertOpen(): void {
    if (this.#closed) throw new Error('The store is closed.');
  }
}

const SQLITE_BUSY = 5;
const SQLITE_NOTADB = 26;

function openError(file: string, error: unknown): DatabaseUnavailable {
  const errcode = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  if (errcode === SQLITE_BUSY)
    return new DatabaseUnavailable(
      `${file} is in use by another Riposte server. Stop that one, or choose another folder with --data.`,
      error,
    );
  if (errcode === SQLITE_NOTADB)
    return new DatabaseUnavailable(
      `${file} is not a Riposte database. Move it away, or choose another folder with --data.`,
      error,
    );
  const reason = error instanceof Error ? error.message : String(error);
  return new DatabaseUnavailable(`${file} could not be opened: ${reason}`, error);
}
