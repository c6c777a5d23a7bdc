import { fillInteger, fillJsonata, fillTyped } from '../data/jsonata.ts';
import { integerAt, readPathField } from '../data/evaluation.ts';
import { effectiveInput, leaveWithResult } from '../data/flow.ts';
import { fillTemplate } from '../data/templates.ts';
import { EvaluationFailure, runtimeFailure } from '../errors/failure.ts';
import type { Json, JsonObject } from '@riposte/json';
import { isJsonObject, stringifyJson } from '@riposte/json';
import { boundedConcurrency, DISTRIBUTED_CONCURRENCY_MAX, INLINE_CONCURRENCY_MAX } from '../limits.ts';
import type { MapState as MapDefinition } from '../machine.ts';
import type { StateHandler, Transition, Visit } from './handler.ts';

/** Runs its processor once for each item; the result holds the outputs in item order. */
export const MapState: StateHandler<MapDefinition> = {
  async enter(state, visit) {
    if (visit.language === 'JSONata') return evaluatedIterations(state, visit);
    const input = await effectiveInput(state, visit);
    const items = isReadLater(state, visit) ? [] : itemsOf(state, visit, input);
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

/** Whether the state's iterations are executions of their own. */
export function isDistributed({ ItemProcessor, Iterator }: MapDefinition): boolean {
  return (ItemProcessor ?? Iterator)?.ProcessorConfig?.Mode === 'DISTRIBUTED';
}

/** Items that a reader brings: it sees no ItemsPath and no Items (recorded). */
function isReadLater(state: MapDefinition, visit: Visit): boolean {
  return state.ItemReader !== undefined && visit.itemsRead === undefined;
}

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
  const items = await evaluatedItems(state, visit);
  if (!Array.isArray(items))
    throw new EvaluationFailure(`Map state input must be an array but was: ${stringifyJson(items)}`);
  for (const field of isDistributed(state) ? [] : TOLERATED)
    await fillTyped('number', state[field] ?? 0, field, visit); // means nothing here, but may fail
  const { MaxConcurrency = 0 } = state;
  const wanted = await fillInteger(MaxConcurrency, 'MaxConcurrency', visit, CONCURRENCY);
  return { type: 'iterations', items, isKeyed: false, maxConcurrency: bounded(state, wanted, visit) };
}

async function evaluatedItems(state: MapDefinition, visit: Visit): Promise<Json> {
  if (isReadLater(state, visit)) return [];
  if (visit.itemsRead !== undefined) return visit.itemsRead;
  return state.Items === undefined ? visit.input : fillTyped('array', state.Items, 'Items', visit);
}

const TOLERATED = ['ToleratedFailureCount', 'ToleratedFailurePercentage'] as const;

const CONCURRENCY = { min: 0, max: Number.MAX_SAFE_INTEGER };

function concurrency(state: MapDefinition, visit: Visit, input: Json): number {
  return bounded(
    state,
    state.MaxConcurrencyPath === undefined
      ? Number(state.MaxConcurrency ?? 0) // a number: checked
      : concurrencyAt(state.MaxConcurrencyPath, visit, input),
    visit,
  );
}

/** 0 asks for no limit. */
function bounded(state: MapDefinition, wanted: number, visit: Visit): number {
  visit.observe?.('maxConcurrency', wanted);
  return boundedConcurrency(
    wanted,
    isDistributed(state) ? DISTRIBUTED_CONCURRENCY_MAX : INLINE_CONCURRENCY_MAX,
  );
}

function concurrencyAt(path: string, visit: Visit, input: Json): number {
  const wanted = integerAt(path, 'MaxConcurrency', visit.evaluation(input));
  if (wanted < 0) throw runtimeFailure('MaxConcurrency cannot be negative.');
  return wanted;
}
