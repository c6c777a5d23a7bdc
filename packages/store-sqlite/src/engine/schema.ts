/** Version 1. Later versions append statements; each must be harmless when run again. */
export const ENGINE_SCHEMA = `
  CREATE TABLE IF NOT EXISTS engine_state_machines (
    arn TEXT PRIMARY KEY,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    definition TEXT NOT NULL,
    role_arn TEXT NOT NULL,
    creation_date INTEGER NOT NULL,
    update_date INTEGER NOT NULL,
    revision_id TEXT,
    revision INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS engine_state_machines_name ON engine_state_machines (region, name);

  -- one text for all executions that started with it
  CREATE TABLE IF NOT EXISTS engine_definitions (
    hash TEXT PRIMARY KEY,
    definition TEXT NOT NULL
  ) STRICT;

  -- what changes with every transition, and what executions are found by
  CREATE TABLE IF NOT EXISTS engine_executions (
    id INTEGER PRIMARY KEY,
    arn TEXT NOT NULL UNIQUE,
    state_machine_arn TEXT NOT NULL,
    status TEXT NOT NULL,
    revision INTEGER NOT NULL,
    next_event_id INTEGER NOT NULL,
    start_date INTEGER NOT NULL,
    stop_date INTEGER,
    event_id TEXT,
    parent_arn TEXT,
    request_key TEXT,
    definition TEXT NOT NULL REFERENCES engine_definitions (hash)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS engine_executions_machine ON engine_executions (state_machine_arn, id);
  CREATE INDEX IF NOT EXISTS engine_executions_open ON engine_executions (id) WHERE status = 'RUNNING';
  CREATE INDEX IF NOT EXISTS engine_executions_ended ON engine_executions (stop_date) WHERE status <> 'RUNNING';
  CREATE INDEX IF NOT EXISTS engine_executions_event ON engine_executions (event_id) WHERE event_id IS NOT NULL;
  CREATE INDEX IF NOT EXISTS engine_executions_parent ON engine_executions (parent_arn)
    WHERE parent_arn IS NOT NULL;
  CREATE UNIQUE INDEX IF NOT EXISTS engine_executions_request ON engine_executions (request_key)
    WHERE request_key IS NOT NULL;
  CREATE INDEX IF NOT EXISTS engine_executions_definition ON engine_executions (definition);

  -- what never changes; apart, so that a transition does not rewrite a large input
  CREATE TABLE IF NOT EXISTS engine_starts (
    execution INTEGER PRIMARY KEY REFERENCES engine_executions (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    input TEXT NOT NULL,
    role_arn TEXT NOT NULL,
    origin TEXT NOT NULL,
    trace_header TEXT
  ) STRICT;

  CREATE TABLE IF NOT EXISTS engine_ends (
    execution INTEGER PRIMARY KEY REFERENCES engine_executions (id) ON DELETE CASCADE,
    output TEXT,
    error TEXT,
    cause TEXT
  ) STRICT;

  -- events of one transition in rows of a hundred at most, as JSON arrays
  CREATE TABLE IF NOT EXISTS engine_history (
    execution INTEGER NOT NULL REFERENCES engine_executions (id) ON DELETE CASCADE,
    first_id INTEGER NOT NULL,
    events TEXT NOT NULL,
    PRIMARY KEY (execution, first_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE IF NOT EXISTS engine_records (
    execution INTEGER NOT NULL REFERENCES engine_executions (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (execution, key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE IF NOT EXISTS engine_effects (
    execution INTEGER NOT NULL REFERENCES engine_executions (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    due_at_ms INTEGER NOT NULL,
    -- due, or the end of the lease
    available_at_ms INTEGER NOT NULL,
    worker TEXT,
    parked INTEGER NOT NULL DEFAULT 0,
    child_arn TEXT,
    token TEXT,
    payload TEXT,
    PRIMARY KEY (execution, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS engine_effects_available ON engine_effects (kind, available_at_ms) WHERE parked = 0;
  CREATE INDEX IF NOT EXISTS engine_effects_worker ON engine_effects (worker)
    WHERE worker IS NOT NULL;
  CREATE INDEX IF NOT EXISTS engine_effects_child ON engine_effects (child_arn) WHERE child_arn IS NOT NULL;

  -- kept after the task is closed, to tell a late answer from a wrong token
  CREATE TABLE IF NOT EXISTS engine_tokens (
    token TEXT PRIMARY KEY,
    execution INTEGER NOT NULL REFERENCES engine_executions (id) ON DELETE CASCADE,
    effect TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS engine_tokens_execution ON engine_tokens (execution);

  -- versions, aliases and activities
  CREATE TABLE IF NOT EXISTS engine_resources (
    arn TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    parent TEXT NOT NULL,
    position TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS engine_resources_list ON engine_resources (kind, parent, position);

  CREATE TABLE IF NOT EXISTS engine_map_runs (
    id INTEGER PRIMARY KEY,
    arn TEXT NOT NULL UNIQUE,
    execution INTEGER NOT NULL REFERENCES engine_executions (id) ON DELETE CASCADE,
    effect TEXT NOT NULL,
    state_machine_arn TEXT NOT NULL,
    execution_type TEXT NOT NULL,
    status TEXT NOT NULL,
    phase TEXT NOT NULL,
    start_date INTEGER NOT NULL,
    stop_date INTEGER,
    max_concurrency INTEGER NOT NULL,
    tolerated_count INTEGER,
    tolerated_percentage REAL,
    redrive_count INTEGER NOT NULL DEFAULT 0,
    redrive_date INTEGER,
    plan TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS engine_map_runs_execution ON engine_map_runs (execution, id);

  -- the children of a Map Run; output, error and cause are here for express ones only, the others are executions
  CREATE TABLE IF NOT EXISTS engine_map_items (
    map_run INTEGER NOT NULL REFERENCES engine_map_runs (id) ON DELETE CASCADE,
    item_index INTEGER NOT NULL,
    arn TEXT NOT NULL,
    status TEXT NOT NULL,
    item_count INTEGER NOT NULL,
    start_date INTEGER,
    stop_date INTEGER,
    output TEXT,
    error TEXT,
    cause TEXT,
    redrive_count INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (map_run, item_index)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS engine_map_items_status ON engine_map_items (map_run, status, item_index);

  -- what never changes of an item; apart, so that a change of status does not rewrite a large input
  CREATE TABLE IF NOT EXISTS engine_map_inputs (
    map_run INTEGER NOT NULL REFERENCES engine_map_runs (id) ON DELETE CASCADE,
    item_index INTEGER NOT NULL,
    input TEXT NOT NULL,
    PRIMARY KEY (map_run, item_index)
  ) STRICT, WITHOUT ROWID;

  -- how many items of a Map Run have each status, changed together with them
  CREATE TABLE IF NOT EXISTS engine_map_counts (
    map_run INTEGER NOT NULL REFERENCES engine_map_runs (id) ON DELETE CASCADE,
    status TEXT NOT NULL,
    executions INTEGER NOT NULL,
    items INTEGER NOT NULL,
    PRIMARY KEY (map_run, status)
  ) STRICT, WITHOUT ROWID;

  -- what the world is to be told of; AUTOINCREMENT: a number is never used again
  CREATE TABLE IF NOT EXISTS engine_notices (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL
  ) STRICT;
`;

/** Columns that came later, by table. A file of an earlier version gets them when it is opened. */
export const ENGINE_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  engine_state_machines: ['details TEXT'],
  engine_executions: [
    'version_arn TEXT',
    'alias_arn TEXT',
    'redrive_count INTEGER NOT NULL DEFAULT 0',
    'redrive_date INTEGER',
    'redrive_tokens TEXT',
    'map_run_arn TEXT',
    'item_index INTEGER',
    'item_count INTEGER',
  ],
  engine_starts: ['machine TEXT'],
  engine_notices: ["kind TEXT NOT NULL DEFAULT 'status'", 'child TEXT'],
  engine_effects: ['activity_arn TEXT', 'map_run_arn TEXT'],
};

/** Over those columns. */
export const ENGINE_INDEXES = `
  CREATE INDEX IF NOT EXISTS engine_notices_kind ON engine_notices (kind, sequence);
  CREATE INDEX IF NOT EXISTS engine_executions_version ON engine_executions (version_arn, id)
    WHERE version_arn IS NOT NULL;
  CREATE INDEX IF NOT EXISTS engine_executions_alias ON engine_executions (alias_arn, id)
    WHERE alias_arn IS NOT NULL;
  CREATE INDEX IF NOT EXISTS engine_executions_own ON engine_executions (id) WHERE map_run_arn IS NULL;
  CREATE INDEX IF NOT EXISTS engine_executions_map_run ON engine_executions (map_run_arn, id)
    WHERE map_run_arn IS NOT NULL;
  CREATE INDEX IF NOT EXISTS engine_effects_activity ON engine_effects (activity_arn, due_at_ms, execution)
    WHERE activity_arn IS NOT NULL AND parked = 0;
`;
