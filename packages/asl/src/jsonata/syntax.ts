/** A node of the parser's tree, as far as this room looks at it. Other members are children too. */
export interface Node {
  type: string;
  value?: unknown;
  steps?: Node[];
  arguments?: Node[];
  procedure?: Node;
  lhs?: unknown;
  rhs?: unknown;
  [member: string]: unknown;
}

const OPENING = '{%';
const CLOSING = '%}';

/** What stands between `{%` and `%}` when they are the very ends of a string; undefined for a literal. */
export function expressionIn(text: string): string | undefined {
  if (!text.startsWith(OPENING) || !text.endsWith(CLOSING) || text.length < OPENING.length + CLOSING.length)
    return undefined;
  return text.slice(OPENING.length, -CLOSING.length).trim();
}

export function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}

/** The nodes directly below a value of the tree, wherever they stand in it. */
export function childrenOf(value: object): Node[] {
  return Object.values(value).flatMap(nodesIn);
}

function nodesIn(value: unknown): Node[] {
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return [];
  if (isNode(value)) return [value];
  return Array.isArray(value) ? value.flatMap(nodesIn) : childrenOf(value);
}

/** A node and all below it. */
export function* nodesOf(root: Node): Generator<Node> {
  const pending = [root];
  const seen = new Set<Node>();
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    yield node;
    for (const child of childrenOf(node)) pending.push(child); // may be more than a call takes arguments
  }
}
