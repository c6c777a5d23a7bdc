import type { Evaluation } from '../data/evaluation.ts';
import { dataLimitCause, StateFailure } from '../errors/failure.ts';
import { failureCause } from '../errors/place.ts';
import { batchesOf } from '../items/batches.ts';
import type { Json, JsonObject } from '@riposte/json';
import { memberOf, stringifyJson, utf8Length } from '@riposte/json';
import { PAYLOAD_BYTES_MAX } from '../limits.ts';
import type { Machine, QueryLanguage } from '../machine.ts';
import type { Visit } from '../states/handler.ts';
import { iterationInput } from '../states/map.ts';
import type { Environment } from '../step/contract.ts';
import { MapRunFailure } from './failure.ts';
import type { MapRunPlan } from './plan.ts';
import { findMap } from './processor.ts';

/** What one child execution is started with. */
export interface ChildInput {
  /** JSON text. */
  input: string;
  itemCount: number;
}

/** Where the items of a Map Run come from. */
export interface ItemSource {
  items: AsyncIterable<Json> | Iterable<Json>;
  /** `Map.Item.Source` of the item that came last: `STATE_DATA`, `S3://bucket` or `S3://bucket/key`. */
  source: () => string;
  /** Whether the item that came last is a `{Key, Value}`, the member of an object. */
  isKeyed: () => boolean;
}

/**
 * The inputs of the child executions: ItemSelector filled in for each item, then batched.
 * @param machine  that the Map state stands in
 * @param source  the items of the plan, or those that a reader brings
 * @param environment  of the next item: how much is evaluated in place is counted for each
 * @throws MapRunFailure, also for a StateFailure of the items' own
 */
export async function* childInputs(
  machine: Machine,
  plan: MapRunPlan,
  source: ItemSource,
  environment: () => Environment,
): AsyncGenerator<ChildInput, void, undefined> {
  try {
    const inputs = selectedItems(machine, plan, source, environment);
    if (plan.batcher) yield* batchesOf(inputs, plan.batcher, plan.batcher.batchInput);
    else for await (const input of inputs) yield { input: inputText(plan, input), itemCount: 1 };
  } catch (error) {
    if (!(error instanceof StateFailure)) throw error;
    throw new MapRunFailure(error.error, failureCause(error, plan));
  }
}

async function* selectedItems(
  machine: Machine,
  plan: MapRunPlan,
  { items, source, isKeyed }: ItemSource,
  environment: () => Environment,
): AsyncGenerator<Json, void, undefined> {
  const { state } = findMap(machine, plan.stateName);
  const language = state.QueryLanguage ?? machine.QueryLanguage ?? 'JSONPath';
  let Index = 0;
  for await (const item of items) {
    const shown = isKeyed() ? (item as JsonObject) : { Value: item }; // what isKeyed says
    const visit = itemVisit(plan, language, { Index, ...shown, Source: source() }, environment);
    yield visit === undefined ? item : await iterationInput(state, visit, item);
    Index++;
  }
}

/** The Map state with one item in its context object. */
function itemVisit(
  { selectorView: view, stateName }: MapRunPlan,
  language: QueryLanguage,
  item: JsonObject,
  environmentOf: () => Environment,
): Visit | undefined {
  if (view === undefined) return undefined;
  const environment = environmentOf();
  const context: JsonObject = { ...view.context, Map: { Item: item } };
  const evaluation = (document: Json): Evaluation => ({
    document,
    context,
    variable: (name) => memberOf(view.variables, name),
    environment,
  });
  return { stateName, language, input: view.input, nowMs: environment.nowMs, evaluation };
}

function inputText({ stateName }: MapRunPlan, input: Json): string {
  const text = stringifyJson(input);
  if (utf8Length(text) <= PAYLOAD_BYTES_MAX) return text;
  throw new StateFailure('States.DataLimitExceeded', dataLimitCause(stateName), { isPrefixed: false });
}
