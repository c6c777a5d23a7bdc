import type { EventBusDescription, EventDocuments, RuleKey, StoredRule } from '@riposte/events';
import type { Database, Sql } from '../database.ts';
import { INSTANT_MAX_MS, optionalInteger, text } from '../engine/columns.ts';
import { pageOf } from './page-bytes.ts';
import { busOf, removeRule, RULE_COLUMNS, ruleOf, writeNextFire, writeRule } from './rule-rows.ts';
import { createEventTables } from './schema.ts';

/** The part of the events' store that keeps what people set up: buses, rules and when they are due, connections, sources. */
export class SqliteEventConfigurationStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    createEventTables(database);
  }

  async eventBus(region: string, name: string): Promise<EventBusDescription | undefined> {
    const row = this.#sql('SELECT document FROM event_buses WHERE region = ? AND name = ?').get(region, name);
    return row && busOf(row);
  }

  async eventBuses(region: string): Promise<EventBusDescription[]> {
    return this.#sql('SELECT document FROM event_buses WHERE region = ? ORDER BY name')
      .all(region)
      .map(busOf);
  }

  putEventBus(region: string, bus: EventBusDescription): Promise<void> {
    return this.#write('INSERT OR REPLACE INTO event_buses (region, name, document) VALUES (?, ?, ?)', [
      region,
      bus.Name,
      JSON.stringify(bus),
    ]);
  }

  deleteEventBus(region: string, name: string): Promise<void> {
    return this.#write('DELETE FROM event_buses WHERE region = ? AND name = ?', [region, name]);
  }

  async rule(key: RuleKey): Promise<StoredRule | undefined> {
    const row = this.#sql(
      `SELECT ${RULE_COLUMNS} FROM event_rules WHERE region = ? AND bus = ? AND name = ?`,
    ).get(key.region, key.eventBusName, key.name);
    return row && ruleOf(row);
  }

  async rules(region: string, eventBusName: string): Promise<StoredRule[]> {
    return this.#sql(`SELECT ${RULE_COLUMNS} FROM event_rules WHERE region = ? AND bus = ? ORDER BY name`)
      .all(region, eventBusName)
      .map(ruleOf);
  }

  putRule(stored: StoredRule): Promise<void> {
    return this.#database.write((sql) => writeRule(sql, stored));
  }

  deleteRule(key: RuleKey): Promise<void> {
    return this.#database.write((sql) => removeRule(sql, key));
  }

  async dueRules(nowMs: number, limit: number): Promise<StoredRule[]> {
    // in the order of the index, so that those that are not wanted now are not read
    const due = this.#sql(
      `SELECT ${RULE_COLUMNS}, octet_length(rule) + octet_length(targets) AS bytes FROM event_rules
       WHERE event_rules.next_fire_ms <= ? ORDER BY event_rules.next_fire_ms, region, bus, name LIMIT ?`,
    );
    return pageOf(due.iterate(nowMs, limit)).map(ruleOf);
  }

  async nextFireMs(): Promise<number | undefined> {
    const row = this.#sql(
      `SELECT min(next_fire_ms) AS next FROM event_rules WHERE next_fire_ms <= ${INSTANT_MAX_MS}`,
    ).get();
    return row && optionalInteger(row, 'next');
  }

  setNextFire(key: RuleKey, nextFireMs: number | undefined): Promise<void> {
    return this.#database.write((sql) => writeNextFire(sql, key, nextFireMs));
  }

  async document<K extends keyof EventDocuments>(
    kind: K,
    region: string,
    name: string,
  ): Promise<EventDocuments[K] | undefined> {
    const row = this.#sql(
      'SELECT document FROM event_documents WHERE kind = ? AND region = ? AND name = ?',
    ).get(kind, region, name);
    return row && (JSON.parse(text(row, 'document')) as EventDocuments[K]); // as putDocument wrote it
  }

  async documents<K extends keyof EventDocuments>(kind: K, region: string): Promise<EventDocuments[K][]> {
    return this.#sql('SELECT document FROM event_documents WHERE kind = ? AND region = ? ORDER BY name')
      .all(kind, region)
      .map((row) => JSON.parse(text(row, 'document')) as EventDocuments[K]); // as putDocument wrote it
  }

  putDocument<K extends keyof EventDocuments>(
    kind: K,
    region: string,
    name: string,
    document: EventDocuments[K],
  ): Promise<void> {
    return this.#write(
      'INSERT OR REPLACE INTO event_documents (kind, region, name, document) VALUES (?, ?, ?, ?)',
      [kind, region, name, JSON.stringify(document)],
    );
  }

  deleteDocument(kind: keyof EventDocuments, region: string, name: string): Promise<void> {
    return this.#write('DELETE FROM event_documents WHERE kind = ? AND region = ? AND name = ?', [
      kind,
      region,
      name,
    ]);
  }

  #sql(statement: string): ReturnType<Sql['prepare']> {
    return this.#database.read((sql) => sql.prepare(statement));
  }

  #write(statement: string, values: (string | number)[]): Promise<void> {
    return this.#database.write((sql) => {
      sql.prepare(statement).run(...values);
    });
  }
}
