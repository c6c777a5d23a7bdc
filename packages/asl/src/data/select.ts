import { runtimeFailure } from '../errors/failure.ts';
import type { Json } from '@riposte/json';
import { isJsonObject, memberOf } from '@riposte/json';
import { matchesFilter } from './filters.ts';
import type { Path, PathSelector, PathSources, PathStep } from './paths.ts';

/** What a path found. */
export type Found =
  | { found: true; value: Json }
  | {
      found: false;
      /** In the words of the service. */
      problem: string;
      /** The last step was an index past the end of an array that is there. */
      isPastEnd: boolean;
    };

/**
 * Reads a path. A definite path gives one value or nothing; any other gives an array of what matched, maybe empty.
 */
export function select(path: Path, sources: PathSources): Found {
  const root = rootOf(path, sources);
  if (root === undefined) return missing(`No results for path: ${path.text}`);
  return path.isDefinite
    ? walk(path, root)
    : { found: true, value: path.steps.reduce((values, step) => selectStep(values, step, root), [root]) };
}

function rootOf(path: Path, sources: PathSources): Json | undefined {
  if (path.root === '$' || path.root === '@') return sources.document;
  if (path.root === '$$') return sources.context;
  return sources.variable(path.root);
}

function walk(path: Path, root: Json): Found {
  let value = root;
  let place = '$';
  for (const [depth, step] of path.steps.entries()) {
    const isLast = depth === path.steps.length - 1;
    if (step.kind === 'names') {
      const name = step.names[0]!; // a definite step has one name
      if (!isJsonObject(value))
        return missing(`Expected to find an object with property ['${name}'] in path ${place}`);
      place += `['${name}']`;
      const member = memberOf(value, name);
      if (member === undefined)
        return missing(isLast ? `No results for path: ${place}` : `Missing property in path ${place}`);
      value = member;
    } else if (step.kind === 'indexes') {
      const index = step.indexes[0]!; // a definite step has one index
      if (!Array.isArray(value)) return missing(`Expected to find an array in path ${place}`);
      place += `[${index}]`;
      const item = value.at(index);
      if (item === undefined) return missing(`Index out of bounds when evaluating path ${place}`, isLast);
      value = item;
    }
  }
  return { found: true, value };
}

function missing(problem: string, isPastEnd = false): Found {
  return { found: false, problem, isPastEnd };
}

/** Values that a path may pass through at one step; `$..*..*` would go far beyond what fits into a payload. */
const SELECTED_MAX = 200_000;

/**
 * All values that one step finds from the given ones. `document` is what `$` means inside a filter.
 * @throws StateFailure States.Runtime when they are more than SELECTED_MAX
 */
function selectStep(values: Json[], step: PathStep, document: Json): Json[] {
  const selected: Json[] = [];
  for (const value of values)
    for (const from of step.descends ? withDescendants(value) : [value]) {
      for (const found of selectFrom(from, step, document)) selected.push(found);
      if (selected.length > SELECTED_MAX)
        throw runtimeFailure(`The path matches more than ${SELECTED_MAX} values.`);
    }
  return selected;
}

function selectFrom(value: Json, selector: PathSelector, document: Json): Json[] {
  switch (selector.kind) {
    case 'names':
      return isJsonObject(value)
        ? selector.names.map((name) => memberOf(value, name)).filter((member) => member !== undefined)
        : [];
    case 'indexes':
      return Array.isArray(value)
        ? selector.indexes.map((index) => value.at(index)).filter((item) => item !== undefined)
        : [];
    case 'slice':
      return Array.isArray(value)
        ? value.slice(selector.from ?? 0, selector.to).filter((_, i) => i % selector.by === 0)
        : [];
    case 'wildcard':
      return children(value);
    case 'filter':
      return (Array.isArray(value) ? value : [value]).filter((item) =>
        matchesFilter(selector.filter, (path) => lookUp(path, path.root === '@' ? item : document)),
      );
  }
}

function lookUp(path: Path, document: Json): Json | undefined {
  const found = select(path, { document, context: {}, variable: () => undefined });
  return found.found ? found.value : undefined;
}

function children(value: Json): Json[] {
  if (Array.isArray(value)) return value;
  return isJsonObject(value) ? Object.values(value) : [];
}

function withDescendants(value: Json): Json[] {
  const all: Json[] = [];
  const pending = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    all.push(next);
    for (const child of children(next).toReversed()) pending.push(child);
  }
  return all;
}
