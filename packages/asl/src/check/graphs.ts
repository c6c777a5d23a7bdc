import type { Json, JsonObject } from '@riposte/json';
import { isJsonObject, memberOf } from '@riposte/json';
import type { Findings } from './diagnostic.ts';
import type { FieldTable } from './fields.ts';
import { checkFields } from './fields.ts';
import { anything, object, oneOf, text } from './kinds.ts';
import { childType, isDistributed } from './processors.ts';

/** The states of one States block, with where they stand. */
export interface Graph {
  object: JsonObject;
  /** Slash path; empty for the machine itself. */
  at: string;
  /** What an execution runs that comes here: the machine, or the processor of a distributed Map. */
  runs: { at: string; type: 'STANDARD' | 'EXPRESS' };
}

const GRAPH: FieldTable = { 'States*': object, 'StartAt*': text, Comment: text };

/** All graphs of a definition, the machine first, then those inside its states, outside in. */
export function graphsOf(machine: JsonObject, type: 'STANDARD' | 'EXPRESS'): Graph[] {
  const graphs: Graph[] = [{ object: machine, at: '', runs: { at: '', type } }];
  for (const graph of graphs)
    graphs.push(...statesOf(graph).flatMap(({ state, at }) => innerGraphs(state, at, graph.runs)));
  return graphs;
}

/** The states of one graph that are objects. */
export function statesOf(graph: Graph): { name: string; state: JsonObject; at: string }[] {
  const states = memberOf(graph.object, 'States');
  if (!isJsonObject(states)) return [];
  return Object.entries(states).flatMap(([name, state]) =>
    isJsonObject(state) ? [{ name, state, at: `${graph.at}/States/${name}` }] : [],
  );
}

function innerGraphs(state: JsonObject, at: string, outer: Graph['runs']): Graph[] {
  const branches = state['Type'] === 'Parallel' ? state['Branches'] : undefined;
  const inner: [Json | undefined, string][] = Array.isArray(branches)
    ? branches.map((branch, index): [Json, string] => [branch, `${at}/Branches[${index}]`])
    : [];
  if (state['Type'] === 'Map')
    inner.push([state['ItemProcessor'], `${at}/ItemProcessor`], [state['Iterator'], `${at}/Iterator`]);
  const type = childType(state) === 'EXPRESS' ? 'EXPRESS' : 'STANDARD';
  const isOwn = state['Type'] === 'Map' && isDistributed(state);
  return inner.flatMap(([object, place]) =>
    isJsonObject(object) ? [{ object, at: place, runs: isOwn ? { at: place, type } : outer }] : [],
  );
}

/** The own fields of an inner graph: StartAt and States, and how a Map runs it. */
export function checkInnerGraph(graph: Graph, findings: Findings): void {
  const isProcessor = /\/(ItemProcessor|Iterator)$/.test(graph.at);
  checkFields(
    graph.object,
    { ...GRAPH, ...(isProcessor && { ProcessorConfig: anything }) },
    graph.at,
    findings,
  );
  if (isProcessor) checkProcessorConfig(graph, findings);
}

function checkProcessorConfig(graph: Graph, findings: Findings): void {
  const config = graph.object['ProcessorConfig'];
  if (config === undefined) return;
  const at = `${graph.at}/ProcessorConfig`;
  if (!isJsonObject(config)) return findings.schema('Expected value of type Object', at);
  const type = config['Mode'] === 'DISTRIBUTED' ? 'ExecutionType*' : 'ExecutionType';
  checkFields(
    config,
    { Mode: oneOf('INLINE', 'DISTRIBUTED'), [type]: oneOf('STANDARD', 'EXPRESS') },
    at,
    findings,
  );
}

/** Parallel has branches, Map a processor. */
export function checkContainer(state: JsonObject, at: string, findings: Findings): void {
  if (state['Type'] === 'Parallel' && Object.hasOwn(state, 'Branches')) {
    const branches = state['Branches'];
    if (!Array.isArray(branches)) return findings.schema('Expected value of type Array', `${at}/Branches`);
    if (branches.length === 0) return findings.schema('Value cannot be empty', `${at}/Branches`);
    branches.forEach((branch, index) => {
      if (!isJsonObject(branch)) findings.schema('Expected value of type Object', `${at}/Branches[${index}]`);
    });
  }
  if (state['Type'] !== 'Map') return;
  const fields = ['ItemProcessor', 'Iterator'].filter((field) => Object.hasOwn(state, field));
  if (fields.length === 0) findings.schema('These fields are required: [ItemProcessor]', at);
  for (const field of fields)
    if (!isJsonObject(state[field])) findings.schema('Expected value of type Object', `${at}/${field}`);
}
