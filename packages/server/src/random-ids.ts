import { randomBytes, randomUUID } from 'node:crypto';
import type { Ids } from '@riposte/engine';

export const randomIds: Ids = {
  uuid: () => randomUUID(),
  secret: () => randomBytes(32).toString('base64url'),
  uniform: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
};
