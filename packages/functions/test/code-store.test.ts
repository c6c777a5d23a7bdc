import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  existsSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { zipSync, strToU8 } from 'fflate';
import { createCodeStore, packageCode } from '@riposte/functions';

function folder(t: { after(fn: () => void): void }): string {
  const path = mkdtempSync(join(tmpdir(), 'riposte-code-store-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test('a folder is packed the same way twice, stored once and unpacked as it was', async (t) => {
  const source = folder(t);
  mkdirSync(join(source, 'lib'));
  mkdirSync(join(source, '.git'));
  writeFileSync(join(source, 'index.ts'), 'export {};');
  writeFileSync(join(source, 'lib', 'deep.ts'), 'export const deep = 1;');
  writeFileSync(join(source, '.git', 'HEAD'), 'not code');
  const first = await packageCode(source);
  const second = await packageCode(source);
  assert.equal(first.sha256, second.sha256);

  const target = folder(t);
  const store = createCodeStore(target);
  const [one, other] = await Promise.all([store.put(first.zip), store.put(second.zip)]);
  assert.deepEqual(one, other);
  assert.equal(one.codeSha256, first.sha256);
  assert.equal(
    readFileSync(join(store.folderOf(one.codeSha256), 'lib', 'deep.ts'), 'utf8'),
    'export const deep = 1;',
  );
  assert.deepEqual(readdirSync(store.folderOf(one.codeSha256)).sort(), ['index.ts', 'lib']);
  assert.equal(readdirSync(target).length, 1);
});

test('an archive that leaves its folder, or is none, is refused and leaves nothing behind', async (t) => {
  const target = folder(t);
  const store = createCodeStore(target);
  await assert.rejects(store.put(zipSync({ '../outside.txt': strToU8('x') })), /lies outside its own folder/);
  const twofold = zipSync({ link: strToU8('elsewhere'), 'link/file.txt': strToU8('x') });
  await assert.rejects(store.put(twofold), {
    code: 'InvalidParameterValueException',
    message: /as a file as well/,
  });
  await assert.rejects(store.put(strToU8('this is not an archive at all')), /Could not unzip uploaded file/);
  await assert.rejects(store.put(zipSync({})), /Uploaded file must be a non-empty zip$/);
  assert.deepEqual(readdirSync(target), []);
});

test('code is on disk before it has its name, and its name before it is acknowledged', async (t) => {
  const target = folder(t);
  const store = createCodeStore(target);
  const zip = zipSync({
    'index.ts': strToU8('export {};'),
    'lib/deep/a.ts': strToU8('1;'),
    'empty/': strToU8(''),
  });
  const codeSha256 = createHash('sha256').update(zip).digest('base64');
  const codeFolder = store.folderOf(codeSha256);
  const handle = await open(target, 'r');
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const synced = { before: new Set<number>(), after: new Set<number>() };
  const original = prototype.sync;
  t.mock.method(prototype, 'sync', function (this: FileHandle) {
    synced[existsSync(codeFolder) ? 'after' : 'before'].add(fstatSync(this.fd).ino);
    return original.call(this);
  });
  await store.put(zip);
  for (const path of ['', 'index.ts', 'lib', 'lib/deep', 'lib/deep/a.ts', 'empty'])
    assert.ok(synced.before.has(statSync(join(codeFolder, path)).ino), `'${path}' is not on disk`);
  assert.deepEqual([...synced.after], [statSync(target).ino]);
});
