import type {
  Claim,
  CommitResult,
  Effect,
  EffectKind,
  Execution,
  ExecutionFilter,
  HistoryEvent,
  Notice,
  NoticeKind,
  ResourceChange,
  ResourceKind,
  StateMachine,
  Store,
  StoredExecution,
  StoredResource,
  StoredStateMachine,
  Transition,
} from '@riposte/engine';
import type { Database } from './database.ts';
import { ENGINE_COLUMNS, ENGINE_INDEXES, ENGINE_SCHEMA } from './engine/schema.ts';
import { applyTransition } from './engine/apply-transition.ts';
import { readEffects, readExecution, readExecutions, readRecords } from './engine/read-execution.ts';
import { readHistory } from './engine/history.ts';
import { claimEffects, toEffect } from './engine/claims.ts';
import { integer, optionalText, text } from './engine/columns.ts';
import { SqliteMapRunStore } from './engine/map-run-store.ts';
import { forgetNotices, readNotices } from './engine/notices.ts';
import { changeResource, readResource, readResources } from './engine/resources.ts';
import { toStateMachine, writeStateMachine } from './engine/state-machines.ts';

/** The engine's memory in SQLite. Every commit is one write of the database, which groups it with all others. */
export class SqliteEngineStore extends SqliteMapRunStore implements Store {
  readonly #database: Database;

  constructor(database: Database) {
    super(database);
    this.#database = database;
    database.migrate(ENGINE_SCHEMA);
    for (const [table, columns] of Object.entries(ENGINE_COLUMNS)) database.addColumns(table, columns);
    database.migrate(ENGINE_INDEXES);
    // The file is held exclusively: whoever held a lease in it is gone.
    database.migrate(
      'UPDATE engine_effects SET worker = NULL, available_at_ms = due_at_ms WHERE worker IS NOT NULL',
    );
  }

  commit(batch: readonly Transition[]): Promise<CommitResult[]> {
    return this.#database.write((sql) => batch.map((transition) => applyTransition(sql, transition)));
  }

  claim(
    claim: Claim,
    nowMs: number,
    limits: { tasks: number; timers: number; mapRuns: number },
  ): Promise<Effect[]> {
    return this.#database.write((sql) => [
      ...claimEffects(sql, 'timer', claim, nowMs, limits.timers),
      ...claimEffects(sql, 'task', claim, nowMs, limits.tasks),
      ...claimEffects(sql, 'map-run', claim, nowMs, limits.mapRuns),
    ]);
  }

  extend(claim: Claim): Promise<void> {
    return this.#database.write((sql) => {
      sql
        .prepare('UPDATE engine_effects SET available_at_ms = ? WHERE worker = ? AND parked = 0')
        .run(claim.untilMs, claim.worker);
    });
  }

  async nextDueMs(kind: EffectKind, worker: string): Promise<number | undefined> {
    const row = this.#database.read((sql) =>
      sql
        .prepare(
          `SELECT available_at_ms AS due FROM engine_effects
           WHERE parked = 0 AND kind = ? AND worker IS NOT ? ORDER BY available_at_ms LIMIT 1`,
        )
        .get(kind, worker),
    );
    return row && integer(row, 'due');
  }

  async nextActivityTask(activityArn: string): Promise<Effect | undefined> {
    const row = this.#database.read((sql) =>
      sql
        .prepare(
          `SELECT x.arn, e.* FROM engine_effects e JOIN engine_executions x ON x.id = e.execution
           WHERE e.activity_arn = ? AND e.parked = 0 ORDER BY e.due_at_ms, e.execution, e.id LIMIT 1`,
        )
        .get(activityArn),
    );
    return row && toEffect(row, text(row, 'arn'));
  }

  async load(executionArn: string): Promise<StoredExecution | undefined> {
    return this.#database.read((sql) => {
      const found = readExecution(sql, executionArn);
      if (!found) return undefined;
      const { id, execution, revision, nextEventId } = found;
      return {
        execution,
        revision,
        nextEventId,
        records: readRecords(sql, id),
        effects: readEffects(sql, id, executionArn),
      };
    });
  }

  async describe(executionArn: string): Promise<Execution | undefined> {
    return this.#database.read((sql) => readExecution(sql, executionArn)?.execution);
  }

  async findByToken(taskToken: string) {
    const row = this.#database.read((sql) =>
      sql
        .prepare(
          `SELECT x.arn, t.effect, e.id IS NOT NULL AS open, e.activity_arn FROM engine_tokens t
           JOIN engine_executions x ON x.id = t.execution
           LEFT JOIN engine_effects e ON e.execution = t.execution AND e.id = t.effect AND e.token = t.token
           WHERE t.token = ?`,
        )
        .get(taskToken),
    );
    if (!row) return undefined;
    const activityArn = optionalText(row, 'activity_arn');
    return {
      executionArn: text(row, 'arn'),
      effectId: text(row, 'effect'),
      open: row['open'] === 1,
      ...(activityArn !== undefined && { activityArn }),
    };
  }

  async findByRequestKey(requestKey: string): Promise<string | undefined> {
    const row = this.#database.read((sql) =>
      sql.prepare('SELECT arn FROM engine_executions WHERE request_key = ?').get(requestKey),
    );
    return row && text(row, 'arn');
  }

  async waitingFor(childArn?: string): Promise<Effect[]> {
    const rows = this.#database.read((sql) =>
      sql
        .prepare(
          `SELECT x.arn, e.* FROM engine_effects e JOIN engine_executions x ON x.id = e.execution
           WHERE e.child_arn ${childArn === undefined ? 'IS NOT NULL' : '= ?'}`,
        )
        .all(...(childArn === undefined ? [] : [childArn])),
    );
    return rows.map((row) => toEffect(row, text(row, 'arn')));
  }

  async history(
    executionArn: string,
    page: { from?: number; limit: number; reverse: boolean },
  ): Promise<HistoryEvent[]> {
    return this.#database.read((sql) => readHistory(sql, executionArn, page));
  }

  async list(filter: ExecutionFilter, page: { cursor?: string; limit: number }) {
    return this.#database.read((sql) => readExecutions(sql, filter, page));
  }

  async stuck(): Promise<string[]> {
    const rows = this.#database.read((sql) =>
      sql
        .prepare(
          `SELECT arn FROM engine_executions x WHERE status = 'RUNNING'
           AND NOT EXISTS (SELECT 1 FROM engine_effects e WHERE e.execution = x.id) ORDER BY id`,
        )
        .all(),
    );
    return rows.map((row) => text(row, 'arn'));
  }

  purge(endedBeforeMs: number): Promise<number> {
    return this.#database.write((sql) => {
      const purged = sql
        .prepare(
          `WITH RECURSIVE gone (id) AS (
             SELECT id FROM engine_executions
             WHERE stop_date < ? AND status <> 'RUNNING' AND map_run_arn IS NULL
             UNION
             SELECT child.id FROM gone JOIN engine_map_runs m ON m.execution = gone.id
             JOIN engine_executions child ON child.map_run_arn = m.arn
           )
           DELETE FROM engine_executions WHERE id IN (SELECT id FROM gone)`,
        )
        .run(endedBeforeMs);
      if (purged.changes > 0)
        sql
          .prepare(
            'DELETE FROM engine_definitions WHERE hash NOT IN (SELECT definition FROM engine_executions)',
          )
          .run();
      return Number(purged.changes);
    });
  }

  async stateMachine(stateMachineArn: string): Promise<StoredStateMachine | undefined> {
    const row = this.#database.read((sql) =>
      sql.prepare('SELECT * FROM engine_state_machines WHERE arn = ?').get(stateMachineArn),
    );
    return row && { stateMachine: toStateMachine(row), revision: integer(row, 'revision') };
  }

  saveStateMachine(
    machine: StateMachine,
    region: string,
    expectedRevision: number,
    resources: readonly ResourceChange[] = [],
  ): Promise<boolean> {
    return this.#database.write((sql) => {
      const row = sql
        .prepare('SELECT revision FROM engine_state_machines WHERE arn = ?')
        .get(machine.stateMachineArn);
      if ((row ? integer(row, 'revision') : 0) !== expectedRevision) return false;
      writeStateMachine(sql, machine, region, expectedRevision + 1);
      for (const change of resources) changeResource(sql, change);
      return true;
    });
  }

  removeStateMachine(stateMachineArn: string): Promise<void> {
    return this.#database.write((sql) => {
      sql
        .prepare(`DELETE FROM engine_resources WHERE kind IN ('version', 'alias') AND parent = ?`)
        .run(stateMachineArn);
      sql.prepare('DELETE FROM engine_state_machines WHERE arn = ?').run(stateMachineArn);
    });
  }

  async deletingStateMachines(): Promise<string[]> {
    const rows = this.#database.read((sql) =>
      sql.prepare(`SELECT arn FROM engine_state_machines WHERE details ->> '$.status' = 'DELETING'`).all(),
    );
    return rows.map((row) => text(row, 'arn'));
  }

  async hasOpenExecutions(stateMachineArn: string): Promise<boolean> {
    const row = this.#database.read((sql) =>
      sql
        .prepare(`SELECT 1 FROM engine_executions WHERE state_machine_arn = ? AND status = 'RUNNING' LIMIT 1`)
        .get(stateMachineArn),
    );
    return row !== undefined;
  }

  async resource(arn: string): Promise<StoredResource | undefined> {
    return this.#database.read((sql) => readResource(sql, arn));
  }

  async resources(kind: ResourceKind, parent: string, page: { cursor?: string; limit: number }) {
    return this.#database.read((sql) => readResources(sql, kind, parent, page));
  }

  saveResource(resource: StoredResource, expectedBody: string | null): Promise<boolean> {
    return this.#database.write((sql) => {
      if ((readResource(sql, resource.arn)?.body ?? null) !== expectedBody) return false;
      changeResource(sql, resource);
      return true;
    });
  }

  removeResource(arn: string): Promise<void> {
    return this.#database.write((sql) => changeResource(sql, { arn, body: null }));
  }

  async notices(kind: NoticeKind, limit: number): Promise<Notice[]> {
    return this.#database.read((sql) => readNotices(sql, kind, limit));
  }

  forgetNotices(kind: NoticeKind, sequence: number): Promise<void> {
    return this.#database.write((sql) => forgetNotices(sql, kind, sequence));
  }

  async listStateMachines(region: string, page: { cursor?: string; limit: number }) {
    const rows = this.#database.read((sql) =>
      sql
        .prepare('SELECT * FROM engine_state_machines WHERE region = ? AND name > ? ORDER BY name LIMIT ?')
        .all(region, page.cursor ?? '', page.limit + 1),
    );
    const stateMachines = rows.slice(0, page.limit).map(toStateMachine);
    const next = rows.length > page.limit ? stateMachines.at(-1)?.name : undefined;
    return { stateMachines, ...(next !== undefined && { next }) };
  }
}
