import {
  type AccountStore,
  createMessageMover,
  createNotifier,
  type MailTransport,
  type UndefinedRoles,
} from '@riposte/account';
import { type Clock, createExecutionHost, type Ids, type StoreHost, type TaskRunner } from '@riposte/engine';
import {
  createEventService,
  type EventStore,
  type Retention,
  type RunningEventService,
} from '@riposte/events';
import { createCodeStore, createFunctionHost } from '@riposte/functions';
import {
  type BucketFoldersOptions,
  type Buckets,
  createGateway,
  EndpointBuckets,
  type EndpointBucketsOptions,
  FolderBuckets,
  type Gateway,
  type HttpClient,
} from '@riposte/gateway';
import {
  type Database,
  SqliteAccountStore,
  SqliteEngineStore,
  SqliteEventStore,
  SqliteSchedulerStore,
} from '@riposte/store-sqlite';
import type { AccessKey } from './administrator-key.ts';
import { type AnnouncedStore, announceCalls } from './announce-calls.ts';
import { describeEventReport } from './describe-event-report.ts';

export interface SystemOptions {
  database: Database;
  /** Of unpacked code. */
  codeFolder: string;
  compileCacheFolder: string;
  buckets: BucketsOptions;
  /** Of functions, emptied at start. Default: the system's, where nothing is emptied. */
  tempFolder?: string;
  clock: Clock;
  /** Measures function processes where `clock` is not the machine's. */
  processClock?: Clock;
  ids: Ids;
  /** Twelve digits. */
  account: string;
  administratorKeys: readonly AccessKey[];
  undefinedRoles: UndefinedRoles;
  transport: MailTransport;
  /** How long stored events are kept; absent: for ever. */
  retention?: Retention;
  /** Failing targets and quiet rules are told as events. Default: no. */
  watch?: boolean;
  /** Makes requests to HTTP endpoints; default: over the network. */
  httpClient?: HttpClient;
  mailFrom: string;
  /** Address of the AWS door, asked when a function starts. */
  awsUrl: () => string;
  /** Stands between the system and each port that does its work; default: nothing does. */
  around?: SurroundPorts;
  report: (line: string) => void;
}

/** Where the objects of S3 are: in folders, or at an S3-compatible service. */
type BucketsOptions = BucketFoldersOptions | EndpointBucketsOptions;

/** What a system is built over, for whoever wants to watch it or take its place. */
interface SurroundPorts {
  /** Stores, transports, invokers and function hosts. */
  port<T extends object>(port: T): T;
  taskRunner(runner: TaskRunner): TaskRunner;
}

/** All rooms put together, without a door. */
export interface System {
  accountStore: AccountStore;
  calls: AnnouncedStore;
  gateway: Gateway;
  executions: StoreHost;
  events: RunningEventService;
  eventStore: EventStore;
  /** Goes on with what was acknowledged before the last stop. */
  start(): Promise<void>;
  /** Takes no further work and ends function processes. The doors close after it: a function must not find none. */
  stop(): Promise<void>;
  /** After the doors, before the database: what was ended writes its log lines and answers. */
  idle(): Promise<void>;
}

const UNCHANGED: SurroundPorts = { port: (port) => port, taskRunner: (runner) => runner };

export function createSystem(options: SystemOptions): System {
  const { database, clock, ids, account, report, around = UNCHANGED } = options;
  const calls = announceCalls(around.port<AccountStore>(new SqliteAccountStore(database)), report);
  const accountStore = calls.store;
  const codeStore = createCodeStore(options.codeFolder);
  const buckets =
    'endpoint' in options.buckets
      ? new EndpointBuckets(options.buckets)
      : new FolderBuckets({ ...options.buckets, store: accountStore });
  const gateway = createGateway({
    store: accountStore,
    clock,
    ids,
    account,
    administratorKeys: options.administratorKeys,
    codeStore,
    buckets: around.port<Buckets>(buckets),
    undefinedRoles: options.undefinedRoles,
    ...(options.httpClient && { httpClient: options.httpClient }),
    endpointUrl: options.awsUrl,
    services: () => ({ executions, events, functions }),
    report,
  });
  const executions = createExecutionHost({
    store: around.port(new SqliteEngineStore(database)),
    clock,
    ids,
    taskRunner: around.taskRunner(gateway.taskRunner),
    objectStorage: around.port(gateway.objectStorage),
    integrations: gateway.integrations,
    account,
    statusChanges: async ({ region, envelope, simulated }) => {
      await events.injectEvent(region, envelope, { simulated });
    },
    logs: gateway.executionLogs,
    report: (error) => report(`Executions: ${textOf(error)}`),
  });
  const eventStore = around.port<EventStore>(new SqliteEventStore(database));
  const events = createEventService({
    store: eventStore,
    schedulerStore: around.port(new SqliteSchedulerStore(database)),
    clock,
    ids,
    account,
    invoker: around.port(gateway.targetInvoker),
    authorizer: gateway.connectionAuthorizer,
    ...(options.retention && { retention: options.retention }),
    watch: options.watch ?? false,
    report: (event) => report(describeEventReport(event)),
  });
  const functions = around.port(
    createFunctionHost({
      clock,
      ...(options.processClock && { processClock: options.processClock }),
      ids,
      credentials: gateway.credentialsIssuer,
      logs: gateway.logSink,
      codeFolderOf: (codeSha256) => codeStore.folderOf(codeSha256),
      endpointUrl: options.awsUrl,
      compileCacheFolder: options.compileCacheFolder,
      ...(options.tempFolder !== undefined && { tempFolder: options.tempFolder }),
    }),
  );
  const notifier = createNotifier({
    store: accountStore,
    clock,
    transport: around.port(options.transport),
    sendToQueue: (notification) => gateway.sendToQueue(notification),
    from: options.mailFrom,
    report,
  });
  calls.subscribeToNotifications(() => notifier.wake());
  const messageMover = createMessageMover({ store: accountStore, clock, ids, account, report });
  calls.subscribe(({ operation }) => {
    if (operation === 'StartMessageMoveTask') messageMover.wake();
  });

  const closers: (() => Promise<void>)[] = [() => functions.close()];
  return {
    accountStore,
    calls,
    gateway,
    executions,
    events,
    eventStore,
    async start() {
      notifier.start();
      closers.push(() => notifier.close());
      messageMover.start();
      closers.push(() => messageMover.close());
      if (buckets instanceof FolderBuckets) await buckets.removeAbandoned(clock.now());
      await gateway.start();
      await executions.start();
      closers.push(() => executions.close());
      for (const executionArn of await executions.stuckExecutions())
        report(
          `Execution ${executionArn} is open, and nothing is on disk that would ever wake it. This is a mistake of this server, not of the execution: stop it with StopExecution and report it.`,
        );
      await events.start();
      closers.push(() => events.close());
    },
    async stop() {
      gateway.stopWaiting();
      for (const closer of closers.splice(0).toReversed()) await closer();
    },
    async idle() {
      await gateway.idle();
      if (buckets instanceof EndpointBuckets) await buckets.close();
    },
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
