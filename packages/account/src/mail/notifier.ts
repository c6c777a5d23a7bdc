import type { Clock } from '@riposte/engine';
import type { AccountStore } from '../ports/account-store.ts';
import type { Notification } from '../ports/notification.ts';
import { Rounds } from '../rounds.ts';
import { mailOf } from './message.ts';
import { QueueRefused } from '../sns/queue-refused.ts';
import { MailRefused, type MailTransport } from './transport.ts';

/** Where notifications come from, and how they go out. */
export interface NotifierOptions {
  store: Pick<AccountStore, 'dueNotifications' | 'updateNotification'>;
  clock: Clock;
  transport: MailTransport;
  /**
   * Hands a message to the queue that subscribed; a repeated one is handed over once.
   * @throws QueueRefused when it will never be taken; every other error means: again later
   */
  sendToQueue: (notification: Notification) => Promise<void>;
  /** The address in `From`. */
  from?: string;
  /** Takes one sentence for people about each notification that could not be sent. */
  report?: (line: string) => void;
}

/** Sends what topics have for their subscribers, from `start` to `close`. */
export interface Notifier {
  /** Takes up what is on disk, from before a crash as well. */
  start(): void;
  /** New notifications were committed. */
  wake(): void;
  /** Starts nothing more and resolves when the mails on their way have been answered for. */
  close(): Promise<void>;
}

/** Mails on their way at a time: a server that hangs holds its own places, never all of them for long. */
const SENDING_MAX = 8;
const FIRST_DELAY_MS = 5_000;
const DELAY_MAX_MS = 15 * 60_000;

/**
 * Takes notifications from the store and sends them, each until it is delivered or refused for good.
 *
 * N1 A notification is marked after it was sent, so a crash in between sends it again: same Message-ID, same file.
 * N2 A failure delays only its own notification. It is tried again for ever, at growing distance.
 * N3 A mail that was sent is not sent again because the disk refuses the mark: the mark is what is tried again.
 */
export function createNotifier(options: NotifierOptions): Notifier {
  const {
    store,
    clock,
    transport,
    sendToQueue,
    from = 'Riposte <riposte@localhost>',
    report = () => {},
  } = options;
  const sending = new Map<string, Promise<void>>();
  const closing = Promise.withResolvers<void>();
  const rounds = new Rounds({
    clock,
    look: sendDue,
    failed: (error) => report(`The list of mails could not be read: ${textOf(error)}. It is tried again.`),
  });

  async function sendDue(): Promise<number | undefined> {
    // whatever is pending, the earliest first: what is due is sent, what comes next sets the timer
    const pending = await store.dueNotifications(Number.MAX_SAFE_INTEGER, sending.size + SENDING_MAX + 1);
    if (!rounds.isOpen) return undefined;
    const waiting = pending.filter((notification) => !sending.has(notification.id));
    const next = waiting.find((notification) => !startIfDue(notification));
    return next && next.dueAtMs > clock.now() ? next.dueAtMs : undefined; // the end of one that is sent looks again
  }

  function startIfDue(notification: Notification): boolean {
    if (sending.size >= SENDING_MAX || notification.dueAtMs > clock.now()) return false;
    const sent = deliver(notification).finally(() => {
      sending.delete(notification.id);
      rounds.wake();
    });
    sending.set(notification.id, sent);
    return true;
  }

  async function deliver(notification: Notification): Promise<void> {
    const attempts = notification.attempts + 1;
    let change: Partial<Notification>;
    try {
      const { outboxFile } =
        notification.protocol === 'sqs'
          ? await sendToQueue(notification).then((): { outboxFile?: string } => ({}))
          : await transport.send(mailOf(notification, from));
      change = {
        status: 'delivered',
        deliveredAtMs: clock.now(),
        ...(outboxFile !== undefined && { outboxFile }),
      };
    } catch (error) {
      // cut off by close(): the next start sends it
      if (!rounds.isOpen) return;
      change = failure(notification, attempts, error);
    }
    await keep(notification.id, { ...change, attempts });
  }

  async function keep(id: string, change: Partial<Notification>): Promise<void> {
    for (;;) {
      try {
        await store.updateNotification(id, change);
        return;
      } catch (error) {
        report(`The state of the mail ${id} could not be kept: ${textOf(error)}. It is tried again.`);
        await later();
        if (!rounds.isOpen) return;
      }
    }
  }

  /** Resolves after the first delay, or when the notifier closes. */
  async function later(): Promise<void> {
    let cancel = () => {};
    const timer = new Promise<void>((resolve) => {
      cancel = clock.wakeAt(clock.now() + FIRST_DELAY_MS, resolve);
    });
    await Promise.race([timer, closing.promise]);
    cancel();
  }

  function failure(notification: Notification, attempts: number, error: unknown): Partial<Notification> {
    const lastError = textOf(error);
    const what = notification.protocol === 'sqs' ? 'message' : 'mail';
    const mail = `The ${what} ${notification.id} to ${notification.endpoint}`;
    if (error instanceof MailRefused || error instanceof QueueRefused) {
      report(`${mail} was refused for good: ${lastError}`);
      return { status: 'dead', lastError };
    }
    const delayMs = retryDelayMs(attempts);
    report(`${mail} could not be sent: ${lastError}. Next try in ${Math.round(delayMs / 1000)} seconds.`);
    return { lastError, dueAtMs: clock.now() + delayMs };
  }

  return {
    start: () => rounds.start(),
    wake: () => rounds.wake(),
    async close() {
      const looked = rounds.close();
      closing.resolve();
      transport.close();
      await looked;
      await Promise.all(sending.values());
    },
  };
}

/** Five seconds, then twice as long each time, up to a quarter of an hour. */
function retryDelayMs(attempts: number): number {
  return Math.min(DELAY_MAX_MS, FIRST_DELAY_MS * 2 ** Math.min(attempts - 1, 20));
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
