import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { CallRecord, Caller, MailTransport } from '@riposte/account';
import { type Ids, seededIds, ServiceError, SimulatedClock } from '@riposte/engine';
import type { HistoryEvent } from '@riposte/asl';
import { createAwsDoor, type HttpClient, noNetwork } from '@riposte/gateway';
import { Database } from '@riposte/store-sqlite';
import { simulate, type SimulateRequest } from '../people/simulate.ts';
import type { CallSummary, SimulatedEvents } from '../people/shapes.ts';
import { randomIds } from '../random-ids.ts';
import { createSystem } from '../system.ts';
import { systemClock } from '../system-clock.ts';
import { MockedTasks, type Mocks } from './mocked-tasks.ts';
import { WorkInHand } from './work-in-hand.ts';

/** What a simulated system is made of, and its bounds. */
export interface SimulationOptions {
  /** Of unpacked code; deleted by whoever made it. */
  folder: string;
  /** May be shared by many systems. */
  compileCacheFolder: string;
  /** Twelve digits. */
  account: string;
  region: string;
  /** Milliseconds of the machine's time that all runs together may take. */
  realTimeMaxMs: number;
  /** Stands for HTTP endpoints; default: nothing is sent. */
  httpClient?: HttpClient;
  report: (line: string) => void;
}

/** An execution as far as it came. Times are simulated, in milliseconds since the epoch. */
export interface SimulatedExecution {
  executionArn: string;
  stateMachineArn: string;
  name: string;
  status: string;
  startDate: number;
  stopDate?: number;
  output?: string;
  error?: string;
  cause?: string;
  events: readonly HistoryEvent[];
  /** Names of the states it entered, in order; those of iterations side by side as they came. */
  path: string[];
}

/** A mail as the system sent it; in a simulated world nobody gets one. */
export interface SentMail {
  to: string;
  subject: string;
  text: string;
}

/** A whole system in memory whose time jumps from timer to timer. Functions run for real. */
export interface SimulatedSystem {
  now(): number;
  /**
   * An AWS call as administrator, or as the owner of an access key.
   * @throws ServiceError
   */
  call(
    service: string,
    operation: string,
    input: object,
    accessKeyId?: string,
  ): Promise<Record<string, unknown>>;
  /** From now on these take the place of the work of Task states, by state name. */
  mock(mocks: Mocks): void;
  /** Names of mocked states whose work nobody asked for. */
  unusedMocks(): string[];
  inject(request: SimulateRequest): Promise<SimulatedEvents>;
  /**
   * Lets time pass until nothing is open any more, or what is open waits for something that no time brings.
   * @throws Error when that takes too much of the machine's time
   */
  runUntilQuiet(): Promise<void>;
  /** Lets exactly this much time pass. */
  advanceBy(ms: number): Promise<void>;
  /** In order of their start. */
  executions(): Promise<SimulatedExecution[]>;
  /** All since the system was opened, in order. */
  calls(): readonly CallSummary[];
  mails(): readonly SentMail[];
  close(): Promise<void>;
}

/** Milliseconds between two looks whether a function has answered. */
const LOOK_MS = 2;
const CLOSING_STEP_MS = 10_000;
/** Any seed would do; the same one gives the same ids and the same jitter. */
const SEED = 1;

/** Opens a system in memory. Whoever opened it closes it. */
export async function openSimulatedSystem(options: SimulationOptions): Promise<SimulatedSystem> {
  const { account, region, report } = options;
  const clock = new SimulatedClock();
  const work = new WorkInHand();
  // Names repeat from run to run; what opens a door is never to be guessed.
  const ids: Ids = { ...seededIds(SEED), secret: () => randomIds.secret() };
  const database = new Database(':memory:');
  const mails: SentMail[] = [];
  const transport: MailTransport = {
    async send({ to, subject, text }) {
      mails.push({ to, subject, text });
      return {};
    },
    close() {},
  };
  let awsUrl = '';
  const mocked = new MockedTasks();
  const system = createSystem({
    database,
    codeFolder: join(options.folder, 'code'),
    compileCacheFolder: options.compileCacheFolder,
    buckets: { folder: join(options.folder, 'buckets'), given: {} },
    clock,
    processClock: systemClock,
    ids,
    account,
    administratorKeys: [],
    httpClient: options.httpClient ?? noNetwork,
    undefinedRoles: 'refused',
    transport,
    mailFrom: 'Riposte <riposte@localhost>',
    awsUrl: () => awsUrl,
    around: {
      port: (port) => work.watch(port.constructor.name, port),
      taskRunner: (runner) => work.watch('task', mocked.over(runner)),
    },
    report,
  });
  const { executions, events, accountStore, gateway } = system;
  const calls: CallRecord[] = [];
  system.calls.subscribe((call) => void calls.push(call));
  const started = new Map<string, HistoryEvent[]>();
  executions.subscribe(({ executionArn, events: happened }) => {
    const known = started.get(executionArn);
    if (known) known.push(...happened);
    else started.set(executionArn, [...happened]);
  });

  const door = createAwsDoor({
    calls: gateway.calls,
    credentials: gateway.credentials,
    clock,
    ids,
    health: () => ({ status: 'ready' }),
    report,
  });
  await new Promise<void>((opened, failed) => {
    door.server.once('error', failed);
    door.server.listen(0, '127.0.0.1', opened);
  });
  awsUrl = `http://127.0.0.1:${(door.server.address() as AddressInfo).port}`; // listening on TCP, so it is an AddressInfo
  await system.start();

  const deadlineMs = systemClock.now() + options.realTimeMaxMs;
  const settling = {
    isBusy() {
      if (systemClock.now() > deadlineMs) throw stillBusy(options.realTimeMaxMs, clock.now(), work);
      return !work.isNone || !executions.isQuiet();
    },
    pause: () => pause(LOOK_MS),
  };
  const isAnythingOpen = async (): Promise<boolean> => {
    const { executions: running } = await executions.listExecutions({ status: 'RUNNING' }, { maxResults: 1 });
    if (running.length > 0 || (await accountStore.nextNotificationDueMs()) !== undefined) return true;
    return (await events.searchEvents({ status: 'pending' }, { limit: 1 })).events.length > 0;
  };
  const administrator: Caller = {
    kind: 'administrator',
    account,
    arn: `arn:aws:iam::${account}:root`,
    accessKeyId: 'riposte-test',
  };
  return {
    now: () => clock.now(),
    async call(service, operation, input, accessKeyId) {
      const caller = accessKeyId === undefined ? administrator : await callerOf(accessKeyId);
      return gateway.calls.call({ service, operation, input, region, caller });
    },
    mock: (mocks) => mocked.set(mocks),
    unusedMocks: () => mocked.unused(),
    inject: (request) => simulate({ events, clock, ids, account, region }, request),
    async runUntilQuiet() {
      for (;;) {
        await clock.advanceBy(0, settling);
        if (!(await isAnythingOpen())) return;
        const next = clock.nextWakeUpMs;
        if (next === undefined) return;
        await clock.advanceTo(next, settling);
      }
    },
    async advanceBy(ms) {
      await clock.advanceBy(ms, settling);
    },
    executions: () =>
      Promise.all([...started].map(([executionArn, happened]) => describe(executionArn, happened))),
    calls: () => calls,
    mails: () => mails,
    async close() {
      const closing = closeAll();
      const look = () => Promise.race([closing.then(() => true), pause(LOOK_MS, false)]);
      // Rooms that end wait a while for what is under way: that while must pass.
      while (!(await look())) await clock.advanceBy(CLOSING_STEP_MS);
    },
  };

  async function describe(executionArn: string, happened: HistoryEvent[]): Promise<SimulatedExecution> {
    const execution = await executions.describeExecution(executionArn);
    return { ...execution, events: happened, path: happened.flatMap(enteredState) };
  }

  async function closeAll(): Promise<void> {
    await system.stop();
    await door.close();
    await system.idle();
    database.close();
  }

  async function callerOf(accessKeyId: string): Promise<Caller> {
    const credentials = await gateway.credentials.find(accessKeyId);
    if (credentials?.active) return credentials.caller();
    throw new ServiceError(
      'InvalidClientTokenId',
      'The security token included in the request is invalid.',
      403,
    );
  }
}

function stillBusy(realTimeMaxMs: number, nowMs: number, work: WorkInHand): Error {
  return new Error(
    `Not at rest after ${realTimeMaxMs / 1000} s of real time; it is ${new Date(nowMs).toISOString()} in the test. ${
      work.isNone ? 'One thing keeps following another.' : `At work: ${work.describe()}.`
    }`,
  );
}

function enteredState({ stateEnteredEventDetails: entered }: HistoryEvent): string[] {
  return typeof entered?.name === 'string' ? [entered.name] : [];
}
