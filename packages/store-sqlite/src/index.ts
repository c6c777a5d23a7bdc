export { SqliteAccountStore } from './account-store.ts';
export { CommitFailed, Database } from './database.ts';
export type { Sql } from './database.ts';
export { SqliteEventStore } from './events-store.ts';
export { SqliteSchedulerStore } from './scheduler-store.ts';
export { SqliteEngineStore } from './engine-store.ts';
