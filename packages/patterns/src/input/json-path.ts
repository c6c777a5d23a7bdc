import { ServiceNumber } from '@riposte/json';

/** A step of a path: a name or an index. */
type Step = string | number;

const NAME = /^\.([^.[\]]+)/;
const BRACKET = /^\[(?:(\d+)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/;

/** @returns the steps of `$.detail.list[0]['a b']`, or undefined when the text is not such a path */
export function parseJsonPath(path: string): readonly Step[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: Step[] = [];
  let rest = path.slice(1);
  while (rest !== '') {
    const match = NAME.exec(rest) ?? BRACKET.exec(rest);
    if (!match) return undefined;
    const isIndex = rest.startsWith('[') && match[1] !== undefined;
    steps.push(
      isIndex ? Number(match[1]) : (match[1] ?? match[2] ?? match[3] ?? '').replaceAll(/\\(.)/g, '$1'),
    );
    rest = rest.slice(match[0].length);
  }
  return steps;
}

/** @returns the node, or undefined when the path leads nowhere */
export function resolveJsonPath(root: unknown, steps: readonly Step[]): unknown {
  let node = root;
  for (const step of steps) {
    if (typeof node !== 'object' || node === null || node instanceof ServiceNumber) return undefined;
    if (!Object.hasOwn(node, step)) return undefined;
    // an own property of an object, read by its own name
    node = (node as Record<Step, unknown>)[step];
  }
  return node;
}
