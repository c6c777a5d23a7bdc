import { type Kind, kindOf, KINDS, type Ledger, POISONS, ruleName } from './ledger.ts';
import type { Downtime } from './killed-server.ts';
import { ONWARD_RULE } from './world.ts';
import type { DeliveryRow, Records } from './records.ts';

/** How long an endpoint keeps a delivery of a poison rule. Who waits for one of those is starved. */
const POISON_ATTEMPT_MS = 5000;
/** What is done at most once for each delivery, however often an attempt is cut off: calls that end inside the server. */
const INSIDE: readonly Kind[] = ['machine', 'topic', 'queue', 'bus', 'log'];
/** A function that fails is run twice more. */
const FUNCTION_RUNS_MAX = 3;
const EXAMPLES_MAX = 5;

/** When the server was dead, and when nobody listened at the endpoint. */
interface Downtimes {
  server: readonly Downtime[];
  endpoint: readonly Downtime[];
}

/** One thing that must be so. */
export interface Finding {
  claim: string;
  /** What is not so. */
  problems: string[];
}

/** Holds what the soak saw against what the server wrote down. */
export function judge(ledger: Ledger, records: Records, downtimes: Downtimes): Finding[] {
  const { deliveries, eventIds } = records;
  const ofPut = new Map(deliveries.map((delivery) => [`${delivery.rule} ${delivery.eventId}`, delivery]));
  const acknowledged = ledger.acknowledged();
  const stored = ledger.put.filter(({ number }) => eventIds.has(number));
  const idOf = (number: number) => eventIds.get(number) ?? '';
  return [
    {
      claim: `${acknowledged.length} acknowledged events are stored, with the ids that were answered`,
      problems: acknowledged
        .filter(({ number, eventId }) => eventIds.get(number) !== eventId)
        .map(({ number, eventId }) => `event ${number}, ${eventId}`),
    },
    {
      claim: `nothing was taken out of the file: ${records.eventSequences.length} events and ${deliveries.length} deliveries are numbered without a gap`,
      problems: [...gaps('event', records.eventSequences), ...gaps('delivery', records.deliverySequences)],
    },
    {
      claim: 'each stored event has one delivery for each rule that it is for, and no other',
      problems: stored.flatMap(({ number, kinds }) => {
        const found = KINDS.filter((kind) => ofPut.has(`${ruleName(kind)} ${idOf(number)}`));
        return String(found) === String(kinds) ? [] : [`event ${number}: for ${kinds}, deliveries ${found}`];
      }),
    },
    {
      claim: 'every acknowledged event reached each of its targets, or is in the dead-letter queue',
      problems: ledger.missing().map(({ kind, eventId }) => `${eventId} for ${kind}`),
    },
    {
      claim: 'no delivery is left over',
      problems: deliveries.filter(({ status }) => status === 'pending').map(describe),
    },
    {
      claim:
        'what the server calls delivered was seen by its target; what it calls dead is in the dead-letter queue, once',
      problems: deliveries.flatMap((delivery) => contradictionsOf(delivery, ledger)),
    },
    {
      claim: 'no target saw, and no dead letter tells of, an event that is not stored',
      problems: phantoms(ledger, new Set(eventIds.values())),
    },
    {
      claim:
        'no target was handed, and no dead letter tells of, an event that is not for it or has another id',
      problems: ledger.strays(),
    },
    {
      claim:
        'the endpoint took an event again only when an answer may have been lost; the function ran again only when it failed or the server died',
      problems: [...repeatedWithoutReason(ledger, downtimes), ...runTooOften(ledger, downtimes.server)],
    },
    {
      claim: `machine, topic, queue, bus and log group got nothing twice`,
      problems: INSIDE.flatMap((kind) =>
        [...ledger.seen.get(kind)!] // every kind has its map
          .filter(([, keys]) => keys.size > 1)
          .map(([eventId, keys]) => `${kind}: ${eventId} ${keys.size} times`),
      ),
    },
    {
      claim: 'attempts are numbered without a gap, as many as each delivery counts',
      problems: deliveries
        .filter(
          ({ attempts, endedAtMs }) =>
            String([...endedAtMs.keys()]) !==
            String(Array.from({ length: attempts }, (_, index) => index + 1)),
        )
        .map(describe),
    },
    fairness(deliveries, downtimes.server),
  ];
}

/** The first attempts of other rules while deliveries to endpoints that never answer were under way. */
function fairness(deliveries: readonly DeliveryRow[], downtimes: readonly Downtime[]): Finding {
  const poisons = new Set(POISONS.map(ruleName));
  const slow = deliveries.filter(({ rule }) => poisons.has(rule));
  const begin = Math.min(...slow.map(({ receivedAtMs }) => receivedAtMs));
  const end = Math.max(...slow.map(({ endedAtMs }) => Math.max(...endedAtMs.values())));
  const waitsMs = deliveries
    .filter(({ rule }) => rule === ruleName('log') || rule === ruleName('queue'))
    .flatMap(({ receivedAtMs, endedAtMs }) => {
      const endedMs = endedAtMs.get(1);
      if (endedMs === undefined || receivedAtMs < begin || receivedAtMs > end) return [];
      // a dead server delivers nothing; that is no unfairness
      const downMs = downtimes.map(
        ({ fromMs, untilMs }) => Math.min(endedMs, untilMs) - Math.max(receivedAtMs, fromMs),
      );
      return [downMs.reduce((left, ms) => left - Math.max(0, ms), endedMs - receivedAtMs)];
    })
    .sort((a, b) => a - b);
  const p95Ms = quantile(waitsMs, 0.95);
  return {
    claim: `${POISONS.length} endpoints that never answer hold up nobody else: of ${waitsMs.length} deliveries meanwhile, 95% were tried within ${p95Ms} ms`,
    problems:
      waitsMs.length > 0 && p95Ms < POISON_ATTEMPT_MS
        ? []
        : [
            `half were tried within ${quantile(waitsMs, 0.5)} ms; one attempt there takes ${POISON_ATTEMPT_MS} ms`,
          ],
  };
}

function contradictionsOf(delivery: DeliveryRow, ledger: Ledger): string[] {
  const { rule, eventId, status } = delivery;
  const letters = ledger.deadLetters.get(`${rule} ${eventId}`)?.size ?? 0;
  const problems: string[] = [];
  // what a bus was handed may have died on its way from there
  const isSeen =
    ledger.seen.get(kindOf(rule))!.has(eventId) || // every kind has its map
    (rule === ruleName('bus') && ledger.deadLetters.has(`${ONWARD_RULE} ${eventId}`));
  if (status === 'delivered' && !isSeen) problems.push(`${describe(delivery)}, not seen by its target`);
  if (letters !== (status === 'dead' ? 1 : 0))
    problems.push(`${describe(delivery)}, ${letters} dead letters`);
  return problems;
}

/** Between two looks of the endpoint at one event, the server was dead or nobody listened. */
function repeatedWithoutReason(ledger: Ledger, { server, endpoint }: Downtimes): string[] {
  return [...ledger.seen.get('http')!].flatMap(([eventId, sights]) => {
    const times = [...sights.values()].sort((a, b) => a - b);
    const unexplained = times.slice(1).filter((atMs, index) => {
      const beforeMs = times[index] ?? atMs;
      return ![...server, ...endpoint].some(({ fromMs, untilMs }) => fromMs <= atMs && untilMs >= beforeMs);
    });
    return unexplained.length === 0 ? [] : [`http: ${eventId} at ${times.join(', ')}`];
  });
}

function runTooOften(ledger: Ledger, downtimes: readonly Downtime[]): string[] {
  return [...ledger.seen.get('function')!].flatMap(([eventId, sights]) => {
    const firstMs = Math.min(...sights.values());
    const lastMs = Math.max(...sights.values());
    const deaths = downtimes.filter(({ fromMs, untilMs }) => fromMs <= lastMs && untilMs >= firstMs).length;
    return sights.size <= FUNCTION_RUNS_MAX + deaths
      ? []
      : [`function: ${eventId} ran ${sights.size} times, the server died ${deaths} times meanwhile`];
  });
}

function phantoms(ledger: Ledger, stored: ReadonlySet<string>): string[] {
  const ofTargets = [...ledger.seen].flatMap(([kind, events]) =>
    [...events.keys()].map((id) => ({ kind, id })),
  );
  const ofLetters = [...ledger.deadLetters.keys()].map((key) => ({
    kind: 'dead letter',
    id: key.split(' ')[1] ?? '',
  }));
  return [...ofTargets, ...ofLetters]
    .filter(({ id }) => !stored.has(id))
    .map(({ kind, id }) => `${kind}: ${id}`);
}

function gaps(what: string, numbers: readonly number[]): string[] {
  return numbers.flatMap((number, index) =>
    number === (numbers[index - 1] ?? 0) + 1
      ? []
      : [`${what} ${number} follows ${numbers[index - 1] ?? 'nothing'}`],
  );
}

function describe({ rule, eventId, status, attempts, lastError }: DeliveryRow): string {
  return `${rule} ${eventId}: ${status} after ${attempts} attempts${lastError === null ? '' : ` (${lastError})`}`;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** For a terminal: a table by rule, then each claim with what contradicts it. */
export function formatReport(ledger: Ledger, { deliveries }: Records, findings: readonly Finding[]): string {
  const header = [
    'rule',
    'deliveries',
    'delivered',
    'dead',
    'attempts',
    'seen',
    'seen again',
    'dead letters',
    'p50 ms',
    'p95 ms',
  ];
  const rows = KINDS.map((kind) => {
    const own = deliveries.filter(({ rule }) => rule === ruleName(kind));
    const seen = [...ledger.seen.get(kind)!.values()]; // every kind has its map
    const letters = [...ledger.deadLetters].filter(([key]) => key.startsWith(`${ruleName(kind)} `));
    const waitsMs = own
      .map(({ receivedAtMs, endedAtMs }) => (endedAtMs.get(1) ?? receivedAtMs) - receivedAtMs)
      .sort((a, b) => a - b);
    return [
      kind,
      own.length,
      own.filter(({ status }) => status === 'delivered').length,
      own.filter(({ status }) => status === 'dead').length,
      own.reduce((sum, { attempts }) => sum + attempts, 0),
      seen.length,
      seen.reduce((sum, keys) => sum + keys.size - 1, 0),
      letters.length,
      quantile(waitsMs, 0.5),
      quantile(waitsMs, 0.95),
    ].map(String);
  });
  const widths = header.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]!.length)),
  ); // each row has a cell for each name
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  ')}`; // one width a column
  const claims = findings.flatMap(({ claim, problems }) => [
    `${problems.length === 0 ? '✓' : '✗'} ${claim}`,
    ...problems.slice(0, EXAMPLES_MAX).map((problem) => `    ${problem}`),
    ...(problems.length > EXAMPLES_MAX ? [`    and ${problems.length - EXAMPLES_MAX} more`] : []),
  ]);
  return [line(header), ...rows.map(line), '', ...claims].join('\n');
}
