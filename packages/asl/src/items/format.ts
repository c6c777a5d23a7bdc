import type { Json, JsonObject } from '@riposte/json';
import { isJsonObject } from '@riposte/json';
import { ItemReaderFailure } from './failure.ts';

/** How the text of an object becomes items. */
export type ItemFormat =
  | { inputType: 'JSON'; /** RFC 6901 */ itemsPointer?: string }
  | { inputType: 'JSONL' }
  | {
      inputType: 'CSV';
      /** One character. */
      delimiter: string;
      /** Absent: the first row of each object names them. */
      headers?: readonly string[];
    };

/** `CSVDelimiter`. */
const DELIMITERS: Readonly<Record<string, string>> = {
  COMMA: ',',
  PIPE: '|',
  SEMICOLON: ';',
  SPACE: ' ',
  TAB: '\t',
};

/** `MaxItems` beyond it is taken for it: recorded for 100,000,001. */
const ITEMS_MAX = 100_000_000;

/**
 * @param config  `ReaderConfig`, checked with the definition. Absent, or without InputType: JSON.
 * @throws ItemReaderFailure  for given headers that repeat a name (recorded), and for formats that are no text
 */
export function itemFormat(config: JsonObject = {}): ItemFormat {
  const { InputType: inputType = 'JSON', ItemsPointer: itemsPointer } = config;
  switch (inputType) {
    case 'JSON':
      return { inputType, ...(typeof itemsPointer === 'string' && { itemsPointer }) };
    case 'JSONL':
      return { inputType };
    case 'CSV':
      return { inputType, delimiter: delimiterOf(config['CSVDelimiter']), ...headersOf(config) };
    default:
      throw new ItemReaderFailure(
        `Files of the InputType ${JSON.stringify(inputType)} are no text with items; those of CSV, JSON and JSONL are.`,
      );
  }
}

/**
 * `MaxItems` or what `MaxItemsPath` points at.
 * @param wanted  an integer
 * @returns how many items are taken at most
 * @throws ItemReaderFailure  for a negative number
 */
export function itemsMax(wanted: number): number {
  if (wanted < 0) throw new ItemReaderFailure('field MaxItems must be positive');
  return wanted === 0 ? ITEMS_MAX : Math.min(wanted, ITEMS_MAX);
}

/** @throws ItemReaderFailure */
export function checkHeaders(headers: readonly string[]): void {
  if (new Set(headers).size < headers.length)
    throw new ItemReaderFailure('CSV headers cannot contain duplicates.');
}

function delimiterOf(name: Json | undefined = 'COMMA'): string {
  const delimiter =
    typeof name === 'string' && Object.hasOwn(DELIMITERS, name) ? DELIMITERS[name] : undefined;
  if (delimiter === undefined)
    throw new ItemReaderFailure(
      `The CSVDelimiter ${JSON.stringify(name)} is not known; known are ${Object.keys(DELIMITERS).join(', ')}.`,
    );
  return delimiter;
}

function headersOf(config: JsonObject): { headers?: string[] } {
  if (config['CSVHeaderLocation'] !== 'GIVEN') return {};
  const given = config['CSVHeaders'];
  if (!Array.isArray(given) || !given.every((header) => typeof header === 'string'))
    throw new ItemReaderFailure('CSVHeaders must be an array of strings when CSVHeaderLocation is GIVEN.');
  checkHeaders(given);
  return { headers: given };
}

/** What the items of a JSON document are: those of an array, or the members of an object as keys and values. */
export function iterableItems(value: Json): Json[] {
  if (Array.isArray(value)) return value;
  if (isJsonObject(value)) return Object.entries(value).map(([Key, Value]) => ({ Key, Value }));
  throw new ItemReaderFailure('Attempting to map over non-iterable node.');
}
