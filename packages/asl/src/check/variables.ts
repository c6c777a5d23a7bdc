import { plainKey } from '../data/templates.ts';
import type { Json, JsonObject } from '@riposte/json';
import { isJsonObject } from '@riposte/json';
import type { Findings } from './diagnostic.ts';
import type { Graph } from './graphs.ts';
import { statesOf } from './graphs.ts';

/**
 * An inner scope reads the variables of outer ones and must not assign their names: there is no shadowing. Observed:
 * what the catchers of the very state around it assign does not count, since they run when the inner scope is gone.
 * The states inside a distributed Map are executions of their own, with variables of their own.
 */
export function checkVariables(graphs: readonly Graph[], findings: Findings): void {
  const assigned = graphs.map((graph) => ({ graph, assignments: statesOf(graph).flatMap(assignmentsOf) }));
  for (const { graph, assignments } of assigned)
    for (const { name, at } of assignments)
      if (
        assigned.some(
          (other) =>
            encloses(other.graph, graph) &&
            other.assignments.some((a) => a.name === name && !isCaughtAround(a.at, graph)),
        )
      )
        findings.schema(`The variable '${name}' is assigned in an outer scope already`, at);
}

function encloses(outer: Graph, inner: Graph): boolean {
  return inner.at.startsWith(`${outer.at}/States/`) && inner !== outer && inner.runs.at === outer.runs.at;
}

function isCaughtAround(assignAt: string, graph: Graph): boolean {
  const [stateAt, catcher] = assignAt.split('/Catch[');
  return catcher !== undefined && graph.at.startsWith(`${stateAt}/`);
}

function assignmentsOf({ state, at }: { state: JsonObject; at: string }): { name: string; at: string }[] {
  return [
    ...namesIn(state, at),
    ...entriesOf(state['Choices']).flatMap((rule, index) => namesIn(rule, `${at}/Choices[${index}]`)),
    ...entriesOf(state['Catch']).flatMap((catcher, index) => namesIn(catcher, `${at}/Catch[${index}]`)),
  ];
}

function entriesOf(list: Json | undefined): Json[] {
  return Array.isArray(list) ? list : [];
}

function namesIn(holder: Json, at: string): { name: string; at: string }[] {
  const assign = isJsonObject(holder) ? holder['Assign'] : undefined;
  return isJsonObject(assign)
    ? Object.keys(assign).map((key) => ({ name: plainKey(key), at: `${at}/Assign` }))
    : [];
}
