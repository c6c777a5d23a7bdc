import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { Database } from '@riposte/store-sqlite';

function folder(t: { after(fn: () => void): void }): string {
  const path = mkdtempSync(join(tmpdir(), 'riposte-database-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test('a write that throws undoes only itself', async (t) => {
  const database = new Database(join(folder(t), 'a.sqlite'));
  t.after(() => database.close());
  database.migrate('CREATE TABLE t (n INTEGER PRIMARY KEY) STRICT');
  const insert = (n: number) => (sql: { prepare: Database['prepare'] }) =>
    sql.prepare('INSERT INTO t VALUES (?)').run(n);
  const answers = await Promise.allSettled([
    database.write(insert(1)),
    database.write((sql) => {
      insert(2)(sql);
      throw new Error('changed its mind');
    }),
    database.write(insert(3)),
  ]);
  assert.deepEqual(
    answers.map((answer) => answer.status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  const rows = database.read((sql) => sql.prepare('SELECT n FROM t').all()).map((row) => row['n']);
  assert.deepEqual(rows, [1, 3]);
});

test('an acknowledged write survives the process being killed', (t) => {
  const path = folder(t);
  const file = join(path, 'a.sqlite');
  const source = `
    import { Database } from ${JSON.stringify(import.meta.resolve('@riposte/store-sqlite'))};
    const database = new Database(${JSON.stringify(file)});
    database.migrate('CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY) STRICT');
    await database.write((sql) => sql.prepare('INSERT INTO t VALUES (7)').run());
    process.kill(process.pid, 'SIGKILL');
  `;
  const script = join(path, 'writer.ts');
  writeFileSync(script, source);
  const child = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  assert.equal(child.signal, 'SIGKILL', child.stderr);
  const database = new Database(file);
  t.after(() => database.close());
  assert.deepEqual(
    database.read((sql) => sql.prepare('SELECT n FROM t').all()).map((row) => row['n']),
    [7],
  );
});

test('a second server on the same file is refused at once and told why', (t) => {
  const file = join(folder(t), 'a.sqlite');
  const first = new Database(file);
  t.after(() => first.close());
  first.migrate('CREATE TABLE t (n INTEGER) STRICT');
  assert.throws(() => new Database(file), /in use by another Riposte server/);
});

test('a file that is no database is named', (t) => {
  const file = join(folder(t), 'a.sqlite');
  writeFileSync(file, 'this is a letter to a friend, and it is longer than a header of sixteen bytes');
  assert.throws(() => new Database(file), /is not a Riposte database/);
});

test('the database is readable for its owner alone, also one that was not', async (t) => {
  const umask = process.umask(0);
  t.after(() => process.umask(umask));
  const data = join(folder(t), 'data', 'riposte');
  const file = join(data, 'a.sqlite');
  const write = async () => {
    const database = new Database(file);
    database.migrate('CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY) STRICT');
    await database.write((sql) => sql.prepare('INSERT INTO t DEFAULT VALUES').run());
    const modes = Object.fromEntries(readdirSync(data).map((name) => [name, modeOf(join(data, name))]));
    database.close();
    return modes;
  };
  const ownerAlone = { 'a.sqlite': 0o600, 'a.sqlite-wal': 0o600 };
  assert.deepEqual(await write(), ownerAlone);
  assert.equal(modeOf(data), 0o700);
  assert.equal(modeOf(join(data, '..')), 0o700);

  chmodSync(file, 0o644);
  assert.deepEqual(await write(), ownerAlone);
});

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

/** Fills a file with 60 MB, deletes it all, and commits small writes until the file shrinks no more. */
async function fillAndDelete(database: Database, file: string) {
  database.migrate('CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, x TEXT) STRICT');
  await database.write((sql) =>
    sql
      .prepare(
        `WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 15000)
         INSERT INTO t SELECT n, hex(zeroblob(2000)) FROM c`,
      )
      .run(),
  );
  await database.write((sql) => sql.prepare("INSERT INTO t VALUES (-1, 'stays')").run());
  await database.write((sql) => sql.prepare('DELETE FROM t WHERE n > 0').run());
  const sizes: number[] = [];
  const pages = () => Number(database.read((sql) => sql.prepare('PRAGMA page_count').get())?.['page_count']);
  for (let commits = 0; commits < 250; commits += 1) {
    sizes.push(pages());
    await database.write((sql) =>
      sql.prepare('INSERT OR REPLACE INTO t VALUES (-2, ?)').run(String(commits)),
    );
  }
  const rows = database.read((sql) => sql.prepare('SELECT x FROM t WHERE n = -1').all());
  const { integrity_check: integrity } =
    database.read((sql) => sql.prepare('PRAGMA integrity_check').get()) ?? {};
  database.close();
  return { sizes, rows: rows.map((row) => row['x']), integrity, bytes: statSync(file).size };
}

test('space of what was deleted goes back to the disk, little by little, but for what is likely to be used again', async (t) => {
  const file = join(folder(t), 'a.sqlite');
  const { sizes, rows, integrity, bytes } = await fillAndDelete(new Database(file), file);
  assert.deepEqual([rows, integrity], [['stays'], 'ok']);
  assert.ok(sizes[0]! > 14_000, `${sizes[0]} pages at first`);
  for (const [index, pages] of sizes.entries())
    // some more than 64: pages of the bookkeeping go with them
    assert.ok(index === 0 || sizes[index - 1]! - pages < 70, `${index}: ${sizes[index - 1]} to ${pages}`);
  assert.ok(sizes.at(-1)! >= 4096 && sizes.at(-1)! < 4200, `${sizes.at(-1)} pages at last`);
  assert.ok(bytes < 18_000_000, `${bytes} bytes`);
});

test('a file of before, made without the bookkeeping, is used as it is', async (t) => {
  const file = join(folder(t), 'a.sqlite');
  const made = new DatabaseSync(file);
  made.exec('CREATE TABLE t (n INTEGER PRIMARY KEY, x TEXT) STRICT');
  made.close();
  const { sizes, rows, integrity } = await fillAndDelete(new Database(file), file);
  assert.deepEqual([rows, integrity], [['stays'], 'ok']);
  assert.equal(sizes.at(-1), sizes[0]);
});
