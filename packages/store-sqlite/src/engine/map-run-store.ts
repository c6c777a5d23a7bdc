import type {
  Item,
  ItemChange,
  MapRun,
  MapRunLimits,
  MapRunPhase,
  MapRunStore,
  NewItem,
} from '@riposte/engine';
import type { Database } from '../database.ts';
import { text } from './columns.ts';
import { addItems, changeItem, forgetItems, readItems } from './map-items.ts';
import {
  abortLostItems,
  changeMapRun,
  countNotRedrivable,
  lostItems,
  mapRunId,
  readMapRun,
  readMapRuns,
} from './map-runs.ts';

/** Map Runs and their items. What transitions do to them is applied with these. */
export class SqliteMapRunStore implements MapRunStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async mapRun(mapRunArn: string): Promise<MapRun | undefined> {
    return this.#database.read((sql) => readMapRun(sql, mapRunArn));
  }

  async mapRunPlan(mapRunArn: string): Promise<string | undefined> {
    const row = this.#database.read((sql) =>
      sql.prepare('SELECT plan FROM engine_map_runs WHERE arn = ?').get(mapRunArn),
    );
    return row && text(row, 'plan');
  }

  async mapRuns(executionArn: string, page: { cursor?: string; limit: number }) {
    return this.#database.read((sql) => readMapRuns(sql, executionArn, page));
  }

  changeMapRun(mapRunArn: string, change: Partial<MapRunLimits> & { phase?: MapRunPhase }): Promise<boolean> {
    return this.#database.write((sql) => changeMapRun(sql, mapRunArn, change));
  }

  addItems(
    mapRunArn: string,
    items: readonly NewItem[],
    { isFirst, isLast }: { isFirst: boolean; isLast: boolean },
  ): Promise<void> {
    return this.#database.write((sql) => {
      const id = mapRunId(sql, mapRunArn);
      if (id === undefined) throw new Error(`The store has no Map Run ${mapRunArn}.`);
      if (isFirst) forgetItems(sql, id);
      addItems(sql, id, items);
      if (isLast) changeMapRun(sql, mapRunArn, { phase: 'RUNNING' });
    });
  }

  async items(mapRunArn: string, filter: Parameters<MapRunStore['items']>[1]): Promise<Item[]> {
    return this.#database.read((sql) => readItems(sql, mapRunArn, filter));
  }

  changeItems(mapRunArn: string, changes: readonly ItemChange[]): Promise<number[]> {
    return this.#database.write((sql) =>
      changes.filter((change) => changeItem(sql, mapRunArn, change)).map(({ index }) => index),
    );
  }

  async notRedrivable(mapRunArn: string): Promise<{ executions: number; items: number }> {
    return this.#database.read((sql) => countNotRedrivable(sql, mapRunArn));
  }

  async abortLostItems(stopDate: number): Promise<void> {
    if (this.#database.read(lostItems).length > 0)
      await this.#database.write((sql) => abortLostItems(sql, stopDate));
  }

  async abandonedChildren(limit: number): Promise<string[]> {
    const rows = this.#database.read((sql) =>
      sql
        .prepare(
          `SELECT x.arn FROM engine_executions x JOIN engine_map_runs m ON m.arn = x.map_run_arn
           WHERE x.status = 'RUNNING' AND m.status <> 'RUNNING' ORDER BY x.id LIMIT ?`,
        )
        .all(limit),
    );
    return rows.map((row) => text(row, 'arn'));
  }
}
