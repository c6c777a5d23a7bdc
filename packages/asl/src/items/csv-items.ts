import type { Json, JsonObject } from '@riposte/json';
import { setMember } from '@riposte/json';
import { CsvRows } from './csv-rows.ts';
import { checkHeaders } from './format.ts';
import type { ItemParser } from './parser.ts';

/** Rows of CSV as items: an object each, whose values are texts. */
export class CsvItems implements ItemParser {
  readonly #rows: CsvRows;
  #columns: Column[] | undefined;

  /** @param headers  absent: the first row names them */
  constructor(delimiter: string, headers?: readonly string[]) {
    this.#rows = new CsvRows(delimiter);
    this.#columns = headers && columnsOf(headers);
  }

  push(text: string): Generator<Json> {
    return this.#items(this.#rows.push(text));
  }

  end(): Generator<Json> {
    return this.#items(this.#rows.end());
  }

  *#items(rows: Iterable<string[]>): Generator<Json> {
    for (const row of rows) {
      if (this.#columns) {
        yield itemOf(this.#columns, row);
      } else {
        checkHeaders(row);
        this.#columns = columnsOf(row);
      }
    }
  }
}

interface Column {
  name: string;
  /** Place in the row, from 0. */
  index: number;
}

/** Fields that are not there are empty, fields without a header are left out. */
function itemOf(columns: readonly Column[], row: readonly string[]): JsonObject {
  const item: JsonObject = {};
  for (const { name, index } of columns) setMember(item, name, row[index] ?? '');
  return item;
}

/**
 * The columns in the order in which the service prints them: not that of the file, but that of a Java hash map
 * (recorded: the header `0,True,{}` gives `{"0":…,"{}":…,"True":…}`).
 */
function columnsOf(headers: readonly string[]): Column[] {
  let buckets = 16;
  while (headers.length > buckets * 0.75) buckets *= 2;
  const bucketOf = (name: string): number => {
    let hash = 0;
    for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0;
    return (hash ^ (hash >>> 16)) & (buckets - 1);
  };
  return headers
    .map((name, index) => ({ name, index, bucket: bucketOf(name) }))
    .sort((a, b) => a.bucket - b.bucket)
    .map(({ name, index }) => ({ name, index }));
}
