import type { Clock } from '@riposte/engine';
import { EventSources, type QueueSourceInput, type SourceMessage, type SourceQueue } from '@riposte/events';
import { ACCOUNT, REGION, type World } from '../world.ts';

/** A queue of another account, in the test's hands: what was received and not deleted comes again. */
export class ScriptedQueue implements SourceQueue {
  readonly #clock: Clock;
  messages: SourceMessage[] = [];
  /** What the next polls meet, instead of messages. */
  failures: Error[] = [];
  polls = 0;
  isOpen = true;
  /** How long a message that was received stays hidden, milliseconds. */
  visibilityMs = 0;
  readonly #hiddenUntilMs = new Map<string, number>();
  deleting: (messages: readonly SourceMessage[]) => Promise<void> = async (messages) => {
    const gone = new Set(messages.map(({ messageId }) => messageId));
    this.messages = this.messages.filter(({ messageId }) => !gone.has(messageId));
  };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  put(body: unknown, messageId = `m-${this.messages.length + 1}`, simulated = false): void {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    this.messages.push({ messageId, receiptHandle: messageId, body: text, simulated });
  }

  async receive(signal: AbortSignal): Promise<SourceMessage[]> {
    this.polls += 1;
    const failure = this.failures.shift();
    if (failure) throw failure;
    if (this.#visible().length === 0)
      await new Promise<void>((resolve) => {
        const cancel = this.#clock.wakeAt(this.#clock.now() + 20_000, resolve);
        signal.addEventListener('abort', () => (cancel(), resolve()));
      });
    const received = this.#visible().slice(0, 10);
    for (const { messageId } of received)
      this.#hiddenUntilMs.set(messageId, this.#clock.now() + this.visibilityMs);
    return received;
  }

  #visible(): SourceMessage[] {
    return this.messages.filter(
      ({ messageId }) => (this.#hiddenUntilMs.get(messageId) ?? 0) <= this.#clock.now(),
    );
  }

  delete(messages: readonly SourceMessage[]): Promise<void> {
    return this.deleting(messages);
  }

  close(): void {
    this.isOpen = false;
  }
}

export const QUEUE_URL = 'https://sqs.us-west-2.amazonaws.com/444455556666/riposte-events';

/** An event as a rule of a real account sends it to a queue. */
export const HEALTH_EVENT = {
  version: '0',
  id: '7bf73129-1428-4cd3-a780-95db273d1602',
  'detail-type': 'AWS Health Event',
  source: 'aws.health',
  account: '444455556666',
  time: '2026-01-31T11:59:00Z',
  region: 'us-west-2',
  resources: [],
  detail: { service: 'RISK' },
};

/** Sources over the service of a world, each queue from the test. */
export function sourcesOf(
  world: World,
  queue: SourceQueue,
  configured: readonly QueueSourceInput[] = [],
  lines: string[] = [],
  events: ConstructorParameters<typeof EventSources>[0]['events'] = world.service,
): EventSources {
  return new EventSources({
    events,
    store: world.store,
    clock: world.clock,
    ids: world.ids,
    account: ACCOUNT,
    region: REGION,
    configured,
    openQueue: () => queue,
    report: (line) => lines.push(line),
  });
}
