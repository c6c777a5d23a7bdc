import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { Clock } from '@riposte/engine';
import {
  createNotifier,
  type AccountStore,
  type MailTransport,
  type NewNotification,
  type NotifierOptions,
} from '@riposte/account';
import { Database, SqliteAccountStore } from '@riposte/store-sqlite';
import { SMTPServer } from 'smtp-server';

/** A clock that stands still until it is moved. */
class ManualClock implements Clock {
  #now = Date.parse('2026-11-23T06:00:00Z');
  readonly #timers = new Set<{ atMs: number; wake: () => void }>();

  now(): number {
    return this.#now;
  }

  wakeAt(atMs: number, wake: () => void): () => void {
    const timer = { atMs, wake };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** When each timer goes off, in milliseconds from now. */
  get waits(): number[] {
    return [...this.#timers].map((timer) => timer.atMs - this.#now).sort((a, b) => a - b);
  }

  advance(ms: number): void {
    this.#now += ms;
    const due = [...this.#timers].filter((timer) => timer.atMs <= this.#now);
    for (const timer of due) if (this.#timers.delete(timer)) timer.wake();
  }
}

/** A counter that can be waited for. */
class Written {
  #count = 0;
  #noticed = () => {};

  add(): void {
    this.#count += 1;
    this.#noticed();
  }

  async take(count: number): Promise<void> {
    while (this.#count < count)
      await new Promise<void>((resolve) => {
        this.#noticed = resolve;
      });
    this.#count -= count;
  }
}

export interface PostOffice {
  store: SqliteAccountStore;
  clock: ManualClock;
  /** What the notifier reported. */
  lines: string[];
  notifier: ReturnType<typeof createNotifier>;
  enqueue(...notifications: NewNotification[]): Promise<void>;
  /** Resolves when the notifier has written down the outcome of that many attempts since the last time. */
  outcomes(count: number): Promise<void>;
}

/** A notifier over a real store; the transport is what a test is about. */
export function openPostOffice(
  t: TestContext,
  transport: MailTransport,
  overrides: Partial<Pick<AccountStore, 'updateNotification'>> = {},
  sendToQueue: NotifierOptions['sendToQueue'] = () => Promise.reject(new Error('No queue was expected.')),
): PostOffice {
  const database = new Database(':memory:');
  const store = new SqliteAccountStore(database);
  const clock = new ManualClock();
  const lines: string[] = [];
  const written = new Written();
  const notifier = createNotifier({
    store: {
      dueNotifications: (nowMs, limit) => store.dueNotifications(nowMs, limit),
      async updateNotification(id, change) {
        await (overrides.updateNotification?.(id, change) ?? store.updateNotification(id, change));
        written.add();
      },
    },
    clock,
    transport,
    sendToQueue,
    from: 'Riposte <riposte@example.com>',
    report: (line) => lines.push(line),
  });
  t.after(async () => {
    await notifier.close();
    database.close();
  });
  return {
    store,
    clock,
    lines,
    notifier,
    enqueue: (...notifications) =>
      store.transaction((transaction) => {
        for (const notification of notifications) transaction.enqueueNotification(notification);
      }),
    outcomes: (count) => written.take(count),
  };
}

export function notification(members: Partial<NewNotification> = {}): NewNotification {
  return {
    id: 'd41d8cd98f00b204e9800998ecf8427e',
    topicArn: 'arn:aws:sns:us-east-1:000000000000:Security',
    subscriptionArn: 'arn:aws:sns:us-east-1:000000000000:Security:5be8c3a1-8c2f-4a39-9a6a-0c9f3b1f1f10',
    protocol: 'email',
    endpoint: 'security@example.com',
    messageId: 'message-1',
    subject: 'Key exposed',
    message: 'The key was deleted.\nNothing else.',
    createdAtMs: Date.parse('2026-11-23T05:59:00Z'),
    simulated: false,
    ...members,
  };
}

export interface MailServer {
  url: string;
  /** As received, in order. */
  received: string[];
}

/** A real SMTP server on loopback. `refuse` answers a receiver's address with a status, or nothing. */
export async function mailServer(
  t: TestContext,
  refuse: (address: string) => number | undefined = () => undefined,
): Promise<MailServer> {
  const received: string[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onRcptTo({ address }, _session, callback) {
      const responseCode = refuse(address);
      callback(responseCode === undefined ? null : Object.assign(new Error('not today'), { responseCode }));
    },
    onData(stream, _session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        received.push(Buffer.concat(chunks).toString());
        callback();
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  // not waited for: it ends when the pool of the transport, which is closed after it, lets go of its connections
  t.after(() => server.close());
  // a listening TCP server has an address object
  const { port } = server.server.address() as AddressInfo;
  return { url: `smtp://127.0.0.1:${port}`, received };
}

/** A port on loopback where nobody listens. */
export async function deadPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  // a listening TCP server has an address object
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
