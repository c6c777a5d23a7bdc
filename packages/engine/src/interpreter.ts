import {
  formatDiagnostics,
  parseDefinition,
  step,
  type Decision,
  type Environment,
  type ExecutionContext,
  type Integrations,
  type Machine,
  type Signal,
  type Snapshot,
} from '@riposte/asl';
import type { StateMachineType } from './ports/state-machines.ts';

/** The language as the host needs it. */
export interface Interpreter {
  /**
   * @param integrations what this server can carry out; only asked of definitions that are new
   * @returns the machine, or what is wrong with the text, in the service's words
   */
  read(
    definition: string,
    type: StateMachineType,
    integrations?: Integrations,
  ): { machine: Machine } | { problems: string };
  step(
    machine: Machine,
    execution: ExecutionContext,
    snapshot: Snapshot,
    signal: Signal,
    environment: Environment,
  ): Promise<Decision>;
}

export const statesLanguage: Interpreter = {
  read(definition, type, integrations) {
    const { machine, diagnostics } = parseDefinition(definition, {
      type,
      ...(integrations && { integrations }),
    });
    if (machine) return { machine };
    const errors = diagnostics.filter(({ severity }) => severity === 'ERROR');
    return { problems: formatDiagnostics(errors) };
  },
  step,
};
