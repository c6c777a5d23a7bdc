/**
 * Golden histories: each `.json` is a definition with scripted task answers, each `.txt` of the same name the history
 * it gives. `UPDATE_GOLDENS=1 npm test -- packages/asl` writes them anew; read the difference before you keep it.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import type { Json } from '@riposte/asl';
import { expectSoundHistory } from '@riposte/testkit';
import type { Script } from './support/drive.ts';
import { drive, historyText } from './support/drive.ts';

const folder = join(import.meta.dirname, 'histories');

for (const file of globSync('*.json', { cwd: folder }).sort()) {
  const name = basename(file, '.json');
  const script = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Script;

  test(`${name.replaceAll('-', ' ')} gives its history`, async () => {
    const run = await drive(script);
    expectSoundHistory(run.events);
    const text = historyText(run.events);
    const golden = join(folder, `${name}.txt`);
    if (process.env['UPDATE_GOLDENS'] === '1') writeFileSync(golden, text);
    assert.equal(text, readFileSync(golden, 'utf8'));
  });

  test(`${name.replaceAll('-', ' ')} goes on unchanged when every record is stored as text between two signals`, async () => {
    const roundTrip = (records: Map<string, Json>): Map<string, Json> =>
      new Map(JSON.parse(JSON.stringify([...records])) as [string, Json][]);
    const [kept, stored] = [await drive(script), await drive(script, roundTrip)];
    assert.deepEqual(stored, kept);
  });
}
