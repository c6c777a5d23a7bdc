import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Dice } from '@riposte/testkit';
import type { KilledServer } from './killed-server.ts';
import { isPoison, type Kind, KINDS, type Ledger, type PutEvent } from './ledger.ts';

const KIND_CHANCE = 0.6;
/** An event that never ends its delivery is a slow one: few of them make the backlog that others must not feel. */
const POISON_CHANCE = 0.15;

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
            Detail: JSON.stringify({ number, kinds }),
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

function nextEvent(ledger: Ledger, dice: Dice): PutEvent {
  const isFor = (kind: Kind) => dice.chance(isPoison(kind) ? POISON_CHANCE : KIND_CHANCE);
  const event: PutEvent = { number: ledger.put.length + 1, kinds: KINDS.filter(isFor) };
  ledger.put.push(event);
  return event;
}
