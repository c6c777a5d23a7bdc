import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPoison, type Kind, KINDS, Ledger, ruleName } from './soak/ledger.ts';
import type { DeliveryRow, Records } from './soak/records.ts';
import { judge } from './soak/verdict.ts';

/** When the server was dead and when nobody listened at the endpoint; both long before everything else. */
const DOWNTIMES = { server: [{ fromMs: 0, untilMs: 1 }], endpoint: [{ fromMs: 2, untilMs: 3 }] };
const NUMBERS = Array.from({ length: 4 }, (_, index) => index + 1);
const idOf = (number: number) => `id-${number}`;

/** Four events for everything but the endpoints that never answer, one for those; all of them arrived. */
class Soak {
  readonly ledger = new Ledger();
  readonly deliveries: DeliveryRow[] = [];
  readonly eventIds = new Map(NUMBERS.map((number) => [number, idOf(number)]));

  constructor() {
    for (const number of NUMBERS) {
      const kinds = KINDS.filter((kind) => isPoison(kind) === (number === 4));
      this.ledger.put.push({ number, kinds, eventId: idOf(number) });
      for (const kind of kinds) this.#deliver(kind, number);
    }
  }

  #deliver(kind: Kind, number: number): void {
    const event = { id: idOf(number), number };
    if (isPoison(kind)) this.ledger.sawDeadLetter(ruleName(kind), event, `letter ${number}`);
    else this.ledger.saw(kind, event, `${kind} ${number}`);
    this.deliveries.push({
      eventId: event.id,
      rule: ruleName(kind),
      status: isPoison(kind) ? 'dead' : 'delivered',
      attempts: 1,
      lastError: null,
      receivedAtMs: 1000,
      endedAtMs: new Map([[1, 1001]]),
    });
  }

  row(kind: Kind, number: number): DeliveryRow {
    const found = this.deliveries.find(
      ({ rule, eventId }) => rule === ruleName(kind) && eventId === idOf(number),
    );
    assert.ok(found);
    return found;
  }

  /** What the verdict finds wrong. */
  problems(): string[] {
    const { deliveries, eventIds } = this;
    const records: Records = {
      deliveries,
      eventIds,
      eventSequences: NUMBERS,
      deliverySequences: deliveries.map((_, index) => index + 1),
    };
    return judge(this.ledger, records, DOWNTIMES).flatMap(({ problems }) => problems);
  }
}

test('a soak in which everything arrived holds', () => {
  assert.deepEqual(new Soak().problems(), []);
});

const FAULTS: Record<string, [(soak: Soak) => void, RegExp]> = {
  'an acknowledged event that is not stored': [({ eventIds }) => eventIds.delete(1), /^event 1, id-1$/],
  'an event that is stored under another id than was answered': [
    ({ eventIds }) => eventIds.set(1, 'other'),
    /^event 1, id-1$/,
  ],
  'an event that a target never saw': [
    ({ ledger }) => ledger.seen.get('topic')?.delete('id-1'),
    /^id-1 for topic$/,
  ],
  'an event that a bus was handed and that went no further': [
    ({ ledger }) => ledger.seen.get('bus')?.delete('id-1'),
    /^soak-bus id-1: delivered after 1 attempts, not seen by its target$/,
  ],
  'a dead delivery without a dead letter': [
    ({ ledger }) => ledger.deadLetters.delete('soak-poison-1 id-4'),
    /^soak-poison-1 id-4: dead after 1 attempts, 0 dead letters$/,
  ],
  'a dead letter that came twice': [
    ({ ledger }) => ledger.sawDeadLetter('soak-poison-1', { id: 'id-4', number: 4 }, 'again'),
    /, 2 dead letters$/,
  ],
  'a dead letter of what was delivered': [
    ({ ledger }) => ledger.sawDeadLetter('soak-log', { id: 'id-1', number: 1 }, 'letter'),
    /^soak-log id-1: delivered after 1 attempts, 1 dead letters$/,
  ],
  'a delivery that nobody asked for': [
    (soak) => soak.deliveries.push({ ...soak.row('log', 1), eventId: 'id-4' }),
    /^event 4: for poison-1,.*, deliveries log,poison-1,/,
  ],
  'a delivery that was never made': [
    (soak) => soak.deliveries.splice(soak.deliveries.indexOf(soak.row('log', 1)), 1),
    /^event 1: for .*, deliveries machine,function,topic,queue,bus,http$/,
  ],
  'a target that was handed what is not for it, though it did not take it': [
    ({ ledger }) => ledger.handed('http', { id: 'id-4', number: 4 }),
    /^http: event 4, id-4, is for poison-1, /,
  ],
  'a dead letter of what is not for its target': [
    ({ ledger }) => ledger.sawDeadLetter('soak-log', { id: 'id-4', number: 4 }, 'letter'),
    /^log: event 4, id-4, is for poison-1, /,
  ],
  'an event that came under the id of another': [
    ({ ledger }) => ledger.saw('queue', { id: 'id-2', number: 1 }, 'queue 2'),
    /^queue: event 1 as id-2, acknowledged as id-1$/,
  ],
  'an event that was never put': [
    ({ ledger }) => ledger.saw('queue', { id: 'id-9', number: 9 }, 'queue 9'),
    /^queue: id-9, number 9, was never put$/,
  ],
  'an event that came twice inside the server': [
    ({ ledger }) => ledger.saw('machine', { id: 'id-1', number: 1 }, 'again'),
    /^machine: id-1 2 times$/,
  ],
  'an event that the endpoint took twice for no reason': [
    ({ ledger }) => ledger.saw('http', { id: 'id-1', number: 1 }, 'again'),
    /^http: id-1 at /,
  ],
  'a function that ran more often than it may': [
    ({ ledger }) => {
      for (const key of ['second', 'third', 'fourth']) ledger.saw('function', { id: 'id-1', number: 1 }, key);
    },
    /^function: id-1 ran 4 times, the server died 0 times meanwhile$/,
  ],
  'a delivery that is left over': [
    (soak) => (soak.row('log', 1).status = 'pending'),
    /^soak-log id-1: pending after 1 attempts$/,
  ],
  'an attempt that is not on record': [
    (soak) => (soak.row('log', 1).attempts = 2),
    /^soak-log id-1: delivered after 2 attempts$/,
  ],
};
for (const [name, [spoil, problem]] of Object.entries(FAULTS))
  test(`the soak does not hold with ${name}`, () => {
    const soak = new Soak();
    spoil(soak);
    const problems = soak.problems();
    assert.ok(
      problems.some((one) => problem.test(one)),
      problems.join('\n') || 'no problem was found',
    );
  });

test('the endpoint may take an event again after the server died', () => {
  const soak = new Soak();
  soak.ledger.seen.get('http')?.set(
    'id-1',
    new Map([
      ['before', 0],
      ['after', 5000],
    ]),
  );
  assert.deepEqual(soak.problems(), []);
});

test('an event that nobody acknowledged may be stored or not, and arrives where it is stored', () => {
  const soak = new Soak();
  delete soak.ledger.put[0]?.eventId;
  soak.eventIds.delete(1);
  soak.deliveries.splice(
    0,
    soak.deliveries.findIndex(({ eventId }) => eventId === 'id-2'),
  );
  for (const kind of KINDS) soak.ledger.seen.get(kind)?.delete('id-1');
  assert.deepEqual(soak.problems(), []);
});
