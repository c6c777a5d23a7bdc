import type {
  ClaimedDelivery,
  EventBusDescription,
  EventRecord,
  EventStore,
  RuleKey,
  Settlement,
  StoredEvent,
  StoredRule,
} from '@riposte/events';
import type { Database, Sql } from './database.ts';
import { optionalInteger } from './engine/columns.ts';
import { claimDue, settle } from './events/claims.ts';

import { eventOf, putEventOf, writeRecord } from './events/event-rows.ts';
import { busOf, ruleOf, writeNextFire, writeRule } from './events/rule-rows.ts';
import { EVENT_TABLES } from './events/schema.ts';

/** Buses, rules, events and their deliveries in one SQLite file. */
export class SqliteEventStore implements EventStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    database.migrate(EVENT_TABLES);
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
    const row = this.#sql('SELECT * FROM event_rules WHERE region = ? AND bus = ? AND name = ?').get(
      key.region,
      key.eventBusName,
      key.name,
    );
    return row && ruleOf(row);
  }

  async rules(region: string, eventBusName: string): Promise<StoredRule[]> {
    return this.#sql('SELECT * FROM event_rules WHERE region = ? AND bus = ? ORDER BY name')
      .all(region, eventBusName)
      .map(ruleOf);
  }

  putRule(stored: StoredRule): Promise<void> {
    return this.#database.write((sql) => writeRule(sql, stored));
  }

  deleteRule(key: RuleKey): Promise<void> {
    return this.#write('DELETE FROM event_rules WHERE region = ? AND bus = ? AND name = ?', [
      key.region,
      key.eventBusName,
      key.name,
    ]);
  }

  async dueRules(nowMs: number): Promise<StoredRule[]> {
    return this.#sql('SELECT * FROM event_rules WHERE next_fire_ms <= ? ORDER BY next_fire_ms, name')
      .all(nowMs)
      .map(ruleOf);
  }

  async nextFireMs(): Promise<number | undefined> {
    const row = this.#sql(
      'SELECT min(next_fire_ms) AS next FROM event_rules WHERE next_fire_ms IS NOT NULL',
    ).get();
    return row && optionalInteger(row, 'next');
  }

  setNextFire(key: RuleKey, nextFireMs: number | undefined): Promise<void> {
    return this.#database.write((sql) => writeNextFire(sql, key, nextFireMs));
  }

  record(records: EventRecord[]): Promise<void> {
    return this.#database.write((sql) => {
      for (const record of records) writeRecord(sql, record);
    });
  }

  async event(eventId: string): Promise<StoredEvent | undefined> {
    return this.#database.read((sql) => putEventOf(sql, eventId));
  }

  async events(limit: number): Promise<StoredEvent[]> {
    const rows = this.#sql('SELECT * FROM events ORDER BY sequence DESC LIMIT ?').all(limit);
    return rows.map((row) => eventOf(this.#database, row));
  }

  claimDeliveries(claim: Parameters<EventStore['claimDeliveries']>[0]): Promise<ClaimedDelivery[]> {
    return this.#database.write((sql) => claimDue(sql, claim));
  }

  settleDelivery(deliveryId: string, attempts: number, settlement: Settlement): Promise<void> {
    return this.#database.write((sql) => settle(sql, deliveryId, attempts, settlement));
  }

  async nextDeliveryDueMs(nowMs: number): Promise<number | undefined> {
    const row = this.#sql(
      "SELECT min(due_at_ms) AS next FROM event_deliveries WHERE status = 'pending' AND due_at_ms > ?",
    ).get(nowMs);
    return row && optionalInteger(row, 'next');
  }

  releaseClaims(nowMs: number): Promise<void> {
    return this.#write(
      "UPDATE event_deliveries SET claimed = 0, due_at_ms = ? WHERE status = 'pending' AND claimed = 1",
      [nowMs],
    );
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
