/**
 * Reads one queue for as long as it is open.
 *
 * S1 An event is on disk, with its deliveries, before its message is deleted. Whatever happens in between, the message
 *    comes again and is known by the event's id.
 * S2 What is no event is on disk, with the reason, before its message is deleted.
 * S3 No failure ends the loop. It is tried again after a while that grows, and how it does can be seen.
 * S4 A message that cannot be stored stays in its queue, is named, and takes no other with it. The source works again
 *    when the message is stored, or does not come any more: somebody deleted it, or it is in a dead-letter queue.
 */
import { type Clock, type Ids, StoreUnavailable } from '@riposte/engine';
import type { EventService } from '../ports/event-service.ts';
import type { Arrival, QueueSource, SourceMessage, SourceQueue } from '../ports/sources.ts';
import { arrivalKey, eventOfBody } from './event-of-body.ts';

const PAUSE_MIN_MS = 1_000;
const PAUSE_MAX_MS = 60_000;
/** A message that was not deleted comes again after a minute, its visibility timeout; two more for polls that fail. */
const COMES_AGAIN_WITHIN_MS = 180_000;

export interface PollerOptions {
  queue: SourceQueue;
  events: Pick<EventService, 'takeIn'>;
  /** Of the bus. */
  region: string;
  clock: Clock;
  ids: Ids;
  report(line: string): void;
}

interface Received {
  message: SourceMessage;
  arrival: Arrival;
}

interface Unstored extends Received {
  reason: string;
}

export class QueuePoller {
  lastPollMs: number | undefined;
  failingSinceMs: number | undefined;
  lastError: { atMs: number; message: string } | undefined;
  #lastReason: string | undefined;
  /** When each message that could not be stored came last, by its id. */
  readonly #unstored = new Map<string, number>();
  readonly #source: QueueSource;
  readonly #options: PollerOptions;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;

  constructor(source: QueueSource, options: PollerOptions) {
    this.#source = source;
    this.#options = options;
    this.#running = this.#run();
  }

  /** Lets what was received be stored and deleted. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    this.#options.queue.close();
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    let failures = 0;
    while (!this.#closing.signal.aborted) {
      const beganMs = clock.now();
      try {
        const outcome = await this.#poll();
        this.#works();
        if (outcome === 'unstored') {
          await this.#pause(this.#pauseMs(failures));
          failures += 1;
          continue;
        }
        failures = 0;
        // A queue that answers "nothing" without waiting must not be asked without end.
        if (outcome === 'empty' && clock.now() - beganMs < PAUSE_MIN_MS) await this.#pause(PAUSE_MIN_MS);
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        const reason = textOf(error);
        this.#fails(reason, reason);
        await this.#pause(this.#pauseMs(failures));
        failures += 1;
      }
    }
  }

  /** @returns `unstored` when messages came and none of them could be stored */
  async #poll(): Promise<'empty' | 'stored' | 'unstored'> {
    const { queue, clock } = this.#options;
    const messages = await queue.receive(this.#closing.signal);
    this.lastPollMs = clock.now();
    if (messages.length === 0) return 'empty';
    const { stored, unstored } = await this.#store(messages.map((message) => this.#read(message)));
    for (const { message } of unstored) this.#unstored.set(message.messageId, clock.now());
    const [first] = unstored;
    if (first) this.#fails(first.reason, sentenceOf(first, unstored.length - 1));
    if (stored.length === 0) return 'unstored';
    await queue.delete(stored.map(({ message }) => message));
    return 'stored';
  }

  /** All in one transaction; where that fails, each in its own. */
  async #store(
    received: readonly Received[],
  ): Promise<{ stored: readonly Received[]; unstored: Unstored[] }> {
    try {
      await this.#takeIn(received);
      return { stored: received, unstored: [] };
    } catch (error) {
      // A disk that takes nothing takes none of them alone either.
      if (error instanceof StoreUnavailable) throw error;
    }
    const stored: Received[] = [];
    const unstored: Unstored[] = [];
    for (const one of received)
      try {
        await this.#takeIn([one]);
        stored.push(one);
      } catch (error) {
        unstored.push({ ...one, reason: textOf(error) });
      }
    return { stored, unstored };
  }

  async #takeIn(received: readonly Received[]): Promise<void> {
    const { events, region, report } = this.#options;
    await events.takeIn(
      region,
      this.#source,
      received.map(({ arrival }) => arrival),
    );
    for (const { message, arrival } of received) {
      this.#unstored.delete(message.messageId);
      if (arrival.kind === 'rejected')
        report(
          `source ${this.#source.name}: message ${message.messageId} is kept aside. ${arrival.reason} See it with: riposte connect --rejected ${this.#source.name}`,
        );
    }
  }

  #read(message: SourceMessage): Received {
    const { messageId, body, simulated } = message;
    const read = eventOfBody(body);
    return 'event' in read
      ? { message, arrival: { kind: 'event', key: arrivalKey(read.event), event: read.event, simulated } }
      : { message, arrival: { kind: 'rejected', key: messageId, reason: read.reason, body } };
  }

  #works(): void {
    const { clock, report } = this.#options;
    for (const [messageId, seenMs] of this.#unstored)
      if (clock.now() - seenMs > COMES_AGAIN_WITHIN_MS) this.#unstored.delete(messageId);
    if (this.failingSinceMs === undefined || this.#unstored.size > 0) return;
    this.failingSinceMs = undefined;
    report(`source ${this.#source.name}: works again.`);
  }

  /** @param reason  what is told once only, while it stays the same */
  #fails(reason: string, message: string): void {
    const { clock, report } = this.#options;
    const isNews = this.failingSinceMs === undefined || this.#lastReason !== reason;
    this.failingSinceMs ??= clock.now();
    this.lastError = { atMs: clock.now(), message };
    this.#lastReason = reason;
    if (isNews)
      report(
        `source ${this.#source.name}: ${message.replace(/\.?$/, '.')} It is tried again until it works.`,
      );
  }

  /** Half of it is chance, so that many servers do not come back at one moment. */
  #pauseMs(failures: number): number {
    const longest = Math.min(PAUSE_MIN_MS * 2 ** failures, PAUSE_MAX_MS);
    return longest / 2 + (longest / 2) * this.#options.ids.uniform();
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#closing;
    const { clock } = this.#options;
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = clock.wakeAt(clock.now() + ms, end);
      if (signal.aborted) end();
      else signal.addEventListener('abort', end);
    });
  }
}

function sentenceOf({ message, arrival, reason }: Unstored, others: number): string {
  const what = arrival.kind === 'event' ? ` (event ${arrival.event.id}, ${arrival.event.source})` : '';
  const were = others === 0 ? 'was' : `and ${others} more were`;
  return `message ${message.messageId}${what} ${were} not stored: ${reason}`;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
