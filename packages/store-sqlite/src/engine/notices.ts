import type { ChangedChild, NewNotice, Notice, NoticeKind } from '@riposte/engine';
import type { Sql } from '../database.ts';
import { integer, optionalText, text } from './columns.ts';

export function addNotices(sql: Sql, notices: readonly NewNotice[]): void {
  for (const { kind, body } of notices)
    sql.prepare('INSERT INTO engine_notices (kind, body) VALUES (?, ?)').run(kind, body);
}

/** In order of their sequence, which is that in which they were added. */
export function readNotices(sql: Sql, kind: NoticeKind, limit: number): Notice[] {
  return sql
    .prepare('SELECT sequence, body, child FROM engine_notices WHERE kind = ? ORDER BY sequence LIMIT ?')
    .all(kind, limit)
    .map(toNotice);
}

function toNotice(row: Record<string, unknown>): Notice {
  const child = optionalText(row, 'child');
  return {
    sequence: integer(row, 'sequence'),
    body: text(row, 'body'),
    ...(child !== undefined && { child: toChild(child) }),
  };
}

export function forgetNotices(sql: Sql, kind: NoticeKind, sequence: number): void {
  sql.prepare('DELETE FROM engine_notices WHERE kind = ? AND sequence <= ?').run(kind, sequence);
}

/** Of a `ChangedChild`, as `toChild` reads it: `x` is its execution, `e` its end, the one parameter its new status. */
export const CHILD = `json_object('executionArn', x.arn, 'status', ?, 'stopDate', x.stop_date, 'error', e.error,
  'cause', e.cause, 'redriveCount', x.redrive_count, 'redriveDate', x.redrive_date)`;

/** A member that is null is absent. */
function toChild(text: string): ChangedChild {
  return JSON.parse(text, (_, member: unknown) => member ?? undefined) as ChangedChild; // written with CHILD
}
