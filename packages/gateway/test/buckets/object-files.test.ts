import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { StoreUnavailable } from '@riposte/engine';
import { segmentsOf } from '../../src/buckets/names.ts';
import { ObjectFiles, translated } from '../../src/buckets/object-files.ts';

const DAY_MS = 86_400_000;

test('a disk that is full is no answer of the service, a file of somebody else is one', async () => {
  const failing = (code: string) => () =>
    Promise.reject(Object.assign(new Error(`${code}: write`), { code, path: '/b/k' }));
  for (const code of ['ENOSPC', 'EDQUOT', 'EIO'])
    await assert.rejects(translated(failing(code)), StoreUnavailable);
  await assert.rejects(translated(failing('EROFS')), {
    name: 'AccessDenied',
    status: 403,
    message: /\/b\/k/,
  });
  await assert.rejects(translated(failing('EODD')), { code: 'EODD' });
});

test('what was left half-way goes after a day, not before', async (t) => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'riposte-files-')));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const uploads = join(root, '.riposte-uploads');
  mkdirSync(join(uploads, 'parts'), { recursive: true });
  writeFileSync(join(uploads, 'parts', 'part-1'), 'x');
  writeFileSync(join(uploads, 'old'), 'x');
  writeFileSync(join(uploads, 'new'), 'x');
  const nowMs = 10 * DAY_MS;
  for (const [name, ms] of [
    ['old', nowMs - DAY_MS - 1],
    ['parts', nowMs - DAY_MS - 1],
    ['new', nowMs - DAY_MS + 1],
  ] as const)
    utimesSync(join(uploads, name), ms / 1000, ms / 1000);
  await new ObjectFiles(root).removeAbandoned(nowMs);
  assert.deepEqual(readdirSync(uploads), ['new']);
});

test('Windows keeps names for itself', () => {
  for (const key of ['a\\b', 'c:x', 'nul', 'COM1.txt', 'dot.', 'blank ', 'a/x?y'])
    assert.match(String(segmentsOf(key, 'win32')), /^Windows has no file named/);
  assert.deepEqual(segmentsOf('a\\b/c:x/nul', 'linux'), ['a\\b', 'c:x', 'nul']);
});
