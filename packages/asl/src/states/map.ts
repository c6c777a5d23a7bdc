import { fillInteger, fillJsonata, fillTyped } from '../data/jsonata.ts';
import { readPathField } from '../data/evaluation.ts';
import { effectiveInput, leaveWithResult } from '../data/flow.ts';
import { fillTemplate } from '../data/templates.ts';
import { EvaluationFailure, runtimeFailure } from '../errors/failure.ts';
import type { Json, JsonObject } from '../json.ts';
import { isJsonObject, stringifyJson } from '../json.ts';
import { INLINE_CONCURRENCY_MAX } from '../limits.ts';
import type { MapState as MapDefinition } from '../machine.ts';
import type { StateHandler, Transition, Visit } from './handler.ts';

/** Runs its processor once for each item; the result holds the outputs in item order. */
export const MapState: StateHandler<MapDefinition> = {
  async enter(state, visit) {
    if (visit.language === 'JSONata') return evaluatedIterations(state, visit);
    const input = await effectiveInput(state, visit);
    const items = itemsOf(state, visit, input);
    const maxConcurrency = concurrency(state, visit, input);
    if (Array.isArray(items)) return { type: 'iterations', items, isKeyed: false, maxConcurrency };
    const pairs = Object.entries(items).map(([Key, Value]) => ({ Key, Value }));
    return { type: 'iterations', items: pairs, isKeyed: true, maxConcurrency };
  },
  async complete(state, visit, results) {
    const { Parameters: _, ...fields } = state; // here the older name of ItemSelector
    return { type: 'exit', left: await leaveWithResult(fields, visit, results), next: state.Next };
  },
};

/** An array, or an object of which each member is an item; the context object and what it holds are no such objects. */
function itemsOf(state: MapDefinition, visit: Visit, input: Json): Json[] | JsonObject {
  const { ItemsPath: path = '$' } = state;
  const items =
    visit.itemsRead ??
    (state.ItemsPath === undefined ? input : readPathField(state.ItemsPath, visit.evaluation(input)));
  const isContext = path.startsWith('$$');
  if (!Array.isArray(items) && (isContext || !isJsonObject(items)))
    // The service names a path into the context object by its part below that.
    throw runtimeFailure(`Reference path "${isContext ? path.slice(1) : path}" must point to array.`);
  visit.observe?.('afterItemsPath', items);
  return items;
}

/**
 * The input of one iteration: the item, or ItemSelector filled in over the Map's effective input.
 * @param visit  of the Map, with this item in its context object
 */
export async function iterationInput(state: MapDefinition, visit: Visit, item: Json): Promise<Json> {
  const selector = state.ItemSelector ?? state.Parameters;
  if (visit.language === 'JSONata')
    return selector === undefined ? item : fillJsonata(selector, 'ItemSelector', visit);
  return selector === undefined
    ? item
    : fillTemplate(selector, visit.evaluation(await effectiveInput(state, visit)));
}

async function evaluatedIterations(state: MapDefinition, visit: Visit): Promise<Transition> {
  const items =
    visit.itemsRead ??
    (state.Items === undefined ? visit.input : await fillTyped('array', state.Items, 'Items', visit));
  if (!Array.isArray(items))
    throw new EvaluationFailure(`Map state input must be an array but was: ${stringifyJson(items)}`);
  for (const field of ['ToleratedFailureCount', 'ToleratedFailurePercentage'] as const)
    await fillTyped('number', state[field] ?? 0, field, visit); // means nothing here, but may fail
  const { MaxConcurrency = 0 } = state;
  const wanted = await fillInteger(MaxConcurrency, 'MaxConcurrency', visit, CONCURRENCY);
  return { type: 'iterations', items, isKeyed: false, maxConcurrency: bounded(wanted, visit) };
}

const CONCURRENCY = { min: 0, max: Number.MAX_SAFE_INTEGER };

function concurrency(state: MapDefinition, visit: Visit, input: Json): number {
  return bounded(
    state.MaxConcurrencyPath === undefined
      ? Number(state.MaxConcurrency ?? 0) // a number: checked
      : integerAt(state.MaxConcurrencyPath, visit, input),
    visit,
  );
}

/** 0 asks for no limit. */
function bounded(wanted: number, visit: Visit): number {
  visit.observe?.('maxConcurrency', wanted);
  return wanted === 0 ? INLINE_CONCURRENCY_MAX : Math.min(wanted, INLINE_CONCURRENCY_MAX);
}

function integerAt(path: string, visit: Visit, input: Json): number {
  const value = readPathField(path, visit.evaluation(input));
  const text = typeof value === 'string' ? value : stringifyJson(value);
  if (!/^-?\d{1,15}$/.test(text))
    throw runtimeFailure(
      `The MaxConcurrencyPath field refers to value "${text}" which is not a valid integer: ${path}`,
    );
  if (Number(text) < 0) throw runtimeFailure('MaxConcurrency cannot be negative.');
  return Number(text);
}
