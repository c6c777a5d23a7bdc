import {
  appendLogEvents,
  expireLogs,
  forgetExpiredSessions,
  type AccountStore,
  type Notification,
  type UndefinedRoles,
} from '@riposte/account';
import type { Integrations } from '@riposte/asl';
import type { Clock, ExecutionLogs, Ids, ObjectStorage, TaskRunner } from '@riposte/engine';
import type { ConnectionAuthorizer, TargetInvoker } from '@riposte/events';
import type { CodeStore, CredentialsIssuer, LogSink } from '@riposte/functions';
import type { Buckets } from './buckets/buckets.ts';
import type { AwsCalls } from './call.ts';
import type { CredentialLookup } from './credentials.ts';
import { ConnectionRequests } from './http/connection-requests.ts';
import { type HttpClient, networkClient } from './http/http-client.ts';
import { AsyncInvocations } from './invocations/async-invocations.ts';
import { sendToQueue } from './queues/notifications.ts';
import { QueueReceiver } from './queues/queue-receiver.ts';
import { ExecutionLogSink } from './logs/execution-log-sink.ts';
import { HeldBatches } from './logs/held-batches.ts';
import { entries } from './operations/entries.ts';
import { Catalogue } from './pipeline/catalogue.ts';
import type { Services } from './pipeline/operation.ts';
import { CallPipeline } from './pipeline/pipeline.ts';
import { AssumedSessions } from './sessions/assumed-sessions.ts';
import { FunctionProcesses } from './sessions/function-processes.ts';
import { GatewayCredentials, type AdministratorKey } from './sessions/lookup.ts';
import { Runs } from './sessions/runs.ts';
import { GatewayTargetInvoker } from './targets/target-invoker.ts';
import { invokeHttpEndpoint } from './tasks/http/invoke.ts';
import { integrations } from './tasks/support.ts';
import { GatewayObjectStorage } from './tasks/object-storage.ts';
import { GatewayTaskRunner } from './tasks/task-runner.ts';

/** What the gateway stands on. */
export interface GatewayOptions {
  /** Twelve digits. */
  account: string;
  store: AccountStore;
  clock: Clock;
  ids: Ids;
  /** Keys of the person who runs the server. Policies do not bind them. */
  administratorKeys: readonly AdministratorKey[];
  codeStore: CodeStore;
  /** Where the objects of S3 are. */
  buckets: Buckets;
  /** Roles that this account does not define: refused, as on AWS (the default), or free to do anything. */
  undefinedRoles?: UndefinedRoles;
  /** Address of the AWS door for calls that come from inside; addresses of queues begin with it. */
  endpointUrl?: () => string;
  /** Asked when a call needs them: these rooms are built over the gateway. */
  services: () => Services;
  /** Makes requests to HTTP endpoints; default: over the network. */
  httpClient?: HttpClient;
  /** Hears of what no caller is told: bugs, lost log lines. */
  report: (line: string) => void;
}

/** The gateway, as each room sees it. */
export interface Gateway {
  /** For the AWS door and for the server itself. */
  calls: AwsCalls;
  credentials: CredentialLookup;
  /** For the function host. */
  credentialsIssuer: CredentialsIssuer;
  logSink: LogSink;
  /** For the engine. */
  taskRunner: TaskRunner;
  objectStorage: ObjectStorage;
  /** For the engine too: which resources of Task states can be carried out here. */
  integrations: Integrations;
  /** And where executions are logged. */
  executionLogs: ExecutionLogs;
  /** For the events room. */
  targetInvoker: TargetInvoker;
  connectionAuthorizer: ConnectionAuthorizer;
  /** Goes on with the asynchronous invocations that an earlier run of the server accepted; sessions that ended are forgotten. */
  start(): Promise<void>;
  /** For the notifier: messages of topics to queues. */
  sendToQueue(notification: Notification): Promise<void>;
  /** Requests that wait for messages are answered with nothing, so that the door can close. */
  stopWaiting(): void;
  /** Takes no further asynchronous invocations; resolves when those under way have ended and log lines are on disk: before the store is closed. */
  idle(): Promise<void>;
}

/** Everything between an AWS call and what it does. See the README for the stages. */
export function createGateway(options: GatewayOptions): Gateway {
  const {
    account,
    store,
    clock,
    ids,
    codeStore,
    buckets,
    services,
    report,
    undefinedRoles = 'refused',
  } = options;
  const runs = new Runs();
  const catalogue = new Catalogue([
    ...entries,
    { kind: 'service', operation: invokeHttpEndpoint(clock, options.httpClient ?? networkClient) },
  ]);
  const sessions = { account, store, clock, ids, undefinedRoles };
  const processes = new FunctionProcesses(sessions, runs);
  const logSink = new HeldBatches<Parameters<LogSink['append']>[0]>({
    store,
    write: (transaction, batches) => {
      for (const batch of batches) appendLogEvents(transaction, batch);
    },
    what: 'log lines of functions',
    report,
  });
  const executionLogs = new ExecutionLogSink(store, clock, report);
  const asyncInvocations = new AsyncInvocations({
    store,
    clock,
    functions: () => services().functions,
    report,
  });
  const queues = new QueueReceiver(store, clock);
  const connectionRequests = new ConnectionRequests({
    client: options.httpClient ?? networkClient,
    clock,
    authorized: (arn, refusal) => services().events.connectionAuthorized(arn, refusal),
  });
  const pipeline = new CallPipeline({
    account,
    store,
    clock,
    ids,
    catalogue,
    runs,
    codeStore,
    buckets,
    undefinedRoles,
    services,
    report,
    asyncInvocations,
    connectionRequests,
    queues,
    ...(options.endpointUrl && { endpointUrl: options.endpointUrl }),
  });
  return {
    calls: pipeline,
    credentials: new GatewayCredentials({ ...options, processes, assumed: new AssumedSessions(runs, clock) }),
    credentialsIssuer: processes,
    logSink,
    objectStorage: new GatewayObjectStorage({ ...sessions, pipeline }),
    executionLogs,
    taskRunner: new GatewayTaskRunner({ ...sessions, pipeline, runs }),
    integrations,
    targetInvoker: new GatewayTargetInvoker({
      ...sessions,
      pipeline,
      rateOf: async (arn) => (await services().events.apiDestinationByArn(arn))?.InvocationRateLimitPerSecond,
      roleOfRule: (ruleArn, region) => roleOfRule(services(), ruleArn, region),
    }),
    connectionAuthorizer: connectionRequests,
    async start() {
      await store.transaction((transaction) => {
        forgetExpiredSessions(transaction, clock.now());
        expireLogs(transaction, clock.now());
      });
      await asyncInvocations.start();
    },
    sendToQueue: (notification) => sendToQueue(pipeline, account, notification),
    stopWaiting: () => queues.stop(),
    async idle() {
      await asyncInvocations.stop();
      await pipeline.idle();
      await logSink.flush();
      await executionLogs.flush();
    },
  };
}

/** `rule/<name>` on the default bus, `rule/<bus>/<name>` elsewhere. */
async function roleOfRule(
  { events }: Services,
  ruleArn: string,
  region: string,
): Promise<string | undefined> {
  const path = ruleArn.slice(ruleArn.indexOf(':rule/') + ':rule/'.length).split('/');
  const rule = await events.describeRule(region, path.at(-1)!, path.length > 1 ? path[0] : undefined);
  return rule.RoleArn;
}
