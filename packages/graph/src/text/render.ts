import type { State, StateGraph } from '@riposte/asl';
import { captionOf } from '../captions.ts';
import { readMachine, type Drawable } from '../read-machine.ts';
import { stateStatuses, statusOf, type Statuses } from '../statuses.ts';
import { innerGraphs, isEnd, transitionsOf } from '../transitions.ts';

/**
 * A machine as an indented tree for terminals: states in the order in which they come, where each leads, branches
 * and item processors inside. Ends without a line break.
 * @param statuses  puts glyph and words beside each state
 * @throws Error when it is given a text that is no definition
 */
export function renderText(drawable: Drawable, statuses?: Statuses): string {
  return graphLines(readMachine(drawable), statuses).join('\n');
}

function graphLines(graph: StateGraph, statuses: Statuses | undefined): string[] {
  return inOrder(graph).flatMap((name) => {
    const state = graph.States[name];
    return state === undefined ? [] : stateLines(name, state, statuses);
  });
}

function stateLines(name: string, state: State, statuses: Statuses | undefined): string[] {
  const look = statuses === undefined ? undefined : stateStatuses[statusOf(statuses, name)];
  const words = [captionOf(state), ...(look === undefined ? [] : [look.words])].map(clean).join(' · ');
  const lines = [`${look?.glyph ?? '●'} ${clean(name)}  ${words}`];
  innerGraphs(state).forEach((graph, index) => {
    lines.push(state.Type === 'Parallel' ? `    branch ${index + 1}:` : '    each item:');
    for (const line of graphLines(graph, statuses)) lines.push(`    │ ${line}`);
  });
  for (const { kind, target, label } of transitionsOf(state)) {
    const why = kind === 'next' ? '' : kind === 'catch' ? `⚠ ${clean(label)} ` : `${clean(label)} `;
    lines.push(`    ${why}→ ${clean(target)}`);
  }
  if (isEnd(state)) lines.push('    → end');
  return lines;
}

/** The main way first, then the side ways in the order in which they leave it. */
function inOrder(graph: StateGraph): string[] {
  const order = new Set<string>();
  const waiting = [graph.StartAt];
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    let current: string | undefined = name;
    while (current !== undefined && !order.has(current)) {
      order.add(current);
      const state: State | undefined = graph.States[current];
      const targets: string[] = state === undefined ? [] : transitionsOf(state).map(({ target }) => target);
      current = targets.shift();
      waiting.push(...targets);
    }
  }
  // what nothing leads to, in source order
  for (const name of Object.keys(graph.States)) order.add(name);
  return [...order];
}

/** One line, without control characters: a definition must not steer the terminal. */
function clean(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}
