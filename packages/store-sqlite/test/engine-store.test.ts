import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database, SqliteEngineStore } from '@riposte/store-sqlite';
import { storeContract } from '@riposte/testkit';

storeContract('sqlite', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'riposte-engine-store-'));
  let database = new Database(join(folder, 'a.sqlite'));
  t.after(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });
  return {
    store: new SqliteEngineStore(database),
    // nothing is queued between two awaited calls, so closing writes nothing that a kill would not have left
    crash: async () => {
      database.close();
      database = new Database(join(folder, 'a.sqlite'));
      return new SqliteEngineStore(database);
    },
  };
});
