import type { SimulatedExecution } from '@riposte/server';
import type { StackRecord } from '@riposte/templates';

/** An execution with the names by which a test may call its machine. */
export interface LabelledExecution extends SimulatedExecution {
  /** Logical id in the template, where it is of the template. */
  machine: string;
  machineName: string;
}

export function labelled(executions: readonly SimulatedExecution[], stack: StackRecord): LabelledExecution[] {
  const logicalIds = new Map(Object.entries(stack.resources).map(([id, { physicalId }]) => [physicalId, id]));
  return executions.map((execution) => {
    const machineName = execution.stateMachineArn.split(':')[6] ?? '';
    return { ...execution, machineName, machine: logicalIds.get(execution.stateMachineArn) ?? machineName };
  });
}
