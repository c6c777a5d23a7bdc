import type { Json } from '@riposte/json';
import { equalJson, isJsonObject } from '@riposte/json';
import { numberOf } from '@riposte/json';
import { linearPattern } from './filter-patterns.ts';
import type { Path } from './paths.ts';
import type { Scanner } from './scanner.ts';

/** The condition of `[?(…)]`. */
export type Filter =
  | { kind: 'or' | 'and'; parts: Filter[] }
  | { kind: 'not'; part: Filter }
  | { kind: 'exists'; operand: Operand }
  | { kind: 'compare'; left: Operand; operator: string; right: Operand };

type Operand =
  { kind: 'path'; path: Path } | { kind: 'value'; value: Json } | { kind: 'pattern'; pattern: RegExp };

type ReadPath = (scanner: Scanner) => Path;

/**
 * Reads the inside of `(…)`; paths in it are read by `readPath`.
 * @throws SyntaxError
 */
export function parseFilter(scanner: Scanner, readPath: ReadPath): Filter {
  return readChain(scanner, '||', 'or', () =>
    readChain(scanner, '&&', 'and', () => readPart(scanner, readPath)),
  );
}

function readChain(scanner: Scanner, operator: string, kind: 'or' | 'and', read: () => Filter): Filter {
  const parts = [read()];
  scanner.skipSpace();
  while (scanner.take(operator)) {
    parts.push(read());
    scanner.skipSpace();
  }
  return parts.length === 1 ? parts[0]! : { kind, parts }; // one part is there
}

function readPart(scanner: Scanner, readPath: ReadPath): Filter {
  scanner.skipSpace();
  if (scanner.take('!')) return { kind: 'not', part: readPart(scanner, readPath) };
  if (scanner.take('(')) {
    const part = parseFilter(scanner, readPath);
    scanner.skipSpace();
    scanner.expect(')');
    return part;
  }
  const left = readOperand(scanner, readPath);
  scanner.skipSpace();
  const operator = scanner.match(/==|!=|<=|>=|<|>|=~|(?:in|nin|subsetof|anyof|noneof|size|empty)\b/iy);
  if (operator === '') return { kind: 'exists', operand: left };
  scanner.skipSpace();
  return { kind: 'compare', left, operator: operator.toLowerCase(), right: readOperand(scanner, readPath) };
}

function readOperand(scanner: Scanner, readPath: ReadPath): Operand {
  const first = scanner.peek();
  if (first === '@' || first === '$') return { kind: 'path', path: readPath(scanner) };
  if (first === '/') return { kind: 'pattern', pattern: readPattern(scanner) };
  return { kind: 'value', value: readLiteral(scanner) };
}

function readPattern(scanner: Scanner): RegExp {
  const [, body = '', flags = ''] =
    /^\/((?:\\.|[^/\\])*)\/([imsu]*)$/u.exec(scanner.match(/\/(?:\\.|[^/\\])*\/[imsu]*/y)) ?? [];
  if (body === '') scanner.fail('expected a regular expression');
  return linearPattern(body, flags);
}

function readLiteral(scanner: Scanner): Json {
  if (scanner.peek() === "'" || scanner.peek() === '"') return scanner.quoted();
  if (scanner.take('[')) return readList(scanner);
  const number = scanner.match(/-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/y);
  if (number !== '') return Number(number);
  const word = scanner.match(/\w+/y);
  if (word === 'true') return true;
  if (word === 'false') return false;
  if (word === 'null') return null;
  return scanner.fail('expected a value');
}

function readList(scanner: Scanner): Json[] {
  const items: Json[] = [];
  scanner.skipSpace();
  if (scanner.take(']')) return items;
  do {
    scanner.skipSpace();
    items.push(readLiteral(scanner));
    scanner.skipSpace();
  } while (scanner.take(','));
  scanner.expect(']');
  return items;
}

/** Finds what a path of a filter leads to, from the item (`@`) or the document (`$`). */
export type Lookup = (path: Path) => Json | undefined;

/** Whether an item passes. A value that does not fit an operator does not pass. */
export function matchesFilter(filter: Filter, lookup: Lookup): boolean {
  switch (filter.kind) {
    case 'or':
      return filter.parts.some((part) => matchesFilter(part, lookup));
    case 'and':
      return filter.parts.every((part) => matchesFilter(part, lookup));
    case 'not':
      return !matchesFilter(filter.part, lookup);
    case 'exists':
      return valueOf(filter.operand, lookup) !== undefined;
    case 'compare': {
      const left = valueOf(filter.left, lookup);
      if (filter.right.kind === 'pattern')
        return filter.operator === '=~' && typeof left === 'string' && filter.right.pattern.test(left);
      return compare(filter.operator, left, valueOf(filter.right, lookup));
    }
  }
}

function valueOf(operand: Operand, lookup: Lookup): Json | undefined {
  if (operand.kind === 'value') return operand.value;
  return operand.kind === 'path' ? lookup(operand.path) : undefined;
}

function compare(operator: string, left: Json | undefined, right: Json | undefined): boolean {
  if (operator === '!=') return !isSame(left, right);
  if (left === undefined || right === undefined) return operator === '==' && left === right;
  switch (operator) {
    case '==':
      return isSame(left, right);
    case 'in':
      return Array.isArray(right) && contains(right, left);
    case 'nin':
      return Array.isArray(right) && !contains(right, left);
    case 'subsetof':
      return bothLists(left, right, (a, b) => a.every((value) => contains(b, value)));
    case 'anyof':
      return bothLists(left, right, (a, b) => a.some((value) => contains(b, value)));
    case 'noneof':
      return bothLists(left, right, (a, b) => !a.some((value) => contains(b, value)));
    case 'size':
      return sizeOf(left) === (numberOf(right) ?? sizeOf(right));
    case 'empty':
      return sizeOf(left) !== undefined && (sizeOf(left) === 0) === right;
    default:
      return isOrdered(operator, left, right);
  }
}

function isOrdered(operator: string, left: Json, right: Json): boolean {
  const [number, wanted] = [numberOf(left), numberOf(right)];
  if (number !== undefined && wanted !== undefined) return inOrder(operator, number, wanted);
  return typeof left === 'string' && typeof right === 'string' && inOrder(operator, left, right);
}

function inOrder<T extends number | string>(operator: string, left: T, right: T): boolean {
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  if (operator === '>') return left > right;
  return operator === '>=' && left >= right;
}

function isSame(left: Json | undefined, right: Json | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return equalJson(left, right);
}

function contains(list: Json[], value: Json): boolean {
  return list.some((item) => equalJson(item, value));
}

function bothLists(left: Json, right: Json, test: (a: Json[], b: Json[]) => boolean): boolean {
  return Array.isArray(left) && Array.isArray(right) && test(left, right);
}

function sizeOf(value: Json): number | undefined {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return isJsonObject(value) ? Object.keys(value).length : undefined;
}
