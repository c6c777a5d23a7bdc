import type { SQLInputValue } from 'node:sqlite';
import {
  chainCall,
  lookupUserName,
  type AccountReading,
  type AccountStore,
  type AccountTransaction,
  type CallFilter,
  type CallRecord,
  type NewCallRecord,
  type NewNotification,
  type Notification,
} from '@riposte/account';
import { LOG_TABLES, moveLogBatches, SqliteLogEvents } from './account/log-events.ts';
import { QUEUE_TABLES, SqliteQueueMessages } from './account/queue-messages.ts';
import type { Database, Sql } from './database.ts';

const TABLES = `
  CREATE TABLE IF NOT EXISTS account_resources (
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (type, id)
  ) STRICT, WITHOUT ROWID;

  -- the record itself is the JSON; the columns are what it can be found by
  CREATE TABLE IF NOT EXISTS account_calls (
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    time_ms INTEGER NOT NULL,
    region TEXT NOT NULL,
    service TEXT NOT NULL,
    operation TEXT NOT NULL,
    access TEXT NOT NULL,
    access_key_id TEXT,
    user_name TEXT,
    execution_arn TEXT,
    task_id TEXT,
    journal_key TEXT,
    hash TEXT NOT NULL,
    json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS account_calls_id ON account_calls (id);
  CREATE INDEX IF NOT EXISTS account_calls_access_key ON account_calls (access_key_id, sequence);
  CREATE INDEX IF NOT EXISTS account_calls_execution ON account_calls (execution_arn, sequence)
    WHERE execution_arn IS NOT NULL;
  CREATE INDEX IF NOT EXISTS account_calls_journal ON account_calls (task_id, journal_key)
    WHERE journal_key IS NOT NULL;
  CREATE TABLE IF NOT EXISTS account_call_resources (
    sequence INTEGER NOT NULL REFERENCES account_calls (sequence) ON DELETE CASCADE,
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (sequence, type, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS account_call_resources_name ON account_call_resources (name, sequence);

  CREATE TABLE IF NOT EXISTS account_notifications (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    due_at_ms INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    execution_arn TEXT,
    json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS account_notifications_due ON account_notifications (due_at_ms)
    WHERE status = 'pending';
  CREATE INDEX IF NOT EXISTS account_notifications_created ON account_notifications (created_at_ms);
`;

/** The local account in SQLite: resources as JSON by type and id, the chain of calls, the outbox of messages. */
export class SqliteAccountStore implements AccountStore {
  readonly #database: Database;
  readonly #messageListeners = new Set<(queue: string) => void>();

  constructor(database: Database) {
    this.#database = database;
    database.migrate(TABLES + QUEUE_TABLES + LOG_TABLES);
    moveLogBatches(database);
  }

  async transaction<T>(work: (transaction: AccountTransaction) => T): Promise<T> {
    const queues = new Set<string>();
    const result = await this.#database.write((sql) => work(new SqliteAccountTransaction(sql, queues)));
    for (const queue of queues) for (const listener of this.#messageListeners) listener(queue);
    return result;
  }

  async read<T>(work: (reading: AccountReading) => T): Promise<T> {
    return this.#database.read((sql) => work(new SqliteAccountTransaction(sql, new Set())));
  }

  onMessages(listener: (queue: string) => void): () => void {
    this.#messageListeners.add(listener);
    return () => void this.#messageListeners.delete(listener);
  }

  async dueNotifications(nowMs: number, limit: number): Promise<Notification[]> {
    return this.#database.read((sql) =>
      sql
        .prepare(
          `SELECT json FROM account_notifications WHERE status = 'pending' AND due_at_ms <= ?
           ORDER BY due_at_ms, created_at_ms, id LIMIT ?`,
        )
        .all(nowMs, limit)
        .map((row) => parse<Notification>(row['json'])),
    );
  }

  async nextNotificationDueMs(): Promise<number | undefined> {
    const row = this.#database.read((sql) =>
      sql.prepare(`SELECT min(due_at_ms) AS due FROM account_notifications WHERE status = 'pending'`).get(),
    );
    const due = row?.['due'];
    return typeof due === 'number' ? due : undefined;
  }

  updateNotification(id: string, change: Partial<Notification>): Promise<void> {
    return this.#database.write((sql) => {
      const row = sql.prepare('SELECT json FROM account_notifications WHERE id = ?').get(id);
      if (!row) throw new Error(`There is no notification ${id}.`);
      const changed = { ...parse<Notification>(row['json']), ...change };
      sql
        .prepare('UPDATE account_notifications SET status = ?, due_at_ms = ?, json = ? WHERE id = ?')
        .run(changed.status, changed.dueAtMs, JSON.stringify(changed), id);
    });
  }

  async listNotifications(filter: Parameters<AccountStore['listNotifications']>[0]): Promise<Notification[]> {
    const { executionArn, protocols } = filter;
    const conditions = [
      executionArn === undefined ? '' : 'execution_arn = ?',
      protocols === undefined ? '' : `json ->> '$.protocol' IN (${protocols.map(() => '?').join(', ')})`,
    ].filter((condition) => condition !== '');
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const values = [...(executionArn === undefined ? [] : [executionArn]), ...(protocols ?? [])];
    return this.#database.read((sql) =>
      sql
        .prepare(
          `SELECT json FROM account_notifications ${where} ORDER BY created_at_ms DESC, rowid DESC LIMIT ?`,
        )
        .all(...values, filter.limit)
        .map((row) => parse<Notification>(row['json'])),
    );
  }
}

class SqliteAccountTransaction implements AccountTransaction {
  readonly #sql: Sql;
  readonly messages: SqliteQueueMessages;
  readonly logEvents: SqliteLogEvents;

  /** @param queues  takes those whose messages changed */
  constructor(sql: Sql, queues: Set<string>) {
    this.#sql = sql;
    this.logEvents = new SqliteLogEvents(sql);
    this.messages = new SqliteQueueMessages(sql, (queue) => void queues.add(queue));
  }

  get<T>(type: string, id: string): T | undefined {
    const row = this.#sql
      .prepare('SELECT json FROM account_resources WHERE type = ? AND id = ?')
      .get(type, id);
    return row && parse<T>(row['json']);
  }

  list<T>(type: string, prefix = '', limit = -1): T[] {
    return this.#sql
      .prepare(
        `SELECT json FROM account_resources WHERE type = ? AND id >= ? AND id < ? || char(1114111)
         ORDER BY id LIMIT ?`,
      )
      .all(type, prefix, prefix, limit)
      .map((row) => parse<T>(row['json']));
  }

  put(type: string, id: string, value: unknown): void {
    this.#sql
      .prepare('INSERT OR REPLACE INTO account_resources (type, id, json) VALUES (?, ?, ?)')
      .run(type, id, JSON.stringify(value));
  }

  delete(type: string, id: string): boolean {
    const result = this.#sql.prepare('DELETE FROM account_resources WHERE type = ? AND id = ?').run(type, id);
    return Number(result.changes) > 0;
  }

  appendCall(call: NewCallRecord): CallRecord {
    const last = this.#sql
      .prepare('SELECT sequence, hash FROM account_calls ORDER BY sequence DESC LIMIT 1')
      .get();
    const end = last && { sequence: Number(last['sequence']), hash: String(last['hash']) };
    const record = chainCall(end, call);
    this.#sql
      .prepare(
        `INSERT INTO account_calls (sequence, id, time_ms, region, service, operation, access, access_key_id,
           user_name, execution_arn, task_id, journal_key, hash, json)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        record.sequence,
        record.id,
        record.timeMs,
        record.region,
        record.service,
        record.operation,
        record.access,
        record.userIdentity.accessKeyId ?? null,
        lookupUserName(record.userIdentity) ?? null,
        record.executionArn ?? null,
        record.taskId ?? null,
        record.journalKey ?? null,
        record.hash,
        JSON.stringify(record),
      );
    for (const resource of record.resources)
      this.#sql
        .prepare('INSERT OR IGNORE INTO account_call_resources (sequence, type, name) VALUES (?, ?, ?)')
        .run(record.sequence, resource.type, resource.name);
    return record;
  }

  findCalls(filter: CallFilter): CallRecord[] {
    const { where, values } = callConditions(filter);
    return this.#sql
      .prepare(`SELECT json FROM account_calls c ${where} ORDER BY sequence DESC LIMIT ?`)
      .all(...values, filter.limit)
      .map((row) => parse<CallRecord>(row['json']));
  }

  findAnswer(taskId: string, journalKey: string): CallRecord | undefined {
    const row = this.#sql
      .prepare(
        `SELECT json FROM account_calls WHERE task_id = ? AND journal_key = ? AND journal_key IS NOT NULL
         ORDER BY sequence DESC LIMIT 1`,
      )
      .get(taskId, journalKey);
    return row && parse<CallRecord>(row['json']);
  }

  enqueueNotification(notification: NewNotification): void {
    const pending: Notification = {
      ...notification,
      status: 'pending',
      attempts: 0,
      dueAtMs: notification.createdAtMs,
    };
    // the id names one message to one subscriber: saying it twice must not send it twice
    this.#sql
      .prepare(
        `INSERT INTO account_notifications (id, status, due_at_ms, created_at_ms, execution_arn, json)
         VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
      )
      .run(
        pending.id,
        pending.status,
        pending.dueAtMs,
        pending.createdAtMs,
        pending.executionArn ?? null,
        JSON.stringify(pending),
      );
  }
}

function callConditions(filter: CallFilter): { where: string; values: SQLInputValue[] } {
  const conditions: string[] = [];
  const values: SQLInputValue[] = [];
  const add = (condition: string, value: SQLInputValue | undefined) => {
    if (value === undefined) return;
    conditions.push(condition);
    values.push(value);
  };
  add('execution_arn = ?', filter.executionArn);
  add('access_key_id = ?', filter.accessKeyId);
  add('operation = ?', filter.operation);
  add('service = ?', filter.service);
  add('user_name = ?', filter.userName);
  add('access = ?', filter.access);
  add('id = ?', filter.id);
  add('region = ?', filter.region);
  add('time_ms >= ?', filter.fromMs);
  add('time_ms <= ?', filter.toMs);
  add('sequence < ?', filter.beforeSequence);
  const resource = 'SELECT 1 FROM account_call_resources r WHERE r.sequence = c.sequence AND r';
  add(`EXISTS (${resource}.name = ?)`, filter.resourceName);
  add(`EXISTS (${resource}.type = ?)`, filter.resourceType);
  return { where: conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`, values };
}

/** The JSON that this store wrote into the column: a value of the type it is read back as. */
function parse<T>(json: unknown): T {
  return JSON.parse(json as string) as T;
}
