import { integer } from '../engine/columns.ts';

/**
 * Of the texts that are read and parsed in one turn, in bytes: a page is over with the text that passes them. A megabyte
 * of small objects takes 20 MB and 65 ms to parse, and an event has a megabyte at most.
 */
export const PAGE_BYTES = 2 ** 21;

/**
 * @param rows  with a column `bytes`: of the texts that are read from the row
 * @returns the first of them, as many as one page has; one at least, where there is any
 */
export function pageOf<Row extends Record<string, unknown>>(rows: Iterable<Row>): Row[] {
  const page: Row[] = [];
  let bytes = 0;
  for (const row of rows) {
    page.push(row);
    bytes += integer(row, 'bytes');
    if (bytes >= PAGE_BYTES) break;
  }
  return page;
}
