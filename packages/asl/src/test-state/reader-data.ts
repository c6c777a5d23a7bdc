import { pointedAt } from '../items/json-pointer.ts';
import type { Json } from '../json.ts';

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
export function readReaderData(state: State, { stateConfiguration }: StateTest): ReaderData | undefined {
  const data = stateConfiguration?.mapItemReaderData;
  if (data === undefined || !hasReader(state)) return undefined;
  const { ReaderConfig: config = {} } = state.ItemReader;
  const source = parsed(data, config.InputType ?? 'JSON');
  const pointer = config.ItemsPointer;
  if (typeof pointer !== 'string') return { items: first(source, config.MaxItems) };
  const found = pointedAt(source, pointer);
  if (found === undefined) throw invalid(`MapItemReaderData has nothing at the ItemsPointer ${pointer}`);
  return { items: first(found, config.MaxItems), afterItemsPointer: found };
}

/** A Map whose items come from elsewhere. */
export function hasReader(state: State): state is MapState & { ItemReader: ItemReader } {
  return state.Type === 'Map' && state.ItemReader !== undefined;
}

function parsed(data: string, inputType: Json): Json {
  if (inputType === 'JSONL') {
    const lines = data.split('\n').filter((line) => line.trim() !== '');
    return lines.map((line) => jsonOf(line));
  }
  if (inputType === 'JSON') return jsonOf(data);
  throw invalid(
    `MapItemReaderData of the InputType ${JSON.stringify(inputType)} is not supported yet by this server`,
  );
}

function jsonOf(text: string): Json {
  const value = readJson(text);
  if (value === undefined) throw invalid('MapItemReaderData must be valid JSON');
  return value;
}

function first(items: Json, limit: Json | undefined): Json {
  return Array.isArray(items) && typeof limit === 'number' && limit > 0 ? items.slice(0, limit) : items;
}
