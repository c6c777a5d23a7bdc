import type { StoreHost, TaskRunner } from '@riposte/engine';

/** Answers `startExecution` by starting the machine, as the gateway does; other tasks by `rest`. */
export function nesting(host: () => StoreHost, rest: TaskRunner['run']): TaskRunner['run'] {
  return async (request, signal) => {
    if (!request.resource.includes('startExecution')) return rest(request, signal);
    const { StateMachineArn, Input } = JSON.parse(request.parameters);
    const { executionArn: parentArn, stateName, taskId, simulated } = request.step;
    const { executionArn, startDate } = await host().startExecution({
      stateMachineArn: StateMachineArn,
      input: JSON.stringify(Input),
      requestKey: taskId,
      origin: { simulated, parent: { executionArn: parentArn, stateName, taskId } },
    });
    const output = JSON.stringify({ ExecutionArn: executionArn, StartDate: startDate });
    return { kind: request.resource.includes('.sync') ? 'submitted' : 'succeeded', output };
  };
}
