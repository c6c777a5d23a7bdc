import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Appends entries to a file, with one fsync for as many of them as a store put into one commit: the limit of any log on
 * this disk.
 * @param written  what a store wrote: entries, in so many commits, and so many bytes in all
 * @returns entries a second
 */
export function appendsPerSecond(
  folder: string,
  written: { entries: number; commits: number; bytes: number },
): number {
  const { entries, commits, bytes } = written;
  const log = openSync(join(folder, 'bare.log'), 'w');
  const entry = Buffer.alloc(Math.max(1, Math.round(bytes / entries)), 120);
  const perSync = Math.max(1, Math.round(entries / commits));
  const startedAtMs = performance.now();
  for (let count = 0; count < entries;) {
    for (let index = 0; index < perSync && count < entries; index++, count++) writeSync(log, entry);
    fdatasyncSync(log);
  }
  closeSync(log);
  return entries / ((performance.now() - startedAtMs) / 1000);
}
