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
  /** Aborted when the host closes. */
  closing: AbortSignal;
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
  const limit: Limit = {
    deadlineMs: execution.startTimeMs + TEST_MS_MAX,
    gone: AbortSignal.any([options.closing, ...(request.signal ? [request.signal] : [])]),
  };
  const { checkMockedResult } = request;
  try {
    return await tryState(request satisfies StateTest, {
      environment: options.environmentAt(execution.startTimeMs),
      execution,
      runTask: (task) => runTask(options, request, execution, task, limit),
      waitUntil: (ms) => wakeUp(clock, ms, limit).ended,
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
  { stateName, resource, parameters, timeoutSeconds, taskRoleArn, trace }: StateTask,
  limit: Limit,
): Promise<TaskEnd> {
  if (roleArn === undefined) throw new Error('A Task was let through without a role');
  const { executionArn, name, stateMachineArn } = execution;
  const abort = new AbortController();
  const untilMs = timeoutSeconds === undefined ? limit.deadlineMs : clock.now() + timeoutSeconds * 1000;
  const waiting = wakeUp(clock, untilMs, limit);
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
      ...(taskRoleArn !== undefined && { taskRoleArn }),
      ...(trace && { trace }),
    },
    abort.signal,
  );
  const outcome = await Promise.race([working, waiting.ended]);
  waiting.unset();
  if (typeof outcome === 'boolean') {
    abort.abort();
    return { kind: 'failed', error: 'States.Timeout' };
  }
  // What ends later than its request is not let through without a mock.
  return outcome.kind === 'submitted' ? { kind: 'succeeded', output: outcome.output } : outcome;
}

/** When a test ends, whatever it is at. */
interface Limit {
  deadlineMs: number;
  /** Aborted when nobody waits for the answer any more. */
  gone: AbortSignal;
}

/** `ended` resolves at the instant, or when the test has to end; true for the former. */
function wakeUp(
  clock: Clock,
  atMs: number,
  { deadlineMs, gone }: Limit,
): { ended: Promise<boolean>; unset: () => void } {
  const { promise: ended, resolve } = Promise.withResolvers<boolean>();
  const unset = clock.wakeAt(Math.min(atMs, deadlineMs), () => resolve(atMs <= deadlineMs));
  const giveUp = (): void => {
    unset();
    resolve(false);
  };
  if (gone.aborted) giveUp();
  else gone.addEventListener('abort', giveUp, { once: true });
  return {
    ended,
    unset() {
      unset();
      gone.removeEventListener('abort', giveUp);
    },
  };
}
