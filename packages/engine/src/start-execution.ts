import { executionArn as toExecutionArn, parseQualifiedArn } from './arn.ts';
import { checkExecutionInput, checkName, typeNotSupported } from './checks.ts';
import type { ExpressExecutions } from './express.ts';
import type { ExecutionLoop, Opening } from './host/execution-loop.ts';
import type { LiveExecution } from './host/live-execution.ts';
import type { Clock } from './ports/clock.ts';
import type { ExecutionHost } from './ports/execution-host.ts';
import type { Execution, StartExecution, SyncExecution } from './ports/executions.ts';
import { ServiceError } from './ports/service-error.ts';
import type { NewExecution, Store } from './ports/store.ts';
import { findStartTarget, type StartTarget, type StartTargetOptions } from './start-target.ts';

interface Started {
  executionArn: string;
  startDate: number;
}

export interface StartOptions extends StartTargetOptions {
  clock: Clock;
  loop: ExecutionLoop;
  express: ExpressExecutions;
}

/** Starts an execution, or answers with the one that the same request has started already. */
export async function startExecution(options: StartOptions, request: StartExecution): Promise<Started> {
  const { store, ids, clock, loop } = options;
  const { stateMachineArn, requestKey, input = '{}' } = request;
  const machineArn = parseQualifiedArn(stateMachineArn);
  const name = request.name ?? ids.uuid();
  checkName(name);
  checkExecutionInput(input);
  const executionArn = toExecutionArn(machineArn, name);
  // what is gone starts nothing, but a repeated request still gets its answer
  const target = await findStartTarget(options, stateMachineArn).catch((error: unknown) => {
    if (error instanceof ServiceError) return error;
    throw error;
  });
  if (!(target instanceof ServiceError) && target.machine.type === 'EXPRESS') {
    const { executionArn: express, startDate } = options.express.start(target, {
      name,
      input,
      origin: request.origin ?? { simulated: false },
    });
    return { executionArn: express, startDate };
  }
  const created = (): NewExecution => {
    if (target instanceof ServiceError) throw target;
    return {
      ...namesOf(target),
      executionArn,
      name,
      startDate: clock.now(),
      input,
      origin: request.origin ?? { simulated: false },
      ...(request.traceHeader !== undefined && { traceHeader: request.traceHeader }),
      ...(requestKey !== undefined && { requestKey }),
    };
  };
  return loop.deliver(executionArn, async (live): Promise<Opening<Started>> => {
    const earlier = await startedBefore(store, requestKey);
    if (earlier) return { answer: () => earlier };
    if (live) return { answer: () => startedUnderThisName(live, input) };
    return { signal: { type: 'start' }, created: created(), reply: toStarted };
  });
}

/** Runs an express machine and waits for its end. */
export async function startSyncExecution(
  options: StartTargetOptions & { express: ExpressExecutions },
  request: Parameters<ExecutionHost['startSyncExecution']>[0],
): Promise<SyncExecution> {
  const { input = '{}', name = options.ids.uuid(), origin = { simulated: false } } = request;
  parseQualifiedArn(request.stateMachineArn);
  checkName(name);
  checkExecutionInput(input);
  const target = await findStartTarget(options, request.stateMachineArn);
  if (target.machine.type !== 'EXPRESS') throw typeNotSupported();
  const { executionArn, startDate, ended } = options.express.start(target, { name, input, origin });
  const { stateMachineArn } = target;
  return { executionArn, stateMachineArn, name, startDate, input, ...(await ended) };
}

function namesOf({ machine, ...names }: StartTarget) {
  const { roleArn, definition, updateDate, revisionId, settings } = machine;
  return {
    ...names,
    roleArn,
    definition,
    machine: { updateDate, ...(revisionId !== undefined && { revisionId }), ...(settings && { settings }) },
  };
}

async function startedBefore(store: Store, requestKey: string | undefined): Promise<Started | undefined> {
  if (requestKey === undefined) return undefined;
  const executionArn = await store.findByRequestKey(requestKey);
  const execution = executionArn === undefined ? undefined : await store.describe(executionArn);
  return execution && toStarted(execution);
}

function startedUnderThisName({ execution }: LiveExecution, input: string): Started {
  if (execution.status === 'RUNNING' && execution.input === input) return toStarted(execution);
  throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${execution.executionArn}'`);
}

function toStarted({ executionArn, startDate }: Execution): Started {
  return { executionArn, startDate };
}
