import { parseDefinition, parseState, STATE_ALONE } from '../check/definition.ts';
import type { ParsedDefinition } from '../check/definition.ts';
import { formatDiagnostics } from '../check/diagnostic.ts';
import type { Machine, State, StateGraph } from '../machine.ts';
import type { StateTest } from './contract.ts';
import { invalid, StateTestRefusal } from './contract.ts';

/** The state under test. */
export interface Subject {
  name: string;
  state: State;
  language: 'JSONPath' | 'JSONata';
  /** It runs once for each item of some Map. */
  isInMap: boolean;
}

/**
 * Reads the definition and finds the state.
 * @throws StateTestRefusal
 */
export function readSubject({ definition, stateName }: StateTest): Subject {
  const machine = readMachine(stateName === undefined ? parseState(definition) : parseDefinition(definition));
  const name = stateName ?? STATE_ALONE;
  const found = locate(machine, name, false);
  if (found === undefined) throw invalid('State not found in definition');
  return { ...found, name, language: found.state.QueryLanguage ?? machine.QueryLanguage ?? 'JSONPath' };
}

function readMachine({ machine, diagnostics }: ParsedDefinition): Machine {
  if (machine !== undefined) return machine;
  const errors = diagnostics.filter(({ severity }) => severity === 'ERROR');
  throw new StateTestRefusal(
    'InvalidDefinition',
    `Invalid State Machine Definition: '${formatDiagnostics(errors)}'`,
  );
}

/** Names are unique in the whole definition. */
export function locate(
  graph: StateGraph,
  name: string,
  isInMap: boolean,
): Pick<Subject, 'state' | 'isInMap'> | undefined {
  for (const [own, state] of Object.entries(graph.States)) {
    if (own === name) return { state, isInMap };
    for (const inner of innerGraphs(state)) {
      const found = locate(inner, name, isInMap || state.Type === 'Map');
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

export function innerGraphs(state: State): StateGraph[] {
  if (state.Type === 'Parallel') return state.Branches;
  if (state.Type !== 'Map') return [];
  return [state.ItemProcessor, state.Iterator].filter((graph) => graph !== undefined);
}
