import type { Json, JsonObject } from '@riposte/json';
import { isJsonObject, parseJson, stringifyJson } from '@riposte/json';
import type { MapState, State, StateGraph } from '../machine.ts';
import { isDistributed } from '../states/map.ts';

/** A distributed Map of a definition, and what its children run. */
export interface DistributedMap {
  stateName: string;
  state: MapState;
}

/** All distributed Maps, those within the processors of others included. */
export function distributedMaps(graph: StateGraph): DistributedMap[] {
  const maps: DistributedMap[] = [];
  for (const [stateName, state] of Object.entries(graph.States)) {
    if (state.Type === 'Map' && isDistributed(state)) maps.push({ stateName, state });
    maps.push(...graphsIn(state).flatMap(distributedMaps));
  }
  return maps;
}

/** Names are unique in the whole definition. @throws Error when there is no such Map */
export function findMap(graph: StateGraph, stateName: string): DistributedMap {
  const found = distributedMaps(graph).find((map) => map.stateName === stateName);
  if (found === undefined) throw new Error(`State ${stateName} is no distributed Map of the machine`);
  return found;
}

function graphsIn(state: State): StateGraph[] {
  if (state.Type === 'Parallel') return state.Branches;
  if (state.Type !== 'Map') return [];
  return [state.ItemProcessor, state.Iterator].filter((graph) => graph !== undefined);
}

/**
 * What stands for the state in ARNs: its Label, or one that is always the same for this state of this machine.
 * @param digest  lower-case hex, at least 32 digits
 */
export function labelOf(
  { stateName, state }: DistributedMap,
  stateMachineArn: string,
  digest: (text: string) => string,
): string {
  if (state.Label !== undefined) return state.Label;
  const hex = digest(`${stateMachineArn} ${stateName}`);
  const [, a, b, c, d, e] = /^(.{8})(.{4}).(.{3}).(.{3})(.{12})/.exec(hex) ?? [];
  return `${a}-${b}-5${c}-8${d}-${e}`; // has the form of a UUID made from a name
}

/** The definition that the children of a distributed Map run: its processor, in the language of the whole machine. */
export function processorDefinition(definition: string, stateName: string): string {
  const machine = parseJson(definition);
  const state = isJsonObject(machine) ? stateNamed(machine, stateName) : undefined;
  const processor = state?.['ItemProcessor'] ?? state?.['Iterator'];
  if (!isJsonObject(machine) || !isJsonObject(processor))
    throw new Error(`State ${stateName} is no distributed Map of the machine`);
  const { ProcessorConfig: _, ...graph } = processor;
  const language = machine['QueryLanguage'];
  return stringifyJson({ ...(language !== undefined && { QueryLanguage: language }), ...graph });
}

/** Searched in the text as it was given: nothing that the definition says is lost. */
function stateNamed(graph: JsonObject, stateName: string): JsonObject | undefined {
  const states = graph['States'];
  if (!isJsonObject(states)) return undefined;
  const own = Object.hasOwn(states, stateName) ? states[stateName] : undefined;
  if (isJsonObject(own)) return own;
  for (const state of Object.values(states)) {
    if (!isJsonObject(state)) continue;
    const inner: (Json | undefined)[] = [state['ItemProcessor'], state['Iterator']];
    if (Array.isArray(state['Branches'])) inner.push(...state['Branches']);
    for (const each of inner) {
      const found = isJsonObject(each) ? stateNamed(each, stateName) : undefined;
      if (found) return found;
    }
  }
  return undefined;
}
