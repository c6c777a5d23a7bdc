import type { Json, JsonObject } from '@riposte/json';
import { isJsonObject, memberOf } from '@riposte/json';
import type { Findings } from './diagnostic.ts';
import type { Graph } from './graphs.ts';
import { statesOf } from './graphs.ts';

interface Target {
  name: string;
  at: string;
}

/**
 * Targets exist in the same States block; some state ends it; every state can be reached. A graph without an end is
 * not walked for the last.
 */
export function checkTransitions(graph: Graph, findings: Findings): void {
  const states = new Map(statesOf(graph).map((entry) => [entry.name, entry]));
  const start = memberOf(graph.object, 'StartAt');
  const targets = [...states.values()].flatMap(({ state, at }) => targetsOf(state, at));
  if (typeof start === 'string') targets.unshift({ name: start, at: `${graph.at}/StartAt` });
  for (const { name, at } of targets)
    if (!states.has(name)) findings.add('MISSING_TRANSITION_TARGET', `Missing 'Next' target: ${name}`, at);
  if (![...states.values()].some(({ state }) => isTerminal(state)))
    return findings.add('MISSING_END_STATE', 'Workflow has no terminal state');
  if (typeof start !== 'string') return;
  const reached = new Set<string>();
  const pending = [start];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const entry = states.get(name);
    if (entry === undefined || reached.has(name)) continue;
    reached.add(name);
    pending.push(...targetsOf(entry.state, entry.at).map((target) => target.name));
  }
  for (const { name, at } of states.values())
    if (!reached.has(name))
      findings.add('MISSING_TRANSITION_TARGET', `State "${name}" is not reachable.`, at);
}

function isTerminal(state: JsonObject): boolean {
  return state['End'] === true || state['Type'] === 'Succeed' || state['Type'] === 'Fail';
}

/** All states that one leads to, by whatever field. */
function targetsOf(state: JsonObject, at: string): Target[] {
  return [
    ...targetOf(state, 'Next', at),
    ...(state['Type'] === 'Choice' ? targetsIn(state['Choices'], `${at}/Choices`) : []),
    ...(state['Type'] === 'Choice' ? targetOf(state, 'Default', at) : []),
    ...targetsIn(state['Catch'], `${at}/Catch`),
  ];
}

function targetOf(object: JsonObject, field: string, at: string): Target[] {
  const name = memberOf(object, field);
  return typeof name === 'string' ? [{ name, at: `${at}/${field}` }] : [];
}

function targetsIn(list: Json | undefined, at: string): Target[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry, index) =>
    isJsonObject(entry) ? targetOf(entry, 'Next', `${at}[${index}]`) : [],
  );
}
