import type { Item, ItemChange, ItemStatus, NewItem } from '@riposte/engine';
import type { Sql } from '../database.ts';
import { integer, optionalInteger, optionalText, text } from './columns.ts';
import { CHILD } from './notices.ts';

export function addItems(sql: Sql, mapRun: number, items: readonly NewItem[]): void {
  const insert = sql.prepare(
    `INSERT INTO engine_map_items (map_run, item_index, arn, status, item_count) VALUES (?, ?, ?, 'PENDING', ?)`,
  );
  const keep = sql.prepare('INSERT INTO engine_map_inputs (map_run, item_index, input) VALUES (?, ?, ?)');
  for (const { index, executionArn, input, itemCount } of items) {
    insert.run(mapRun, index, executionArn, itemCount);
    keep.run(mapRun, index, input);
  }
  const itemCount = items.reduce((sum, item) => sum + item.itemCount, 0);
  count(sql, mapRun, 'PENDING', items.length, itemCount);
}

export function forgetItems(sql: Sql, mapRun: number): void {
  for (const table of ['engine_map_items', 'engine_map_inputs', 'engine_map_counts'])
    sql.prepare(`DELETE FROM ${table} WHERE map_run = ?`).run(mapRun);
}

export function readItems(
  sql: Sql,
  mapRunArn: string,
  { statuses, after = -1, limit }: { statuses?: readonly ItemStatus[]; after?: number; limit: number },
): Item[] {
  const wanted = statuses === undefined ? '' : `AND i.status IN (${statuses.map(() => '?').join(', ')})`;
  return sql
    .prepare(
      `SELECT i.item_index, i.arn, i.status, i.item_count, p.input,
         coalesce(x.start_date, i.start_date) AS started, coalesce(x.stop_date, i.stop_date) AS stopped,
         coalesce(x.redrive_count, i.redrive_count) AS redrives,
         coalesce(e.output, i.output) AS output, coalesce(e.error, i.error) AS error,
         coalesce(e.cause, i.cause) AS cause
       FROM engine_map_runs m
       JOIN engine_map_items i ON i.map_run = m.id
       JOIN engine_map_inputs p ON p.map_run = i.map_run AND p.item_index = i.item_index
       LEFT JOIN engine_executions x ON x.arn = i.arn
       LEFT JOIN engine_ends e ON e.execution = x.id
       WHERE m.arn = ? AND i.item_index > ? ${wanted} ORDER BY i.item_index LIMIT ?`,
    )
    .all(mapRunArn, after, ...(statuses ?? []), limit)
    .map(toItem);
}

function toItem(row: Record<string, unknown>): Item {
  const optional = {
    startDate: optionalInteger(row, 'started'),
    stopDate: optionalInteger(row, 'stopped'),
    output: optionalText(row, 'output'),
    error: optionalText(row, 'error'),
    cause: optionalText(row, 'cause'),
  };
  const given = Object.entries(optional).filter(([, value]) => value !== undefined);
  return {
    index: integer(row, 'item_index'),
    executionArn: text(row, 'arn'),
    status: text(row, 'status') as ItemStatus, // written from this type
    itemCount: integer(row, 'item_count'),
    input: text(row, 'input'),
    redriveCount: integer(row, 'redrives'),
    ...(Object.fromEntries(given) as Partial<Item>), // members by their own names
  };
}

/** Of a stored child: its execution keeps everything else. */
export function setItemStatus(
  sql: Sql,
  mapRunArn: string,
  { index, status }: { index: number; status: ItemStatus },
): void {
  const row = itemRow(sql, mapRunArn, index);
  if (!row) throw new Error(`The store has lost item ${index} of the Map Run ${mapRunArn}.`);
  move(sql, row, index, status);
}

/** Of an express child. @returns false when it has ended already: it is left as it is */
export function changeItem(sql: Sql, mapRunArn: string, change: ItemChange): boolean {
  const { index, status, startDate, stopDate, output, error, cause } = change;
  const row = itemRow(sql, mapRunArn, index);
  if (!row || !['PENDING', 'PENDING_REDRIVE', 'RUNNING'].includes(text(row, 'status'))) return false;
  const isRedriven = text(row, 'status') === 'PENDING_REDRIVE';
  move(sql, row, index, status);
  sql
    .prepare(
      `UPDATE engine_map_items SET start_date = coalesce(?, start_date), stop_date = ?, output = ?, error = ?,
         cause = ?, redrive_count = redrive_count + ? WHERE map_run = ? AND item_index = ?`,
    )
    .run(
      startDate ?? null,
      stopDate ?? null,
      output ?? null,
      error ?? null,
      cause ?? null,
      isRedriven ? 1 : 0,
      integer(row, 'map_run'),
      index,
    );
  return true;
}

function itemRow(sql: Sql, mapRunArn: string, index: number) {
  return sql
    .prepare(
      `SELECT i.map_run, i.status, i.item_count FROM engine_map_runs m
       JOIN engine_map_items i ON i.map_run = m.id WHERE m.arn = ? AND i.item_index = ?`,
    )
    .get(mapRunArn, index);
}

function move(sql: Sql, row: Record<string, unknown>, index: number, status: ItemStatus): void {
  const [mapRun, before, itemCount] = [
    integer(row, 'map_run'),
    text(row, 'status') as ItemStatus, // written from this type
    integer(row, 'item_count'),
  ];
  if (before === status) return;
  sql
    .prepare('UPDATE engine_map_items SET status = ? WHERE map_run = ? AND item_index = ?')
    .run(status, mapRun, index);
  count(sql, mapRun, before, -1, -itemCount);
  count(sql, mapRun, status, 1, itemCount);
}

/**
 * Takes all items of some statuses, and the executions that are their children, to another one.
 * @param childNotice  body of what each of those executions leaves to be told
 * @param eventsMax  those with a longer history stay as they are
 */
export function changeItemsWhere(
  sql: Sql,
  mapRun: number,
  from: readonly ItemStatus[],
  to: ItemStatus,
  {
    childNotice,
    eventsMax = Number.MAX_SAFE_INTEGER,
  }: { childNotice?: string | undefined; eventsMax?: number },
): void {
  const statuses = from.map(() => '?').join(', ');
  const which = `map_run = ? AND engine_map_items.status IN (${statuses}) AND NOT EXISTS
    (SELECT 1 FROM engine_executions y WHERE y.arn = engine_map_items.arn AND y.next_event_id > ?)`;
  if (childNotice !== undefined)
    sql
      .prepare(
        `INSERT INTO engine_notices (kind, body, child)
         SELECT 'status', ?, ${CHILD} FROM engine_map_items JOIN engine_executions x ON x.arn = engine_map_items.arn
         LEFT JOIN engine_ends e ON e.execution = x.id WHERE ${which} ORDER BY engine_map_items.item_index`,
      )
      .run(childNotice, to, mapRun, ...from, eventsMax);
  sql
    .prepare(
      `UPDATE engine_executions SET status = ?, revision = revision + 1
       WHERE arn IN (SELECT arn FROM engine_map_items WHERE ${which})`,
    )
    .run(to, mapRun, ...from, eventsMax);
  const moved = sql
    .prepare(
      `SELECT status, count(*) AS executions, sum(item_count) AS items FROM engine_map_items
       WHERE ${which} GROUP BY status`,
    )
    .all(mapRun, ...from, eventsMax);
  sql.prepare(`UPDATE engine_map_items SET status = ? WHERE ${which}`).run(to, mapRun, ...from, eventsMax);
  for (const row of moved) {
    const { executions, items } = countOf(row);
    count(sql, mapRun, text(row, 'status') as ItemStatus, -executions, -items); // written from this type
    count(sql, mapRun, to, executions, items);
  }
}

export function countOf(row: Record<string, unknown>): { executions: number; items: number } {
  return { executions: integer(row, 'executions'), items: integer(row, 'items') };
}

function count(sql: Sql, mapRun: number, status: ItemStatus, executions: number, items: number): void {
  sql
    .prepare(
      `INSERT INTO engine_map_counts (map_run, status, executions, items) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET executions = executions + excluded.executions, items = items + excluded.items`,
    )
    .run(mapRun, status, executions, items);
}
