import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A sample event as EventBridge would deliver it. */
export interface SampleEvent {
  account: string;
  time: string;
  resources: string[];
  detail: Record<string, unknown>;
}

export function sampleEvent(name: string): SampleEvent {
  const path = join(import.meta.dirname, '..', '..', 'events', `${name}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as SampleEvent; // our own files
}

export const ACCOUNT = '123456789012';
export const KEY = 'AKIAIOSFODNN7EXAMPLE';
export const SECOND_KEY = 'AKIAI44QH8DHBEXAMPLE';
