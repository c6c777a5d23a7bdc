import type { Json, JsonObject } from '@riposte/json';
import type { Filter } from './filters.ts';
import { PatternRefused } from './filter-patterns.ts';
import { parseFilter } from './filters.ts';
import { Scanner } from './scanner.ts';

/** A parsed path: where it starts, and the steps from there. */
export interface Path {
  text: string;
  /** `$` the document, `$$` the context object, `@` an item under a filter, else the name of a variable. */
  root: string;
  steps: PathStep[];
  /** At most one value can match. */
  isDefinite: boolean;
}

export type PathStep = PathSelector & {
  /** `..`: from the value and all below it. */
  descends: boolean;
};

export type PathSelector =
  | { kind: 'names'; names: string[] }
  | { kind: 'indexes'; indexes: number[] }
  | { kind: 'slice'; from?: number; to?: number; by: number }
  | { kind: 'wildcard' }
  | { kind: 'filter'; filter: Filter };

/** What paths read from. */
export interface PathSources {
  document: Json;
  context: JsonObject;
  variable(name: string): Json | undefined;
}

const parsed = new Map<string, Path>();
const PARSED_MAX = 4000;

/**
 * Reads a path of JSONPath mode.
 * @throws SyntaxError
 */
export function parsePath(text: string): Path {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const scanner = new Scanner(text);
  const path = readPath(scanner);
  if (!scanner.isAtEnd) scanner.fail('unexpected text after the path');
  if (parsed.size >= PARSED_MAX) parsed.clear();
  parsed.set(text, path);
  return path;
}

export function isPath(text: string): boolean {
  try {
    parsePath(text);
    return true;
  } catch {
    return false;
  }
}

/** Why a path is refused that has the form of one; undefined for any other. */
export function refusedPattern(text: string): string | undefined {
  try {
    parsePath(text);
    return undefined;
  } catch (error) {
    return error instanceof PatternRefused ? error.message : undefined;
  }
}

/** A path that names exactly one place in the document, as ResultPath needs. */
export function isReferencePath(text: string): boolean {
  if (!isPath(text)) return false;
  const path = parsePath(text);
  return path.root === '$' && path.isDefinite && path.steps.every((step) => !isNegativeIndex(step));
}

/** Reads a path that stands at the scanner, up to the first character that cannot belong to it. */
export function readPath(scanner: Scanner): Path {
  const start = scanner.offset;
  const root = readRoot(scanner);
  const steps: PathStep[] = [];
  for (;;) {
    const step = readStep(scanner, root === '@');
    if (step === undefined) break;
    steps.push(step);
  }
  return {
    text: scanner.text.slice(start, scanner.offset),
    root,
    steps,
    isDefinite: steps.every(isDefiniteStep),
  };
}

function readRoot(scanner: Scanner): string {
  if (scanner.take('@')) return '@';
  scanner.expect('$');
  if (scanner.take('$')) return '$$';
  const name = scanner.match(/[\p{ID_Start}_][\p{ID_Continue}]*/uy);
  return name === '' ? '$' : name;
}

function readStep(scanner: Scanner, underFilter: boolean): PathStep | undefined {
  const descends = scanner.take('..');
  if (scanner.take('[')) return { ...readBrackets(scanner), descends };
  if (!descends && !scanner.take('.')) return undefined;
  if (scanner.take('[')) return scanner.fail("unexpected '['");
  const name = readName(scanner, underFilter);
  return name === '*'
    ? { kind: 'wildcard', descends }
    : { kind: 'names', names: [name.replace(/\\(.)/gu, '$1')], descends };
}

const NAME = /(?:\\.|[^.[\](),\s'"\\?@])+/uy;
const NAME_UNDER_FILTER = /(?:\\.|[^.[\](),\s'"\\?@=<>!&|~])+/uy;

function readName(scanner: Scanner, underFilter: boolean): string {
  const name = scanner.match(underFilter ? NAME_UNDER_FILTER : NAME);
  if (name === '') scanner.fail('expected a name');
  // Path functions (`length()`, `sum()`…) are not part of the service's dialect.
  if (scanner.peek() === '(') scanner.fail('path functions are not supported');
  if (name !== '*' && name.includes('*')) scanner.fail("unexpected '*'");
  return name;
}

function readBrackets(scanner: Scanner): PathSelector {
  scanner.skipSpace();
  const selector = readSelector(scanner);
  scanner.skipSpace();
  scanner.expect(']');
  return selector;
}

function readSelector(scanner: Scanner): PathSelector {
  if (scanner.take('*')) return { kind: 'wildcard' };
  if (scanner.take('?')) {
    scanner.skipSpace();
    scanner.expect('(');
    const filter = parseFilter(scanner, readPath);
    scanner.expect(')');
    return { kind: 'filter', filter };
  }
  if (scanner.peek() === "'" || scanner.peek() === '"') return { kind: 'names', names: readNames(scanner) };
  return readIndexes(scanner);
}

function readNames(scanner: Scanner): string[] {
  const names: string[] = [];
  do {
    scanner.skipSpace();
    names.push(scanner.quoted());
    scanner.skipSpace();
  } while (scanner.take(','));
  return names;
}

const INTEGER = /-?\d{1,15}/y;

function readIndexes(scanner: Scanner): PathSelector {
  const first = scanner.match(INTEGER);
  scanner.skipSpace();
  if (scanner.take(':')) return readSlice(scanner, first);
  if (first === '') scanner.fail('expected an index, a name, a slice or a filter');
  const indexes = [Number(first)];
  while (scanner.take(',')) {
    scanner.skipSpace();
    const index = scanner.match(INTEGER);
    if (index === '') scanner.fail('expected an index');
    indexes.push(Number(index));
    scanner.skipSpace();
  }
  return { kind: 'indexes', indexes };
}

function readSlice(scanner: Scanner, from: string): PathSelector {
  scanner.skipSpace();
  const to = scanner.match(INTEGER);
  scanner.skipSpace();
  const by = scanner.take(':') ? scanner.match(INTEGER) : '';
  if (by !== '' && Number(by) < 1) scanner.fail('expected a positive step');
  return {
    kind: 'slice',
    by: by === '' ? 1 : Number(by),
    ...(from !== '' && { from: Number(from) }),
    ...(to !== '' && { to: Number(to) }),
  };
}

function isDefiniteStep(step: PathStep): boolean {
  if (step.descends) return false;
  if (step.kind === 'names') return step.names.length === 1;
  return step.kind === 'indexes' && step.indexes.length === 1;
}

function isNegativeIndex(step: PathStep): boolean {
  return step.kind === 'indexes' && step.indexes.some((index) => index < 0);
}
