import { executionArn as toExecutionArn, parseStateMachineArn, stateMachineDoesNotExist } from './arn.ts';
import { checkExecutionInput, checkName } from './checks.ts';
import type { ExecutionLoop, Opening } from './host/execution-loop.ts';
import type { LiveExecution } from './host/live-execution.ts';
import type { Clock } from './ports/clock.ts';
import type { Execution, StartExecution } from './ports/execution-host.ts';
import type { Ids } from './ports/ids.ts';
import { ServiceError } from './ports/service-error.ts';
import type { NewExecution, Store } from './ports/store.ts';

interface Started {
  executionArn: string;
  startDate: number;
}

export interface StartOptions {
  store: Store;
  clock: Clock;
  ids: Ids;
  loop: ExecutionLoop;
}

/** Starts an execution, or answers with the one that the same request has started already. */
export async function startExecution(options: StartOptions, request: StartExecution): Promise<Started> {
  const { store, ids, clock, loop } = options;
  const { stateMachineArn, requestKey, input = '{}' } = request;
  const machineArn = parseStateMachineArn(stateMachineArn);
  const name = request.name ?? ids.uuid();
  checkName(name);
  checkExecutionInput(input);
  const machine = (await store.stateMachine(stateMachineArn))?.stateMachine;
  const created = (): NewExecution => {
    if (!machine) throw stateMachineDoesNotExist(stateMachineArn);
    return {
      executionArn,
      stateMachineArn,
      name,
      startDate: clock.now(),
      input,
      roleArn: machine.roleArn,
      definition: machine.definition,
      origin: request.origin ?? { simulated: false },
      ...(request.traceHeader !== undefined && { traceHeader: request.traceHeader }),
      ...(requestKey !== undefined && { requestKey }),
    };
  };
  const executionArn = toExecutionArn(machineArn, name);
  return loop.deliver(executionArn, async (live): Promise<Opening<Started>> => {
    const earlier = await startedBefore(store, requestKey);
    if (earlier) return { answer: () => earlier };
    if (live) return { answer: () => startedUnderThisName(live, input) };
    return { signal: { type: 'start' }, created: created(), reply: toStarted };
  });
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
