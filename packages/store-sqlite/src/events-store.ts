import type {
  ClaimedDelivery,
  EventBusDescription,
  EventEnvelope,
  EventRecord,
  EventStore,
  RuleKey,
  Settlement,
  StoredEvent,
  StoredRule,
  Target,
} from '@riposte/events';
import type { Database, Sql } from './database.ts';

const TABLES = `
  CREATE TABLE IF NOT EXISTS event_buses (
    region TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (region, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS event_rules (
    region TEXT NOT NULL, bus TEXT NOT NULL, name TEXT NOT NULL,
    rule TEXT NOT NULL, targets TEXT NOT NULL, created_at_ms INTEGER NOT NULL, next_fire_ms INTEGER,
    PRIMARY KEY (region, bus, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS event_rules_due ON event_rules (next_fire_ms) WHERE next_fire_ms IS NOT NULL;
  CREATE TABLE IF NOT EXISTS events (
    sequence INTEGER PRIMARY KEY, event_id TEXT NOT NULL, region TEXT NOT NULL, bus TEXT NOT NULL,
    received_at_ms INTEGER NOT NULL, simulated INTEGER NOT NULL, matched_rules TEXT NOT NULL, envelope TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS events_by_id ON events (event_id);
  CREATE TABLE IF NOT EXISTS event_deliveries (
    sequence INTEGER PRIMARY KEY, delivery_id TEXT NOT NULL UNIQUE,
    event_sequence INTEGER NOT NULL REFERENCES events (sequence) ON DELETE CASCADE,
    rule_arn TEXT NOT NULL, target TEXT NOT NULL, status TEXT NOT NULL, attempts INTEGER NOT NULL,
    claimed INTEGER NOT NULL, due_at_ms INTEGER NOT NULL, last_error TEXT, result_arn TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS event_deliveries_of_event ON event_deliveries (event_sequence);
  CREATE INDEX IF NOT EXISTS event_deliveries_pending
    ON event_deliveries (rule_arn, due_at_ms, sequence) WHERE status = 'pending';
  CREATE INDEX IF NOT EXISTS event_deliveries_claimed
    ON event_deliveries (rule_arn, due_at_ms) WHERE status = 'pending' AND claimed = 1;
  CREATE INDEX IF NOT EXISTS event_deliveries_due ON event_deliveries (due_at_ms) WHERE status = 'pending';
`;

/** Rules with pending deliveries, one index seek each however long the backlog is. */
const RULES_WITH_PENDING = `
  WITH RECURSIVE pending (rule_arn) AS (
    SELECT min(rule_arn) FROM event_deliveries WHERE status = 'pending'
    UNION ALL
    SELECT (SELECT min(rule_arn) FROM event_deliveries WHERE status = 'pending' AND rule_arn > pending.rule_arn)
    FROM pending WHERE pending.rule_arn IS NOT NULL
  )
  SELECT rule_arn FROM pending WHERE rule_arn IS NOT NULL`;

const OUT = `
  SELECT count(*) AS count FROM event_deliveries
  WHERE status = 'pending' AND rule_arn = ? AND claimed = 1 AND due_at_ms > ?`;

/** A claim moves the due time to the end of its lease: one that has passed is due again. */
const DUE = `
  SELECT sequence, due_at_ms FROM event_deliveries
  WHERE status = 'pending' AND rule_arn = ? AND due_at_ms <= ?
  ORDER BY due_at_ms, sequence LIMIT ?`;

/** Buses, rules, events and their deliveries in one SQLite file. */
export class SqliteEventStore implements EventStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    database.migrate(TABLES);
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
    return optionalNumber(row?.['next']);
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
    const row = this.#sql('SELECT * FROM events WHERE event_id = ? ORDER BY sequence DESC LIMIT 1').get(
      eventId,
    );
    return row && eventOf(this.#database, row);
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
    return optionalNumber(row?.['next']);
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

type Row = Record<string, unknown>;

function busOf(row: Row): EventBusDescription {
  return JSON.parse(text(row['document'])) as EventBusDescription; // as putEventBus wrote it
}

function writeRule(sql: Sql, stored: StoredRule): void {
  const { rule } = stored;
  sql
    .prepare(
      `INSERT OR REPLACE INTO event_rules (region, bus, name, rule, targets, created_at_ms, next_fire_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      stored.region,
      rule.EventBusName,
      rule.Name,
      JSON.stringify(rule),
      JSON.stringify(stored.targets),
      stored.createdAtMs,
      stored.nextFireMs ?? null,
    );
}

function ruleOf(row: Row): StoredRule {
  const nextFireMs = optionalNumber(row['next_fire_ms']);
  return {
    region: text(row['region']),
    rule: JSON.parse(text(row['rule'])) as StoredRule['rule'], // as writeRule wrote it
    targets: JSON.parse(text(row['targets'])) as Target[], // as writeRule wrote it
    createdAtMs: Number(row['created_at_ms']),
    ...(nextFireMs !== undefined && { nextFireMs }),
  };
}

function writeNextFire(sql: Sql, key: RuleKey, nextFireMs: number | undefined): void {
  sql
    .prepare('UPDATE event_rules SET next_fire_ms = ? WHERE region = ? AND bus = ? AND name = ?')
    .run(nextFireMs ?? null, key.region, key.eventBusName, key.name);
}

function writeRecord(sql: Sql, record: EventRecord): void {
  const { lastInsertRowid } = sql
    .prepare(
      `INSERT INTO events (event_id, region, bus, received_at_ms, simulated, matched_rules, envelope)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      record.event.id,
      record.region,
      record.eventBusName,
      record.receivedAtMs,
      record.simulated ? 1 : 0,
      JSON.stringify(record.matchedRuleArns),
      JSON.stringify(record.event),
    );
  const insert = sql.prepare(
    `INSERT INTO event_deliveries (delivery_id, event_sequence, rule_arn, target, status, attempts, claimed, due_at_ms)
     VALUES (?, ?, ?, ?, 'pending', 0, 0, ?)`,
  );
  for (const delivery of record.deliveries)
    insert.run(
      delivery.deliveryId,
      lastInsertRowid,
      delivery.ruleArn,
      JSON.stringify(delivery.target),
      record.receivedAtMs,
    );
  if (record.fired) writeNextFire(sql, record.fired, record.fired.nextFireMs);
}

function eventOf(sql: Sql, row: Row): StoredEvent {
  const deliveries = sql
    .prepare('SELECT * FROM event_deliveries WHERE event_sequence = ? ORDER BY sequence')
    .all(Number(row['sequence']));
  return {
    event: JSON.parse(text(row['envelope'])) as EventEnvelope, // as writeRecord wrote it
    eventBusName: text(row['bus']),
    receivedAtMs: Number(row['received_at_ms']),
    simulated: row['simulated'] === 1,
    matchedRuleArns: JSON.parse(text(row['matched_rules'])) as string[], // as writeRecord wrote it
    deliveries: deliveries.map(deliveryOf),
  };
}

function deliveryOf(row: Row): StoredEvent['deliveries'][number] {
  const target = JSON.parse(text(row['target'])) as Target; // as writeRecord wrote it
  return {
    deliveryId: text(row['delivery_id']),
    ruleArn: text(row['rule_arn']),
    targetId: target.Id,
    targetArn: target.Arn,
    status: row['status'] as 'pending' | 'delivered' | 'dead', // nothing else is written
    attempts: Number(row['attempts']),
    ...(row['last_error'] !== null && { lastError: text(row['last_error']) }),
    ...(row['result_arn'] !== null && { resultArn: text(row['result_arn']) }),
  };
}

/** The longest waiting of each rule first, then the second of each, and so on: a backlog never holds up another rule. */
function claimDue(sql: Sql, claim: Parameters<EventStore['claimDeliveries']>[0]): ClaimedDelivery[] {
  const candidates: { sequence: number; dueAtMs: number; turn: number }[] = [];
  for (const { rule_arn: ruleArn } of sql.prepare(RULES_WITH_PENDING).all()) {
    const out = Number(sql.prepare(OUT).get(text(ruleArn), claim.nowMs)?.['count'] ?? 0);
    const free = Math.max(0, Math.min(claim.perRule - out, claim.limit));
    const due = sql.prepare(DUE).all(text(ruleArn), claim.nowMs, free);
    for (const [turn, row] of due.entries())
      candidates.push({ sequence: Number(row['sequence']), dueAtMs: Number(row['due_at_ms']), turn });
  }
  candidates.sort((a, b) => a.turn - b.turn || a.dueAtMs - b.dueAtMs || a.sequence - b.sequence);
  return candidates.slice(0, claim.limit).map(({ sequence }) => {
    sql
      .prepare('UPDATE event_deliveries SET claimed = 1, due_at_ms = ? WHERE sequence = ?')
      .run(claim.leaseUntilMs, sequence);
    return claimedOf(sql, sequence);
  });
}

function claimedOf(sql: Sql, sequence: number): ClaimedDelivery {
  const row = sql
    .prepare(
      `SELECT * FROM event_deliveries JOIN events ON events.sequence = event_deliveries.event_sequence
       WHERE event_deliveries.sequence = ?`,
    )
    .get(sequence);
  if (!row) throw new Error(`Delivery ${sequence} vanished while it was handed out.`);
  return {
    deliveryId: text(row['delivery_id']),
    event: JSON.parse(text(row['envelope'])) as EventEnvelope, // as writeRecord wrote it
    receivedAtMs: Number(row['received_at_ms']),
    simulated: row['simulated'] === 1,
    region: text(row['region']),
    ruleArn: text(row['rule_arn']),
    target: JSON.parse(text(row['target'])) as Target, // as writeRecord wrote it
    attempts: Number(row['attempts']),
  };
}

function settle(sql: Sql, deliveryId: string, attempts: number, settlement: Settlement): void {
  const pending = settlement.kind === 'retry';
  sql
    .prepare(
      `UPDATE event_deliveries
       SET status = ?, attempts = attempts + 1, claimed = 0, due_at_ms = ?, last_error = ?, result_arn = ?
       WHERE delivery_id = ? AND status = 'pending' AND attempts = ?`,
    )
    .run(
      pending ? 'pending' : settlement.kind,
      pending ? settlement.dueAtMs : 0,
      settlement.kind === 'delivered' ? null : settlement.error,
      settlement.kind === 'delivered' ? (settlement.resultArn ?? null) : null,
      deliveryId,
      attempts,
    );
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error('The events tables hold something that is no text.');
  return value;
}

function optionalNumber(value: unknown): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}
