import type { Node } from './syntax.ts';
import { nodesOf } from './syntax.ts';

/**
 * Functions of the language that take a time or a memory far beyond the size of their arguments, or as long as a
 * pattern likes, in one step that no guard can interrupt.
 */
const STALLING_FUNCTIONS = new Set([
  'contains',
  'distinct',
  'formatInteger',
  'formatNumber',
  'fromMillis',
  'join',
  'match',
  'pad',
  'parseInteger',
  'range',
  'replace',
  'shuffle',
  'sort',
  'split',
  'toMillis',
  'zip',
]);

/** Items that a range of literals may have without leaving the main thread. */
const RANGE_ITEMS_MAX = 10_000;

/** Nodes that are called where they stand, as opposed to functions that are handed on. */
function calledIn(root: Node): Set<unknown> {
  const called = new Set<unknown>();
  for (const node of nodesOf(root)) {
    if (node.type === 'function') called.add(node.procedure);
    if (node.type === 'apply') called.add(node.rhs);
  }
  return called;
}

/**
 * Whether an expression could hold up its thread in one native step. Everything else is made of steps so short that
 * the guards see each of them.
 * @param isFunction  whether a name is that of a function of the language
 */
export function mayStall(root: Node, isFunction: (name: string) => boolean): boolean {
  const called = calledIn(root);
  for (const node of nodesOf(root)) {
    if (node.type === 'regex' || node.type === 'partial') return true;
    if (node.type === 'binary' && node.value === '..' && !isShortRange(node)) return true;
    if (node.type !== 'variable' || typeof node.value !== 'string') continue;
    if (STALLING_FUNCTIONS.has(node.value)) return true;
    // handed to $reduce and the like, a function runs once an item without a guard in between
    if (!called.has(node) && isFunction(node.value)) return true;
  }
  return false;
}

function isShortRange({ lhs, rhs }: Node): boolean {
  const [from, to] = [lhs, rhs].map((end) => {
    const node = end as Node; // operands of a binary node are nodes
    return node.type === 'number' ? Number(node.value) : Number.NaN;
  }) as [number, number];
  return to - from < RANGE_ITEMS_MAX;
}
