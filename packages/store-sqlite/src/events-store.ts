import type {
  ActiveReplay,
  Announcement,
  Archive,
  ArchivedEvent,
  ArchiveSize,
  ArrivalOutcome,
  ClaimedDelivery,
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
import { SqliteEventConfigurationStore } from './events/configuration-store.ts';
import { claimDue, releaseClaims, settle } from './events/claims.ts';
import { putEventOf, writeRecord } from './events/event-rows.ts';
import { nextReadyMs, readyLanes } from './events/lane-rows.ts';
import { removeRule, writeRule } from './events/rule-rows.ts';
import { expiringArchives, forgetArchived, forgetEvents, storedEvents } from './events/retention.ts';
import { searchEvents, writeResend } from './events/search.ts';
import { announcements, nextQuietMs } from './events/watch-rows.ts';

/** Buses, rules, events and their deliveries in one SQLite file: here what happens, with archives and replays. */
export class SqliteEventStore extends SqliteEventConfigurationStore implements EventStore {
  readonly #database: Database;

  constructor(database: Database) {
    super(database);
    this.#database = database;
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
}
