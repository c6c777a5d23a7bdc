import type { ChildInput } from '@riposte/asl';
import { setImmediate } from 'node:timers/promises';
import type { NewItem } from '../ports/map-runs.ts';
import type { Store } from '../ports/store.ts';
import { ITEMS_PER_ROUND } from './item-pages.ts';

/** Characters of inputs that are written at a time, should they be large. */
const CHARACTERS_PER_ROUND = 4 * 1024 * 1024;
/** Inputs that are made before the server gets on with everything else: an expression of each may take milliseconds. */
const INPUTS_PER_TURN = 10;

/**
 * Writes down the items of a Map Run, in rounds. The last one makes it RUNNING.
 * @throws what the inputs throw; the signal's reason; StoreUnavailable
 */
export async function writeItems(
  store: Store,
  mapRunArn: string,
  inputs: AsyncIterable<ChildInput>,
  newItem: (input: ChildInput, index: number) => NewItem,
  signal: AbortSignal,
): Promise<void> {
  let isFirst = true;
  let items: NewItem[] = [];
  let characters = 0;
  let index = 0;
  for await (const input of inputs) {
    items.push(newItem(input, index));
    index += 1;
    characters += input.input.length;
    if (index % INPUTS_PER_TURN === 0) await setImmediate();
    signal.throwIfAborted();
    if (items.length < ITEMS_PER_ROUND && characters < CHARACTERS_PER_ROUND) continue;
    await store.addItems(mapRunArn, items, { isFirst, isLast: false });
    isFirst = false;
    items = [];
    characters = 0;
  }
  await store.addItems(mapRunArn, items, { isFirst, isLast: true });
}
