import type { Item, ItemStatus } from '../ports/map-runs.ts';
import type { Store } from '../ports/store.ts';

/** Items that are written, read or started at a time. */
export const ITEMS_PER_ROUND = 250;

/** In order of index. */
export async function* itemPages(
  store: Store,
  mapRunArn: string,
  statuses?: readonly ItemStatus[],
): AsyncIterable<Item[]> {
  let after = -1;
  for (;;) {
    const filter = { after, limit: ITEMS_PER_ROUND, ...(statuses && { statuses }) };
    const page = await store.items(mapRunArn, filter);
    yield page;
    if (page.length < ITEMS_PER_ROUND) return;
    after = page.at(-1)!.index; // a full page
  }
}
