import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ids } from '@riposte/engine';

export interface AccessKey {
  accessKeyId: string;
  secretAccessKey: string;
}

/** The key that local AWS tools expect. */
export const WELL_KNOWN_KEY: AccessKey = { accessKeyId: 'test', secretAccessKey: 'test' };

const FILE = 'administrator-key.json';

/**
 * The administrator's own key, generated once per data folder and readable by its owner alone. The command line finds
 * it there.
 */
export async function administratorKey(dataFolder: string, ids: Ids): Promise<AccessKey> {
  const path = join(dataFolder, FILE);
  const known = await readAdministratorKey(dataFolder);
  if (known) return known;
  const key: AccessKey = {
    accessKeyId: `AKIA${ids.uuid().replaceAll('-', '').slice(0, 16).toUpperCase()}`,
    secretAccessKey: ids.secret(),
  };
  const draft = `${path}.${ids.uuid()}`;
  await writeFile(draft, `${JSON.stringify(key, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, path);
  await chmod(path, 0o600);
  return key;
}

/** @returns undefined when the folder has none */
export async function readAdministratorKey(dataFolder: string): Promise<AccessKey | undefined> {
  const text = await readFile(join(dataFolder, FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  return JSON.parse(text) as AccessKey; // written by administratorKey alone
}
