import type { ResourceChange, ResourceKind, StoredResource } from '@riposte/engine';
import type { Sql } from '../database.ts';
import { text } from './columns.ts';

export function readResource(sql: Sql, arn: string): StoredResource | undefined {
  const row = sql.prepare('SELECT * FROM engine_resources WHERE arn = ?').get(arn);
  return row && toResource(row);
}

export function readResources(
  sql: Sql,
  kind: ResourceKind,
  parent: string,
  { cursor, limit }: { cursor?: string; limit: number },
): { resources: StoredResource[]; next?: string } {
  const rows = sql
    .prepare(
      `SELECT * FROM engine_resources WHERE kind = ? AND parent = ? AND position > ?
       ORDER BY position LIMIT ?`,
    )
    .all(kind, parent, cursor ?? '', limit + 1);
  const resources = rows.slice(0, limit).map(toResource);
  const next = rows.length > limit ? resources.at(-1)?.position : undefined;
  return { resources, ...(next !== undefined && { next }) };
}

export function changeResource(sql: Sql, change: ResourceChange): void {
  if (change.body === null) {
    sql.prepare('DELETE FROM engine_resources WHERE arn = ?').run(change.arn);
    return;
  }
  sql
    .prepare(
      'INSERT OR REPLACE INTO engine_resources (arn, kind, parent, position, body) VALUES (?, ?, ?, ?, ?)',
    )
    .run(change.arn, change.kind, change.parent, change.position, change.body);
}

function toResource(row: Record<string, unknown>): StoredResource {
  return {
    arn: text(row, 'arn'),
    kind: text(row, 'kind') as ResourceKind, // written from this type
    parent: text(row, 'parent'),
    position: text(row, 'position'),
    body: text(row, 'body'),
  };
}
