import { StateFailure, TOLERANCE_EXCEEDED } from '../errors/failure.ts';
import { batchesOf } from '../items/batches.ts';
import type { Json, JsonObject } from '@riposte/json';
import { parseJson } from '@riposte/json';
import type { ItemBatcher, MapState } from '../machine.ts';
import { planBatcher } from '../map-run/plan.ts';
import type { Transition, Visit } from '../states/handler.ts';
import { iterationInput } from '../states/map.ts';
import { isToleranceExceeded, readTolerance } from '../states/tolerance.ts';
import { invalid } from './contract.ts';
import { spacedJson } from './layout.ts';
import type { TrialParts } from './visit.ts';
import { knowsItems, visitOf } from './visit.ts';

type Iterations = Extract<Transition, { type: 'iterations' }>;

/**
 * What a Map would have started, and whether as many failures as the test says are too many.
 * @throws StateTestRefusal
 * @throws StateFailure States.ExceedToleratedFailureThreshold
 */
export async function inspectIterations(
  parts: TrialParts,
  visit: Visit,
  iterations: Iterations,
): Promise<void> {
  const { subject, test, inspection, mocked, read } = parts;
  const { state } = subject;
  const { items } = iterations;
  if (state.Type !== 'Map') throw new Error(`State ${subject.name} is no Map`);
  if (read?.afterItemsPointer !== undefined)
    inspection.add({ afterItemsPointer: spacedJson(read.afterItemsPointer) });
  if (knowsItems(parts)) await inspectInputs(parts, visit, state, iterations);
  const tolerance = await readTolerance(state, visit);
  inspection.add(tolerance);
  const failures = test.stateConfiguration?.mapIterationFailureCount;
  if (failures === undefined) return;
  if (failures > items.length)
    throw invalid('Map iteration failure count must be less than or equal to the number of Map iterations');
  if (mocked === undefined || !('result' in mocked)) return;
  // recorded: where nothing is said of tolerance, a test takes any number of failures, unlike a run
  const isTold = Object.keys(tolerance).length > 0;
  if (isTold && isToleranceExceeded(tolerance, failures, items.length))
    throw new StateFailure(TOLERANCE_EXCEEDED.error, TOLERANCE_EXCEEDED.cause);
}

async function inspectInputs(
  parts: TrialParts,
  visit: Visit,
  state: MapState,
  { items, isKeyed }: Iterations,
): Promise<void> {
  const { inspection } = parts;
  const hasSelector = (state.ItemSelector ?? state.Parameters) !== undefined;
  const inputs = hasSelector ? await iterationInputs(parts, state, items, isKeyed) : items;
  if (hasSelector) inspection.add({ afterItemSelector: spacedJson(inputs) });
  if (state.ItemBatcher === undefined) return;
  inspection.add({ afterItemBatcher: spacedJson(await batches(visit, state, state.ItemBatcher, inputs)) });
}

async function iterationInputs(
  parts: TrialParts,
  state: MapState,
  items: Json[],
  isKeyed: boolean,
): Promise<Json[]> {
  const inputs: Json[] = [];
  for (const [Index, item] of items.entries()) {
    const shown = isKeyed ? (item as JsonObject) : { Value: item }; // keyed items are {Key, Value} pairs
    const context = { ...parts.context, Map: { Item: { Index, ...shown } } };
    inputs.push(await iterationInput(state, visitOf(parts, context), item));
  }
  return inputs;
}

async function batches(visit: Visit, state: MapState, batcher: ItemBatcher, inputs: Json[]): Promise<Json[]> {
  const { batchInput, ...limits } = await planBatcher(batcher, state, visit);
  const made: Json[] = [];
  for await (const { input } of batchesOf(inputs, limits, batchInput)) made.push(parseJson(input));
  return made;
}
