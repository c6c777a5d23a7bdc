import { ItemReaderFailure } from '../items/failure.ts';
import { itemFormat, itemsMax } from '../items/format.ts';
import { pointedAt } from '../items/json-pointer.ts';
import { readItems } from '../items/read-items.ts';
import type { Json, JsonObject } from '@riposte/json';
import type { ItemReader, MapState, State } from '../machine.ts';
import { readJson } from './checks.ts';
import type { StateTest } from './contract.ts';
import { invalid } from './contract.ts';

/** What a Map's ItemReader is said to have read. */
export interface ReaderData {
  items: Json;
  /** What ItemsPointer points at, where there is one. */
  afterItemsPointer?: Json;
}

/**
 * Takes the data as they stand in their source to the items of the Map.
 * @returns undefined for a state that reads nothing, and where nothing is said of what it read
 * @throws StateTestRefusal
 */
export async function readReaderData(
  state: State,
  { stateConfiguration }: StateTest,
): Promise<ReaderData | undefined> {
  const data = stateConfiguration?.mapItemReaderData;
  if (data === undefined || !hasReader(state)) return undefined;
  const { ReaderConfig: config = {} } = state.ItemReader;
  const limit = typeof config.MaxItems === 'number' ? itemsMax(config.MaxItems) : itemsMax(0);
  const { InputType: inputType = 'JSON' } = config;
  if (inputType !== 'JSON') return { items: await itemsOf(data, { ...config }, limit) };
  const source = jsonOf(data);
  const pointer = config.ItemsPointer;
  if (typeof pointer !== 'string') return { items: first(source, limit) };
  const found = pointedAt(source, pointer);
  if (found === undefined) throw invalid(`MapItemReaderData has nothing at the ItemsPointer ${pointer}`);
  return { items: first(found, limit), afterItemsPointer: found };
}

/** A Map whose items come from elsewhere. */
export function hasReader(state: State): state is MapState & { ItemReader: ItemReader } {
  return state.Type === 'Map' && state.ItemReader !== undefined;
}

/** Of data that are lines of text, as the objects of a bucket are read. */
async function itemsOf(data: string, config: JsonObject, limit: number): Promise<Json[]> {
  const items: Json[] = [];
  try {
    for await (const item of readItems(itemFormat(config), [[data]], limit)) items.push(item);
  } catch (error) {
    if (error instanceof ItemReaderFailure) throw invalid(`MapItemReaderData: ${error.message}`);
    throw error;
  }
  return items;
}

function jsonOf(text: string): Json {
  const value = readJson(text);
  if (value === undefined) throw invalid('MapItemReaderData must be valid JSON');
  return value;
}

function first(items: Json, limit: number): Json {
  return Array.isArray(items) ? items.slice(0, limit) : items;
}
