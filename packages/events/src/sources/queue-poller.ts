/**
 * Reads one queue for as long as it is open.
 *
 * S1 An event is on disk, with its deliveries, before its message is deleted. Whatever happens in between, the message
 *    comes again and is known by the event's id.
 * S2 What is no event is on disk, with the reason, before its message is deleted.
 * S3 No failure ends the loop. It is tried again after a while that grows, and how it does can be seen.
 */
import type { Clock, Ids } from '@riposte/engine';
import type { EventService } from '../ports/event-service.ts';
import type { Arrival, QueueSource, SourceMessage, SourceQueue } from '../ports/sources.ts';
import { arrivalKey, eventOfBody } from './event-of-body.ts';

const PAUSE_MIN_MS = 1_000;
const PAUSE_MAX_MS = 60_000;

export interface PollerOptions {
  queue: SourceQueue;
  events: Pick<EventService, 'takeIn'>;
  /** Of the bus. */
  region: string;
  clock: Clock;
  ids: Ids;
  report(line: string): void;
}

export class QueuePoller {
  lastPollMs: number | undefined;
  failingSinceMs: number | undefined;
  lastError: { atMs: number; message: string } | undefined;
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
        const received = await this.#poll();
        failures = 0;
        this.#works();
        // A queue that answers "nothing" without waiting must not be asked without end.
        if (received === 0 && clock.now() - beganMs < PAUSE_MIN_MS) await this.#pause(PAUSE_MIN_MS);
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        this.#fails(error);
        await this.#pause(this.#pauseMs(failures));
        failures += 1;
      }
    }
  }

  /** @returns how many messages came */
  async #poll(): Promise<number> {
    const { queue, events, region, clock } = this.#options;
    const messages = await queue.receive(this.#closing.signal);
    this.lastPollMs = clock.now();
    if (messages.length === 0) return 0;
    await events.takeIn(
      region,
      this.#source,
      messages.map((message) => this.#arrivalOf(message)),
    );
    await queue.delete(messages);
    return messages.length;
  }

  #arrivalOf({ messageId, body }: SourceMessage): Arrival {
    const read = eventOfBody(body);
    if ('event' in read) return { kind: 'event', key: arrivalKey(read.event), event: read.event };
    this.#options.report(
      `source ${this.#source.name}: message ${messageId} is kept aside. ${read.reason} See it with: riposte connect --rejected ${this.#source.name}`,
    );
    return { kind: 'rejected', key: messageId, reason: read.reason, body };
  }

  #works(): void {
    if (this.failingSinceMs === undefined) return;
    this.failingSinceMs = undefined;
    this.#options.report(`source ${this.#source.name}: works again.`);
  }

  #fails(error: unknown): void {
    const { clock, report } = this.#options;
    const message = error instanceof Error ? error.message : String(error);
    const isNews = this.failingSinceMs === undefined || this.lastError?.message !== message;
    this.failingSinceMs ??= clock.now();
    this.lastError = { atMs: clock.now(), message };
    if (isNews) report(`source ${this.#source.name}: ${message} It is tried again until it works.`);
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
