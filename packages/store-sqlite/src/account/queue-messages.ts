import type { NewQueueMessage, QueueMessage, QueueMessages } from '@riposte/account';
import type { Sql } from '../database.ts';
import { integer, text } from '../engine/columns.ts';

export const QUEUE_TABLES = `
  CREATE TABLE IF NOT EXISTS account_queue_messages (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL,
    visible_at_ms INTEGER NOT NULL,
    sent_at_ms INTEGER NOT NULL,
    -- 1 once it was received: hidden, it is in flight then, and else delayed
    received INTEGER NOT NULL,
    state TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS account_queue_messages_visible
    ON account_queue_messages (queue, visible_at_ms, sequence);
  CREATE INDEX IF NOT EXISTS account_queue_messages_sent ON account_queue_messages (queue, sent_at_ms);
  -- up to a mebibyte that never changes: not written again with each receive
  CREATE TABLE IF NOT EXISTS account_queue_contents (
    sequence INTEGER PRIMARY KEY REFERENCES account_queue_messages (sequence) ON DELETE CASCADE,
    json TEXT NOT NULL
  ) STRICT;
`;

const MESSAGES = `
  SELECT sequence, queue, visible_at_ms, sent_at_ms, state, json
  FROM account_queue_messages JOIN account_queue_contents USING (sequence)`;

export class SqliteQueueMessages implements QueueMessages {
  readonly #sql: Sql;
  readonly #changed: (queue: string) => void;

  /** @param changed  told of each queue in which messages were added or may be received at another time */
  constructor(sql: Sql, changed: (queue: string) => void) {
    this.#sql = sql;
    this.#changed = changed;
  }

  add(message: NewQueueMessage): void {
    const { body, attributes, traceHeader } = message;
    const { lastInsertRowid } = this.#sql
      .prepare(
        `INSERT INTO account_queue_messages (queue, visible_at_ms, sent_at_ms, received, state)
         VALUES (?, ?, ?, ?, ?)`,
      )
      .run(...columnsOf(message));
    this.#sql
      .prepare('INSERT INTO account_queue_contents (sequence, json) VALUES (?, ?)')
      .run(lastInsertRowid, JSON.stringify({ body, attributes, traceHeader }));
    this.#changed(message.queue);
  }

  visible(queue: string, nowMs: number, limit: number): QueueMessage[] {
    return this.#sql
      .prepare(`${MESSAGES} WHERE queue = ? AND visible_at_ms <= ? ORDER BY visible_at_ms, sequence LIMIT ?`)
      .all(queue, nowMs, limit)
      .map(messageOf);
  }

  get(queue: string, sequence: number): QueueMessage | undefined {
    const row = this.#sql.prepare(`${MESSAGES} WHERE sequence = ? AND queue = ?`).get(sequence, queue);
    return row && messageOf(row);
  }

  change(message: QueueMessage): void {
    this.#sql
      .prepare(
        `UPDATE account_queue_messages SET queue = ?, visible_at_ms = ?, sent_at_ms = ?, received = ?, state = ?
         WHERE sequence = ?`,
      )
      .run(...columnsOf(message), message.sequence);
    this.#changed(message.queue);
  }

  delete(queue: string, sequence: number): void {
    this.#sql
      .prepare('DELETE FROM account_queue_messages WHERE sequence = ? AND queue = ?')
      .run(sequence, queue);
  }

  deleteAll(queue: string): void {
    this.#sql.prepare('DELETE FROM account_queue_messages WHERE queue = ?').run(queue);
  }

  deleteSentUntil(queue: string, atMs: number): void {
    this.#sql
      .prepare('DELETE FROM account_queue_messages WHERE queue = ? AND sent_at_ms <= ?')
      .run(queue, atMs);
  }

  count(queue: string, nowMs: number): { visible: number; inFlight: number; delayed: number } {
    const row = this.#sql
      .prepare(
        `SELECT count(*) FILTER (WHERE visible_at_ms <= ?1) AS visible,
           count(*) FILTER (WHERE visible_at_ms > ?1 AND received = 1) AS in_flight,
           count(*) FILTER (WHERE visible_at_ms > ?1 AND received = 0) AS delayed
         FROM account_queue_messages WHERE queue = ?2`,
      )
      .get(nowMs, queue)!; // an aggregate always has a row
    return {
      visible: integer(row, 'visible'),
      inFlight: integer(row, 'in_flight'),
      delayed: integer(row, 'delayed'),
    };
  }

  nextVisibleMs(queue: string, nowMs: number): number | undefined {
    const next = this.#sql
      .prepare(
        `SELECT visible_at_ms AS next FROM account_queue_messages WHERE queue = ? AND visible_at_ms > ?
         ORDER BY visible_at_ms LIMIT 1`,
      )
      .get(queue, nowMs);
    return next && integer(next, 'next');
  }
}

function columnsOf(message: NewQueueMessage): [string, number, number, number, string] {
  const {
    queue,
    visibleAtMs,
    sentAtMs,
    receipt,
    body: _body,
    attributes: _kept,
    traceHeader: _too,
    ...rest
  } = message;
  return [queue, visibleAtMs, sentAtMs, receipt === undefined ? 0 : 1, JSON.stringify({ ...rest, receipt })];
}

function messageOf(row: Record<string, unknown>): QueueMessage {
  return {
    ...(JSON.parse(text(row, 'state')) as QueueMessage), // the rest of it, as columnsOf wrote it
    ...(JSON.parse(text(row, 'json')) as object), // its content, as add wrote it
    sequence: integer(row, 'sequence'),
    queue: text(row, 'queue'),
    visibleAtMs: integer(row, 'visible_at_ms'),
    sentAtMs: integer(row, 'sent_at_ms'),
  };
}
