/**
 * `npm run soak [-- --seconds 600] [--seed N] [--keep]`: events are put while their targets fail at random and the server is
 * killed again and again; then everything may work, and what was acknowledged is held against what arrived.
 * The seed decides on events, faults and deaths; what happens just when they strike is the machine's. `--keep` leaves
 * the data folder for a look.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Dice } from '@riposte/testkit';
import { Endpoints } from './endpoints.ts';
import { faultsOf, letThingsFail } from './faults.ts';
import { KilledServer } from './killed-server.ts';
import { Ledger } from './ledger.ts';
import { putEvents } from './producer.ts';
import { Lookups, readQueues } from './readers.ts';
import { readRecords } from './records.ts';
import { formatReport, judge, type Finding } from './verdict.ts';
import { createWorld } from './world.ts';

/** Longer than any delivery can take once all targets work: five attempts with their pauses, behind a backlog. */
const SETTLE_MAX_MS = 180_000;
const LOOK_AGAIN_MS = 500;
/** What comes after the last that was expected would come soon. */
const AFTERMATH_MS = 2000;

const { values } = parseArgs({
  options: { seconds: { type: 'string' }, seed: { type: 'string' }, keep: { type: 'boolean' } },
});
const seconds = Number(values.seconds ?? 600);
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
console.log(`Soak for ${seconds} s, seed ${seed}.`);

const ledger = new Ledger();
const endpoints = new Endpoints(ledger, new Dice(seed));
const server = new KilledServer();
const reading = new AbortController();
try {
  process.exitCode = (await run()) ? 0 : 1;
} finally {
  reading.abort();
  await server.stop();
  await endpoints.close();
  if (values.keep) console.log(`The data folder is ${server.dataFolder}.`);
  else server.remove();
}

async function run(): Promise<boolean> {
  const urls = await endpoints.listen();
  await server.start();
  await createWorld(server, urls);
  const [faults, tookMs] = await Promise.race([
    failAndSettle().finally(() => reading.abort()),
    // reads as long as there is something to wait for; if it cannot, the soak is over
    readQueues(server, ledger, reading.signal).then(() => new Promise<never>(() => {})),
  ]);
  await server.stop();

  const records = readRecords(server.dataFolder);
  const findings = [
    happened(faults),
    ...judge(ledger, records, { server: server.downtimes, endpoint: endpoints.downtimes }),
  ];
  console.log(
    [
      `${ledger.put.length} events put, ${ledger.acknowledged().length} acknowledged; killed ${server.downtimes.length} times; settled in ${(tookMs / 1000).toFixed(1)} s.`,
      `Faults: ${counts(faults)}.`,
      `The endpoint: ${counts(endpoints.answered)}.`,
      '',
      formatReport(ledger, records, findings),
    ].join('\n'),
  );
  const failed = findings.filter(({ problems }) => problems.length > 0).length;
  console.log(failed === 0 ? '\nNothing was lost.' : `\n${failed} claims do not hold. Seed ${seed}.`);
  return failed === 0;
}

/** @returns which faults struck, and how long it took afterwards until everything had arrived */
async function failAndSettle(): Promise<[faults: Map<string, number>, tookMs: number]> {
  const signal = AbortSignal.timeout(seconds * 1000);
  const [faults] = await Promise.all([
    letThingsFail(faultsOf(server, endpoints), new Dice(seed + 1), signal),
    putEvents(server, ledger, new Dice(seed + 2), signal),
    killAgainAndAgain(new Dice(seed + 3), signal),
  ]);
  return [faults, await settle()];
}

async function killAgainAndAgain(dice: Dice, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const alive = dice.integer(500, 6000);
    const dead = dice.chance(0.5) ? 0 : dice.integer(0, 1500);
    await sleep(alive, undefined, { signal }).catch(() => {});
    await server.kill();
    await sleep(dead);
    await server.start();
  }
}

/** @returns how long it took until everything had arrived, or patience ended */
async function settle(): Promise<number> {
  endpoints.isKind = true;
  const lookups = new Lookups(server, ledger);
  const started = performance.now();
  do {
    await sleep(LOOK_AGAIN_MS);
    await lookups.look();
  } while (
    (ledger.missing().length > 0 || (await server.hasPending())) &&
    performance.now() - started < SETTLE_MAX_MS
  );
  const took = performance.now() - started;
  await sleep(AFTERMATH_MS);
  await lookups.look();
  return took;
}

/** A soak in which nothing went wrong proves nothing. */
function happened(faults: ReadonlyMap<string, number>): Finding {
  const isShort = seconds < 60;
  const problems = [
    ...(server.downtimes.length < 1 ? ['the server was never killed'] : []),
    ...(ledger.acknowledged().length === 0 ? ['no event was acknowledged'] : []),
    ...(!isShort && ledger.deadLetters.size === 0 ? ['nothing died'] : []),
    ...(!isShort && faults.size < 4 ? [`only ${faults.size} kinds of fault struck`] : []),
  ];
  return { claim: 'the server was killed, targets failed, and events were acknowledged meanwhile', problems };
}

function counts(map: ReadonlyMap<string, number>): string {
  return [...map].map(([name, count]) => `${name} ${count}`).join(', ') || 'none';
}
