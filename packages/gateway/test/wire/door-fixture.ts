import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { Caller } from '@riposte/account';
import type { Clock, Ids } from '@riposte/engine';
import { createAwsDoor, type AwsCall, type AwsDoorOptions, type CredentialLookup } from '@riposte/gateway';

export const credentials = {
  accessKeyId: 'AKIARIPOSTETEST00001',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+secret',
};
export const session = {
  accessKeyId: 'ASIARIPOSTETEST00002',
  secretAccessKey: 'another/secret',
  sessionToken: 'token+with/odd=characters',
};

export const caller: Caller = {
  kind: 'administrator',
  account: '000000000000',
  arn: 'arn:aws:iam::000000000000:root',
  accessKeyId: credentials.accessKeyId,
};

/** A clock that stands still until it is moved; what waits for it is woken by `set`. */
class StandingClock implements Clock {
  nowMs: number;
  readonly #waiting = new Set<{ atMs: number; wake: () => void }>();

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  now(): number {
    return this.nowMs;
  }

  wakeAt(atMs: number, wake: () => void): () => void {
    const entry = { atMs, wake };
    this.#waiting.add(entry);
    return () => this.#waiting.delete(entry);
  }

  set(nowMs: number): void {
    this.nowMs = nowMs;
    for (const entry of this.#waiting) {
      if (entry.atMs > nowMs || !this.#waiting.delete(entry)) continue;
      entry.wake();
    }
  }
}

const ids: Ids = { uuid: randomUUID, secret: randomUUID, uniform: () => 0.5 };

export interface Fixture {
  server: Server;
  endpoint: string;
  port: number;
  clock: StandingClock;
  /** What came through, newest last. */
  seen: AwsCall[];
  /** What the log got. */
  reported: string[];
  /** The answer to the next calls; by default an empty output. */
  answer: (call: AwsCall) => Promise<Record<string, unknown>> | Record<string, unknown>;
  close(): Promise<void>;
}

export interface FixtureOptions extends Partial<
  Pick<AwsDoorOptions, 'allowedHosts' | 'bodyLimitBytes' | 'health'>
> {
  /** When the session's token ends. */
  expiresAtMs?: number;
  active?: boolean;
}

/** A door on a free port of loopback in front of calls that remember what they saw. */
export async function openDoor(context: TestContext, options: FixtureOptions = {}): Promise<Fixture> {
  const clock = new StandingClock(Date.now());
  const lookup: CredentialLookup = {
    find: (accessKeyId) => {
      const known = [credentials, session].find((one) => one.accessKeyId === accessKeyId);
      return Promise.resolve(
        known && {
          ...known,
          active: options.active ?? true,
          caller: () => ({ ...caller, accessKeyId }),
          ...(options.expiresAtMs !== undefined && { expiresAtMs: options.expiresAtMs }),
        },
      );
    },
  };
  const fixture: Omit<Fixture, 'server' | 'endpoint' | 'port' | 'close'> = {
    clock,
    seen: [],
    reported: [],
    answer: () => ({}),
  };
  const door = createAwsDoor({
    calls: {
      call: (call) => {
        fixture.seen.push(call);
        return Promise.resolve(fixture.answer(call));
      },
    },
    credentials: lookup,
    clock,
    ids,
    health: options.health ?? (() => ({ status: 'ok' })),
    report: (line) => fixture.reported.push(line),
    ...(options.allowedHosts !== undefined && { allowedHosts: options.allowedHosts }),
    ...(options.bodyLimitBytes !== undefined && { bodyLimitBytes: options.bodyLimitBytes }),
  });
  await new Promise<void>((resolve) => door.server.listen(0, '127.0.0.1', resolve));
  context.after(() => door.close());
  const { port } = door.server.address() as AddressInfo;
  return Object.assign(fixture, {
    server: door.server,
    endpoint: `http://127.0.0.1:${port}`,
    port,
    close: () => door.close(),
  });
}
