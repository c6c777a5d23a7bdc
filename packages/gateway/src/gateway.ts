import type { AccountStore, UndefinedRoles } from '@riposte/account';
import type { Clock, Ids, TaskRunner } from '@riposte/engine';
import type { TargetInvoker } from '@riposte/events';
import type { CodeStore, CredentialsIssuer, LogSink } from '@riposte/functions';
import type { AwsCalls } from './call.ts';
import type { CredentialLookup } from './credentials.ts';
import { BatchedLogSink } from './logs/log-sink.ts';
import { entries } from './operations/entries.ts';
import { Catalogue } from './pipeline/catalogue.ts';
import type { Services } from './pipeline/operation.ts';
import { CallPipeline } from './pipeline/pipeline.ts';
import { problemLine } from './pipeline/problem-line.ts';
import { AssumedSessions } from './sessions/assumed-sessions.ts';
import { FunctionProcesses } from './sessions/function-processes.ts';
import { GatewayCredentials, type AdministratorKey } from './sessions/lookup.ts';
import { Runs } from './sessions/runs.ts';
import { GatewayTargetInvoker } from './targets/target-invoker.ts';
import { GatewayTaskRunner } from './tasks/task-runner.ts';

export interface GatewayOptions {
  /** Twelve digits. */
  account: string;
  store: AccountStore;
  clock: Clock;
  ids: Ids;
  /** Keys of the person who runs the server. Policies do not bind them. */
  administratorKeys: readonly AdministratorKey[];
  codeStore: CodeStore;
  /** Roles that this account does not define: refused, as on AWS (the default), or free to do anything. */
  undefinedRoles?: UndefinedRoles;
  /** Asked when a call needs them: these rooms are built over the gateway. */
  services: () => Services;
  /** Hears of what no caller is told: bugs, lost log lines. */
  report: (line: string) => void;
}

export interface Gateway {
  /** For the AWS door and for the server itself. */
  calls: AwsCalls;
  credentials: CredentialLookup;
  /** For the function host. */
  credentialsIssuer: CredentialsIssuer;
  logSink: LogSink;
  /** For the engine. */
  taskRunner: TaskRunner;
  /** For the events room. */
  targetInvoker: TargetInvoker;
  /** Resolves when log lines are on disk and all calls, asynchronous invocations too, have ended: before the store closes. */
  idle(): Promise<void>;
}

/** Everything between an AWS call and what it does. See the README for the stages. */
export function createGateway(options: GatewayOptions): Gateway {
  const { account, store, clock, ids, codeStore, services, report, undefinedRoles = 'refused' } = options;
  const runs = new Runs();
  const catalogue = new Catalogue(entries);
  const sessions = { account, store, clock, ids, undefinedRoles };
  const processes = new FunctionProcesses(sessions, runs);
  const logSink = new BatchedLogSink(store, report);
  const background = new Set<Promise<unknown>>();
  const pipeline = new CallPipeline({
    account,
    store,
    clock,
    ids,
    catalogue,
    runs,
    codeStore,
    undefinedRoles,
    services,
    report,
    background(work) {
      const ended = work
        .catch((error: unknown) => report(problemLine('An asynchronous invocation failed', error)))
        .finally(() => background.delete(ended));
      background.add(ended);
    },
  });
  return {
    calls: pipeline,
    credentials: new GatewayCredentials({ ...options, processes, assumed: new AssumedSessions(runs, clock) }),
    credentialsIssuer: processes,
    logSink,
    taskRunner: new GatewayTaskRunner({ ...sessions, pipeline, runs }),
    targetInvoker: new GatewayTargetInvoker({
      ...sessions,
      pipeline,
      roleOfRule: (ruleArn, region) => roleOfRule(services(), ruleArn, region),
    }),
    async idle() {
      await Promise.all(background);
      await pipeline.idle();
      await logSink.flush();
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
