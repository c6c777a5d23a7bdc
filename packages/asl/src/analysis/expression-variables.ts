import jsonata from 'jsonata';
import { LANGUAGE_FUNCTIONS } from '../jsonata/compile.ts';
import type { Node } from '../jsonata/syntax.ts';
import { childrenOf, isNode } from '../jsonata/syntax.ts';
import { parseIntrinsic } from '../data/intrinsics/parse.ts';
import { parsePath } from '../data/paths.ts';

/** Variables that a path or an intrinsic call reads, filters included. None for what is neither. */
export function pathVariables(text: string): Set<string> {
  const names = new Set<string>();
  try {
    collectRoots(text.startsWith('$') ? parsePath(text) : parseIntrinsic(text), names);
  } catch {
    // the text is plain
  }
  return names;
}

/** Every path in a parsed expression has a root: `$`, `$$`, `@`, or the name of a variable. */
function collectRoots(parsed: unknown, names: Set<string>): void {
  if (typeof parsed !== 'object' || parsed === null) return;
  if ('root' in parsed && typeof parsed.root === 'string' && !['$', '$$', '@'].includes(parsed.root))
    names.add(parsed.root);
  for (const part of Object.values(parsed)) collectRoots(part, names);
}

/**
 * Variables of the workflow that a JSONata expression reads: those that it does not bind itself.
 * @param assigned  names that the machine assigns somewhere; such a name hides a function of the language
 */
export function jsonataVariables(expression: string, assigned: ReadonlySet<string>): Set<string> {
  const names = new Set<string>();
  try {
    visit(astOf(expression), new Set(['', '$', 'states']));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // nested as deeply as the stack goes: what was found counts
  }
  return names;

  /** @param bound names bound here; a binding adds to it for what follows in the same block */
  function visit(node: Node | undefined, bound: Set<string>): void {
    if (node === undefined) return;
    switch (node.type) {
      case 'variable':
        return read(String(node.value), bound);
      case 'block':
        return visitAll(node, new Set(bound));
      case 'path':
        return visitAll(node, new Set([...bound, ...itemNames(node)]));
      case 'lambda': {
        const parameters = (node.arguments ?? []).map(({ value }) => String(value));
        return visit(node['body'] as Node, new Set([...bound, ...parameters])); // every lambda has a body
      }
      case 'bind':
        return bind(node, bound);
      default:
        return visitAll(node, bound);
    }
  }

  function visitAll(node: Node, bound: Set<string>): void {
    for (const child of childrenOf(node)) visit(child, bound);
  }

  /** A function may call itself; any other value is read before its name is bound. */
  function bind({ lhs, rhs }: Node, bound: Set<string>): void {
    const name = isNode(lhs) ? String(lhs.value) : '';
    const value = isNode(rhs) ? rhs : undefined;
    if (value?.type === 'lambda') bound.add(name);
    visit(value, bound);
    bound.add(name);
  }

  function read(name: string, bound: ReadonlySet<string>): void {
    if (bound.has(name)) return;
    if (assigned.has(name) || !LANGUAGE_FUNCTIONS.has(name)) names.add(name);
  }
}

/** Names that steps of a path give to their items and positions: `@$item`, `#$position`. */
function itemNames(path: Node): string[] {
  const names: unknown[] = [];
  for (const { focus, index, stages } of path.steps ?? []) {
    names.push(focus, index);
    for (const stage of Array.isArray(stages) ? stages : [])
      if (isNode(stage) && stage.type === 'index') names.push(stage.value);
  }
  return names.filter((name) => typeof name === 'string');
}

function astOf(expression: string): Node | undefined {
  try {
    return jsonata(expression).ast() as Node; // the declared type knows fewer members
  } catch {
    return undefined;
  }
}
