import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Dice } from '@riposte/testkit';
import type { KilledServer } from './killed-server.ts';
import { isPoison, type Kind, KINDS, type Ledger, type PutEvent } from './ledger.ts';

const KIND_CHANCE = 0.6;
/** An event that never ends its delivery is a slow one: few of them make the backlog that others must not feel. */
const POISON_CHANCE = 0.15;
/** What comes beside the two members that the soak is about: mostly nothing. */
const BURDENS = { none: 88, large: 8, huge: 1, hostile: 3 };
type Burden = keyof typeof BURDENS;
/** Of a state machine's input and of a topic's message: what is larger dies there, and is told by a dead letter. */
const SMALL_LIMIT_BYTES = 262_144;
/** All of a request is at most 1 MiB. */
const HUGE_BYTES = 700_000;
const HOSTILE_LENGTH = 500;

/** Puts events until it is told to stop, and writes down what was acknowledged. A request that fails is not repeated. */
export async function putEvents(
  server: KilledServer,
  ledger: Ledger,
  dice: Dice,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const batch = Array.from({ length: dice.integer(1, 4) }, () => nextEvent(ledger, dice));
    // one client a request: the server is somewhere else after each death
    const client = new EventBridgeClient({
      endpoint: server.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    try {
      const { Entries = [] } = await client.send(
        new PutEventsCommand({
          Entries: batch.map(({ number, kinds }) => ({
            Source: 'soak',
            DetailType: 'Soak',
            Detail: JSON.stringify({ number, kinds, ...burden(dice.weighted(BURDENS), dice) }),
          })),
        }),
      );
      for (const [index, { EventId }] of Entries.entries())
        if (EventId !== undefined) batch[index]!.eventId = EventId; // an entry for each that was sent
    } catch {
      // not acknowledged: stored or not, both are right
    }
    client.destroy();
    await sleep(dice.integer(100, 300));
  }
}

function burden(kind: Burden, dice: Dice): object {
  switch (kind) {
    case 'none':
      return {};
    case 'large':
      return { padding: 'x'.repeat(dice.integer(1_000, SMALL_LIMIT_BYTES / 2)) };
    case 'huge':
      return { padding: 'x'.repeat(dice.integer(SMALL_LIMIT_BYTES, HUGE_BYTES)) };
    case 'hostile': {
      // lists under one dotted name, which the costly rule multiplies
      const list = (name: string) =>
        Array.from({ length: HOSTILE_LENGTH }, (_, index) => ({ [name]: 1, last: index }));
      return { a: list('b'), 'a.c': list('d') };
    }
  }
}

function nextEvent(ledger: Ledger, dice: Dice): PutEvent {
  const isFor = (kind: Kind) => dice.chance(isPoison(kind) ? POISON_CHANCE : KIND_CHANCE);
  const event: PutEvent = { number: ledger.put.length + 1, kinds: KINDS.filter(isFor) };
  ledger.put.push(event);
  return event;
}
