import type {
  EventRecord,
  ScheduleKey,
  SchedulerStore,
  StoredSchedule,
  StoredScheduleGroup,
  UnreadableSchedule,
} from '@riposte/events';
import type { Database, Sql } from './database.ts';
import { INSTANT_MAX_MS, optionalInteger, optionalText, text } from './engine/columns.ts';
import { writeRecord } from './events/event-rows.ts';
import { pageOf } from './events/page-bytes.ts';
import { createEventTables } from './events/schema.ts';
import { forgetIdleTargets, forgetTargets } from './events/target-rows.ts';

type Row = Record<string, unknown>;

/** Schedules and their groups, in the file of events: an invocation is an event with one delivery. */
export class SqliteSchedulerStore implements SchedulerStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    createEventTables(database);
  }

  async schedule({
    region,
    groupName,
    name,
  }: ScheduleKey): Promise<StoredSchedule | UnreadableSchedule | undefined> {
    const row = this.#sql(
      'SELECT region, group_name, name, document FROM schedules WHERE region = ? AND group_name = ? AND name = ?',
    ).get(region, groupName, name);
    return row && scheduleOf(row);
  }

  async schedules(region: string, groupName?: string): Promise<(StoredSchedule | UnreadableSchedule)[]> {
    return this.#sql(
      'SELECT region, group_name, name, document FROM schedules WHERE region = ? AND group_name = coalesce(?, group_name) ORDER BY group_name, name',
    )
      .all(region, groupName ?? null)
      .map(scheduleOf);
  }

  putSchedule(stored: StoredSchedule): Promise<void> {
    return this.#database.write((sql) => {
      const { region, schedule } = stored;
      const before = sql.prepare('SELECT 1 FROM schedules WHERE region = ? AND group_name = ? AND name = ?');
      if (!before.get(region, schedule.GroupName, schedule.Name)) forgetTargets(sql, schedule.Arn);
      writeSchedule(sql, stored);
    });
  }

  deleteSchedule(key: ScheduleKey): Promise<void> {
    return this.#database.write((sql) => removeSchedule(sql, key));
  }

  async dueSchedules(nowMs: number, limit: number): Promise<(StoredSchedule | UnreadableSchedule)[]> {
    // in the order of the index, so that those that are not wanted now are not read
    const due = this.#sql(
      `SELECT region, group_name, name, document, octet_length(document) AS bytes FROM schedules WHERE fire_ms <= ?
       ORDER BY fire_ms, region, group_name, name LIMIT ?`,
    );
    return pageOf(due.iterate(nowMs, limit)).map(scheduleOf);
  }

  async nextScheduleFireMs(): Promise<number | undefined> {
    const row = this.#sql(
      `SELECT min(fire_ms) AS next FROM schedules WHERE fire_ms <= ${INSTANT_MAX_MS}`,
    ).get();
    return row && optionalInteger(row, 'next');
  }

  stopSchedule({ region, groupName, name }: ScheduleKey): Promise<void> {
    return this.#database.write((sql) => {
      sql
        .prepare('UPDATE schedules SET fire_ms = NULL WHERE region = ? AND group_name = ? AND name = ?')
        .run(region, groupName, name);
    });
  }

  fireSchedule(key: ScheduleKey, after: StoredSchedule | null, record?: EventRecord): Promise<void> {
    return this.#database.write((sql) => {
      if (record) writeRecord(sql, record);
      if (after) writeSchedule(sql, after);
      else removeSchedule(sql, key);
    });
  }

  async scheduleGroup(region: string, name: string): Promise<StoredScheduleGroup | undefined> {
    const row = this.#sql('SELECT document FROM schedule_groups WHERE region = ? AND name = ?').get(
      region,
      name,
    );
    return row && groupOf(row);
  }

  async scheduleGroups(region: string): Promise<StoredScheduleGroup[]> {
    return this.#sql('SELECT document FROM schedule_groups WHERE region = ? ORDER BY name')
      .all(region)
      .map(groupOf);
  }

  putScheduleGroup(stored: StoredScheduleGroup): Promise<void> {
    return this.#database.write((sql) => {
      sql
        .prepare('INSERT OR REPLACE INTO schedule_groups (region, name, document) VALUES (?, ?, ?)')
        .run(stored.region, stored.group.Name, JSON.stringify(stored));
    });
  }

  deleteScheduleGroup(region: string, name: string): Promise<void> {
    return this.#database.write((sql) => {
      const gone = sql
        .prepare(`DELETE FROM schedules WHERE region = ? AND group_name = ? RETURNING ${ARN}`)
        .all(region, name);
      for (const row of gone) forgetTargetsOf(sql, row);
      sql.prepare('DELETE FROM schedule_groups WHERE region = ? AND name = ?').run(region, name);
    });
  }

  #sql(statement: string): ReturnType<Sql['prepare']> {
    return this.#database.read((sql) => sql.prepare(statement));
  }
}

function writeSchedule(sql: Sql, stored: StoredSchedule): void {
  const { region, schedule, next } = stored;
  sql
    .prepare(
      'INSERT OR REPLACE INTO schedules (region, group_name, name, document, fire_ms) VALUES (?, ?, ?, ?, ?)',
    )
    .run(region, schedule.GroupName, schedule.Name, JSON.stringify(stored), next?.fireMs ?? null);
}

/** NULL where the document cannot be read. */
const ARN = "iif(json_valid(document), document ->> '$.schedule.Arn', NULL) AS arn";

function removeSchedule(sql: Sql, { region, groupName, name }: ScheduleKey): void {
  const gone = sql
    .prepare(`DELETE FROM schedules WHERE region = ? AND group_name = ? AND name = ? RETURNING ${ARN}`)
    .get(region, groupName, name);
  if (gone) forgetTargetsOf(sql, gone);
}

function forgetTargetsOf(sql: Sql, removed: Row): void {
  const arn = optionalText(removed, 'arn');
  if (arn !== undefined) forgetIdleTargets(sql, arn);
}

const DATES = new Set(['CreationDate', 'LastModificationDate', 'StartDate', 'EndDate']);

function reviveDates(key: string, value: unknown): unknown {
  return DATES.has(key) && typeof value === 'string' ? new Date(value) : value;
}

/** @param row  its key and its document, not when it fires: some of those times are too large to be read */
function scheduleOf(row: Row): StoredSchedule | UnreadableSchedule {
  const unreadable = (problem: string): UnreadableSchedule => ({
    region: text(row, 'region'),
    groupName: text(row, 'group_name'),
    name: text(row, 'name'),
    unreadable: problem,
  });
  let document: unknown;
  try {
    document = JSON.parse(text(row, 'document'), reviveDates);
  } catch {
    return unreadable('it is no JSON'); // the reason of JSON.parse shows some of it
  }
  return isStoredSchedule(document) ? document : unreadable('it is no schedule');
}

/** Whether what everything relies on is there; the rest is as writeSchedule wrote it. */
function isStoredSchedule(document: unknown): document is StoredSchedule {
  const { region, schedule, next } = (document ?? {}) as Partial<StoredSchedule>;
  const texts = [region, schedule?.Arn, schedule?.GroupName, schedule?.Name, schedule?.State];
  const more = [schedule?.ScheduleExpression, schedule?.ScheduleExpressionTimezone, schedule?.Target?.Arn];
  const times = [schedule?.CreationDate?.getTime?.(), ...(next ? [next.scheduledMs, next.fireMs] : [])];
  return (
    [...texts, ...more, schedule?.FlexibleTimeWindow?.Mode].every((one) => typeof one === 'string') &&
    times.every((time) => Number.isFinite(time))
  );
}

function groupOf(row: Row): StoredScheduleGroup {
  return JSON.parse(text(row, 'document'), reviveDates) as StoredScheduleGroup; // as putScheduleGroup wrote it
}
