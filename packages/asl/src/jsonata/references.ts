import type { Node } from './syntax.ts';
import { childrenOf, isNode, nodesOf } from './syntax.ts';

/**
 * Names that an expression reads from a context item. A state has none: what stands at the top level can only be a
 * variable, a literal or a call. Steps, predicates, sort terms and groups of a path have the item that they work on.
 * @returns each once, in the order in which they stand
 */
export function bareReferences(root: Node): string[] {
  const names = new Set<string>();
  visit(root, false);
  return [...names];

  function visit(node: Node, hasItem: boolean): void {
    if (node.type === 'path') return visitPath(node, hasItem);
    const name = hasItem ? rootName(node) : bareName(node);
    if (name !== undefined) names.add(name);
    if (node.type === 'transform') for (const child of childrenOf(node)) visit(child, true);
    else visitParts(node, hasItem);
  }

  function visitPath(path: Node, hasItem: boolean): void {
    (path.steps ?? []).forEach((step, index) => visit(step, hasItem || index > 0));
    const { steps: _, type: __, ...rest } = path;
    for (const child of childrenOf(rest)) visit(child, true);
  }

  /** What filters, orders or groups a value sees the value's items. */
  function visitParts(node: Node, hasItem: boolean): void {
    for (const [member, value] of Object.entries(node)) {
      const isOverItems = ['predicate', 'stages', 'group', 'terms'].includes(member);
      for (const child of childrenOf({ value })) visit(child, hasItem || isOverItems);
    }
  }
}

function bareName(node: Node): string | undefined {
  if (node.type === 'name') return String(node.value);
  if (node.type === 'wildcard') return '*';
  if (node.type === 'descendant') return '**';
  if (node.type === 'variable' && node.value === '') return '$';
  return rootName(node);
}

/** `$$` is the context item of the whole expression, wherever it stands. */
function rootName(node: Node): string | undefined {
  return node.type === 'variable' && node.value === '$' ? '$$' : undefined;
}

/** Names of the variables that an expression names: of the workflow, of its own, and functions. */
export function variablesIn(root: Node): Set<string> {
  const names = new Set<string>();
  for (const node of nodesOf(root)) if (node.type === 'variable') names.add(String(node.value));
  return names;
}

/** Members of `$states` that an expression may read; undefined when it may read all of them. */
export function statesMembersIn(root: Node): Set<string> | undefined {
  const members = new Set<string>();
  const inPaths = new Set<Node>();
  for (const node of nodesOf(root)) {
    const [first, second] = node.type === 'path' ? (node.steps ?? []) : [];
    if (!isStates(first) || second?.type !== 'name') continue;
    inPaths.add(first);
    members.add(String(second.value));
  }
  for (const node of nodesOf(root)) if (isStates(node) && !inPaths.has(node)) return undefined;
  return members;
}

function isStates(node: Node | undefined): node is Node {
  return isNode(node) && node.type === 'variable' && node.value === 'states';
}
