import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isJsonObject, parseJson } from '@riposte/json';
import type { SimulateRequest } from '@riposte/server';
import { BrokenTestCase } from './references.ts';
import type { EventSource, Pause } from './test-case.ts';

/**
 * What to inject for an event of a case.
 * @param testFile paths are relative to it
 */
export async function injectionOf(source: EventSource, testFile: string): Promise<SimulateRequest> {
  if (typeof source === 'string') return { event: await sampleFile(source, testFile) };
  if (isChangedFile(source))
    return { event: changed(await sampleFile(source.file, testFile), source.change) };
  if (isSample(source)) {
    const { sample, ...rest } = source;
    return { name: sample, ...rest };
  }
  return { event: source };
}

// Checked when the file was read: an event has a source.
export function isPause(one: EventSource | Pause): one is Pause {
  return typeof one === 'object' && 'waitSeconds' in one && !('source' in one);
}

type ChangedFile = Extract<EventSource, { file: string; change: object }>;
type Sample = Extract<EventSource, { sample: string }>;

// Checked when the file was read: an event has a source, the others have not.
function isChangedFile(source: object): source is ChangedFile {
  return !('source' in source) && 'file' in source;
}

function isSample(source: object): source is Sample {
  return !('source' in source) && 'sample' in source;
}

async function sampleFile(path: string, testFile: string): Promise<unknown> {
  const file = resolve(dirname(testFile), path);
  try {
    return parseJson(await readFile(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BrokenTestCase(`The event ${path} cannot be read: ${reason}`, { cause: error });
  }
}

/** Objects are merged, everything else is replaced; null takes a member away. */
function changed(value: unknown, change: unknown): unknown {
  if (!isJsonObject(value) || !isJsonObject(change)) return change;
  const merged: Record<string, unknown> = { ...value };
  for (const [name, member] of Object.entries(change))
    if (member === null) delete merged[name];
    else merged[name] = changed(value[name], member);
  return merged;
}
