import { StateTestRefusal, testState as tryState } from '@riposte/asl';
import type { Environment, StateTask, StateTest, StateTestReport, TaskEnd } from '@riposte/asl';
import type { Clock } from './ports/clock.ts';
import type { Ids } from './ports/ids.ts';
import { ServiceError } from './ports/service-error.ts';
import type { StateTestRequest } from './ports/execution-host.ts';
import type { TaskRunner } from './ports/tasks.ts';

/** The service gives a test five minutes. */
const TEST_MS_MAX = 300_000;

export interface StateTestOptions {
  clock: Clock;
  ids: Ids;
  taskRunner: TaskRunner;
  /** Twelve digits. */
  account: string;
  partition: string;
  environmentAt: (nowMs: number) => Environment;
}

/** The execution that a tested state thinks it is part of. Nothing of it is ever stored. */
interface MadeUpExecution {
  executionArn: string;
  name: string;
  startTimeMs: number;
  stateMachineArn: string;
  stateMachineName: string;
  region: string;
}

/** Tries one state by itself. @throws ServiceError when the request cannot be carried out */
export async function testState(
  options: StateTestOptions,
  request: StateTestRequest,
): Promise<StateTestReport> {
  const { clock } = options;
  const execution = madeUpExecution(options, request.region);
  const deadlineMs = execution.startTimeMs + TEST_MS_MAX;
  const { checkMockedResult } = request;
  try {
    return await tryState(request satisfies StateTest, {
      environment: options.environmentAt(execution.startTimeMs),
      execution,
      runTask: (task) => runTask(options, request, execution, task, deadlineMs),
      waitUntil: (ms) => waitUntil(clock, Math.min(ms, deadlineMs), ms <= deadlineMs),
      ...(checkMockedResult && { checkMockedResult }),
    });
  } catch (error) {
    if (error instanceof StateTestRefusal) throw new ServiceError(error.code, error.message);
    throw error;
  }
}

function madeUpExecution(
  { clock, ids, account, partition }: StateTestOptions,
  region: string,
): MadeUpExecution {
  const stateMachineName = ids.uuid();
  const name = ids.uuid();
  const prefix = `arn:${partition}:states:${region}:${account}`;
  return {
    executionArn: `${prefix}:express:${stateMachineName}:${name}`,
    name,
    startTimeMs: clock.now(),
    stateMachineArn: `${prefix}:stateMachine:${stateMachineName}`,
    stateMachineName,
    region,
  };
}

async function runTask(
  { clock, ids, taskRunner }: StateTestOptions,
  { roleArn, region, isSimulated }: StateTestRequest,
  execution: MadeUpExecution,
  { stateName, resource, parameters, timeoutSeconds }: StateTask,
  deadlineMs: number,
): Promise<TaskEnd> {
  if (roleArn === undefined) throw new Error('A Task was let through without a role');
  const { executionArn, name, stateMachineArn } = execution;
  const abort = new AbortController();
  const untilMs =
    timeoutSeconds === undefined ? deadlineMs : Math.min(deadlineMs, clock.now() + timeoutSeconds * 1000);
  const timedOut = Promise.withResolvers<TaskEnd>();
  const unset = clock.wakeAt(untilMs, () => {
    abort.abort();
    timedOut.resolve({ kind: 'failed', error: 'States.Timeout' });
  });
  const working = taskRunner.run(
    {
      step: {
        executionArn,
        executionName: name,
        stateMachineArn,
        simulated: isSimulated === true,
        stateName,
        visit: 2, // after ExecutionStarted, had there been one
        attempt: 1,
        taskId: ids.uuid(),
      },
      roleArn,
      resource,
      parameters,
      region,
    },
    abort.signal,
  );
  try {
    const outcome = await Promise.race([working, timedOut.promise]);
    // What ends later than its request is not let through without a mock.
    return outcome.kind === 'submitted' ? { kind: 'succeeded', output: outcome.output } : outcome;
  } finally {
    unset();
  }
}

/** @returns whether the instant was reached, or the test gave up before it */
async function waitUntil(clock: Clock, ms: number, isReached: boolean): Promise<boolean> {
  await new Promise<void>((resolve) => {
    clock.wakeAt(ms, resolve);
  });
  return isReached;
}
