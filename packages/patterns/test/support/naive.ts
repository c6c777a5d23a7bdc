/**
 * A matcher that is easy to believe: it tries every choice of list elements. Knows nothing of the room's code, and is
 * far too slow for anything but comparing with it.
 */
type Fields = { [name: string]: Fields | unknown[] };
type Condition = [path: string, alternatives: unknown[]];
/** Which element of which list each leaf lies in: list → element. */
type Leaf = { path: string; value: unknown; elements: ReadonlyMap<object, number> };

export function naiveMatches(pattern: object, event: unknown): boolean {
  const leaves: Leaf[] = [];
  collect(event, '', new Map(), leaves);
  return combinations(pattern as Fields, '').some((conditions) => {
    // of a path that comes twice the last one counts
    const byPath = [...new Map(conditions)].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return holdTogether(byPath, leaves, new Map());
  });
}

function collect(value: unknown, path: string, elements: ReadonlyMap<object, number>, leaves: Leaf[]): void {
  if (Array.isArray(value))
    for (const [index, item] of value.entries()) {
      const isTold = typeof item === 'object' && item !== null;
      collect(item, path, isTold ? new Map([...elements, [value, index]]) : elements, leaves);
    }
  else if (typeof value === 'object' && value !== null)
    for (const [name, member] of Object.entries(value))
      collect(member, path === '' ? name : `${path}.${name}`, elements, leaves);
  else leaves.push({ path, value, elements });
}

function combinations(pattern: Fields, prefix: string): Condition[][] {
  let all: Condition[][] = [[]];
  for (const [name, wanted] of Object.entries(pattern)) {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    let choices: Condition[][];
    if (name === '$or') choices = (wanted as Fields[]).flatMap((branch) => combinations(branch, prefix));
    else choices = Array.isArray(wanted) ? [[[path, wanted]]] : combinations(wanted, path);
    all = all.flatMap((left) => choices.map((right) => left.concat(right)));
  }
  return all;
}

function holdTogether(
  [condition, ...others]: Condition[],
  leaves: Leaf[],
  chosen: ReadonlyMap<object, number>,
): boolean {
  if (!condition) return true;
  const [path, alternatives] = condition;
  const reachable = leaves.filter(
    (leaf) =>
      leaf.path === path &&
      [...leaf.elements].every(([list, index]) => (chosen.get(list) ?? index) === index),
  );
  if (reachable.length === 0) return alternatives.some(wantsAbsence) && holdTogether(others, leaves, chosen);
  return reachable.some(
    (leaf) =>
      alternatives.some((alternative) => accepts(alternative, leaf.value)) &&
      holdTogether(others, leaves, new Map([...chosen, ...leaf.elements])),
  );
}

function wantsAbsence(alternative: unknown): boolean {
  return JSON.stringify(alternative) === '{"exists":false}';
}

function accepts(alternative: unknown, value: unknown): boolean {
  if (typeof alternative !== 'object' || alternative === null) return alternative === value;
  const [[operator, operand] = []] = Object.entries(alternative);
  if (operator === 'exists') return operand === true;
  if (operator === 'anything-but') return !refused(operand).some((other) => accepts(other, value));
  if (operator === 'numeric') return typeof value === 'number' && inRange(operand as unknown[], value);
  if (typeof value !== 'string') return false;
  switch (operator) {
    case 'prefix':
    case 'suffix': {
      const { 'equals-ignore-case': folded } = operand as Record<string, string>;
      const [affix, text] = folded === undefined ? [String(operand), value] : [lower(folded), lower(value)];
      return operator === 'prefix' ? text.startsWith(affix) : text.endsWith(affix);
    }
    case 'equals-ignore-case':
      return lower(value) === lower(String(operand));
    case 'wildcard':
      return operand !== '' && like(String(operand), value);
    case 'cidr': {
      const [network = '', bits] = String(operand).split('/');
      const [a, b] = [address(network), address(value)];
      return a !== undefined && b !== undefined && a >> (32n - BigInt(bits!)) === b >> (32n - BigInt(bits!));
    }
    default:
      throw new Error(`the naive matcher does not know ${operator}`);
  }
}

function refused(operand: unknown): unknown[] {
  if (Array.isArray(operand)) return operand;
  if (typeof operand !== 'object' || operand === null) return [operand];
  const [[operator, inner] = []] = Object.entries(operand);
  return (Array.isArray(inner) ? inner : [inner]).map((item) => ({ [operator!]: item }));
}

function inRange(terms: unknown[], value: number): boolean {
  for (let at = 0; at < terms.length; at += 2) {
    const bound = terms[at + 1] as number;
    const holds = { '<': value < bound, '<=': value <= bound, '>': value > bound, '>=': value >= bound };
    if (!(terms[at] === '=' ? value === bound : holds[terms[at] as '<'])) return false;
  }
  return true;
}

function lower(text: string): string {
  return Array.from(text.toUpperCase(), (character) => character.toLowerCase()).join('');
}

/** One character after the other, trying every length for each star. */
function like(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern[0] === '*')
    return like(pattern.slice(1), text) || (text !== '' && like(pattern, text.slice(1)));
  const [wanted, rest] =
    pattern[0] === '\\' ? [pattern[1], pattern.slice(2)] : [pattern[0], pattern.slice(1)];
  return text[0] === wanted && like(rest, text.slice(1));
}

function address(text: string): bigint | undefined {
  const bytes = text.split('.').map(Number);
  if (bytes.length !== 4 || bytes.some((byte) => !(byte >= 0 && byte < 256))) return undefined;
  return bytes.reduce((all, byte) => (all << 8n) | BigInt(byte), 0n);
}
