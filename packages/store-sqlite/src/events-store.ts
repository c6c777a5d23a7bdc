import type {
  ActiveReplay,
  Announcement,
  Archive,
  ArchivedEvent,
  ArchiveSize,
  ArrivalOutcome,
  ClaimedDelivery,
  EventBusDescription,
  EventDocuments,
  EventFilter,
  EventPage,
  EventRecord,
  EventStore,
  Intake,
  ReadyLane,
  RejectedArrival,
  Replay,
  RuleKey,
  Settlement,
  SourceCounts,
  StoredEvent,
  StoredRule,
} from '@riposte/events';
import type { Database, Sql } from './database.ts';
import { INSTANT_MAX_MS, optionalInteger, text } from './engine/columns.ts';
import {
  activeReplayOf,
  archivedEvents,
  archiveOf,
  forgetDeletedArchives,
  hasDeletedArchives,
  removeArchive,
  replayOf,
  writeArchive,
  writeReplay,
} from './events/archive-rows.ts';
import { rejectedArrivals, sourceCounts, takeIn } from './events/arrivals.ts';
import { claimDue, releaseClaims, settle } from './events/claims.ts';
import { putEventOf, writeRecord } from './events/event-rows.ts';
import { nextReadyMs, readyLanes } from './events/lane-rows.ts';
import { pageOf } from './events/page-bytes.ts';
import { busOf, removeRule, RULE_COLUMNS, ruleOf, writeNextFire, writeRule } from './events/rule-rows.ts';
import { expiringArchives, forgetArchived, forgetEvents, storedEvents } from './events/retention.ts';
import { searchEvents, writeResend } from './events/search.ts';
import { createEventTables } from './events/schema.ts';
import { announcements, nextQuietMs } from './events/watch-rows.ts';

/** Buses, rules, events and their deliveries in one SQLite file. */
export class SqliteEventStore implements EventStore {
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

  async archive(region: string, name: string): Promise<(Archive & ArchiveSize) | undefined> {
    const row = this.#sql('SELECT * FROM event_archives WHERE region = ? AND name = ?').get(region, name);
    return row && archiveOf(row);
  }

  async archives(region: string): Promise<(Archive & ArchiveSize)[]> {
    return this.#sql('SELECT * FROM event_archives WHERE region = ? ORDER BY name')
      .all(region)
      .map(archiveOf);
  }

  putArchive(region: string, archive: Archive, rule: StoredRule): Promise<void> {
    return this.#database.write((sql) => {
      writeArchive(sql, region, archive);
      writeRule(sql, rule);
    });
  }

  deleteArchive(region: string, name: string, rule: RuleKey): Promise<void> {
    return this.#database.write((sql) => {
      removeArchive(sql, region, name);
      removeRule(sql, rule);
    });
  }

  async hasDeletedArchives(): Promise<boolean> {
    return this.#database.read(hasDeletedArchives);
  }

  forgetDeletedArchives(limit: number): Promise<void> {
    return this.#database.write((sql) => forgetDeletedArchives(sql, limit));
  }

  async archivedEvents(
    region: string,
    name: string,
    range: Parameters<EventStore['archivedEvents']>[2],
  ): Promise<ArchivedEvent[]> {
    return this.#database.read((sql) => archivedEvents(sql, region, name, range));
  }

  async replay(region: string, name: string): Promise<Replay | undefined> {
    const row = this.#sql('SELECT * FROM event_replays WHERE region = ? AND name = ?').get(region, name);
    return row && replayOf(row);
  }

  async replays(region: string): Promise<Replay[]> {
    return this.#sql('SELECT * FROM event_replays WHERE region = ? ORDER BY name').all(region).map(replayOf);
  }

  async activeReplays(): Promise<ActiveReplay[]> {
    return this.#sql('SELECT * FROM event_replays WHERE due_at_ms IS NOT NULL ORDER BY due_at_ms')
      .all()
      .map(activeReplayOf);
  }

  putReplay(active: ActiveReplay, records: EventRecord[]): Promise<void> {
    return this.#database.write((sql) => {
      writeReplay(sql, active);
      for (const record of records) writeRecord(sql, record);
    });
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

  record(records: EventRecord[]): Promise<void> {
    return this.#database.write((sql) => {
      for (const record of records) writeRecord(sql, record);
    });
  }

  takeIn(intake: Intake): Promise<ArrivalOutcome[]> {
    return this.#database.write((sql) => takeIn(sql, intake));
  }

  async sourceCounts(): Promise<Map<string, SourceCounts>> {
    return this.#database.read(sourceCounts);
  }

  async rejectedArrivals(source: string, limit: number): Promise<RejectedArrival[]> {
    return this.#database.read((sql) => rejectedArrivals(sql, source, limit));
  }

  async event(eventId: string): Promise<StoredEvent | undefined> {
    return this.#database.read((sql) => putEventOf(sql, eventId));
  }

  async searchEvents(
    filter: EventFilter,
    page: Parameters<EventStore['searchEvents']>[1],
  ): Promise<EventPage> {
    return this.#database.read((sql) => searchEvents(sql, filter, page));
  }

  recordResend(record: EventRecord): Promise<void> {
    return this.#database.write((sql) => writeResend(sql, record));
  }

  async announcements(nowMs: number): Promise<Announcement[]> {
    return this.#database.read((sql) => announcements(sql, nowMs));
  }

  async nextQuietMs(): Promise<number | undefined> {
    return this.#database.read(nextQuietMs);
  }

  async storedEvents(): Promise<{ events: number; bytes: number }> {
    return this.#database.read(storedEvents);
  }

  forgetEvents(which: Parameters<EventStore['forgetEvents']>[0]): Promise<number> {
    return this.#database.write((sql) => forgetEvents(sql, which));
  }

  async expiringArchives(): Promise<{ region: string; archive: Archive }[]> {
    return this.#database.read(expiringArchives);
  }

  forgetArchived(region: string, name: string, beforeMs: number, limit: number): Promise<number> {
    return this.#database.write((sql) => forgetArchived(sql, region, name, beforeMs, limit));
  }

  async readyLanes(nowMs: number, lookAt: Parameters<EventStore['readyLanes']>[1]): Promise<ReadyLane[]> {
    return this.#database.read((sql) => readyLanes(sql, nowMs, lookAt));
  }

  claimDeliveries(claim: Parameters<EventStore['claimDeliveries']>[0]): Promise<ClaimedDelivery[]> {
    return this.#database.write((sql) => claimDue(sql, claim));
  }

  settleDelivery(deliveryId: string, attempts: number, settlement: Settlement): Promise<void> {
    return this.#database.write((sql) => settle(sql, deliveryId, attempts, settlement));
  }

  async nextReadyMs(nowMs: number): Promise<number | undefined> {
    return this.#database.read((sql) => nextReadyMs(sql, nowMs));
  }

  releaseClaims(nowMs: number): Promise<void> {
    return this.#database.write((sql) => releaseClaims(sql, nowMs));
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
