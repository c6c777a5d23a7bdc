import type { Page } from './update-store.ts';

type Entity = NonNullable<Page['detail']['affectedEntities']>[number];

interface Merged {
  /** Of all pages, each once, in the order of the pages. */
  entities: Entity[];
  /** As many of them from the start as have room. */
  shown: Entity[];
  /** Those of the pages, as far as there is room for the entities. */
  resources: string[];
}

/** @param bytesMax  of the entities that are shown, as JSON text;the resources have half of that more */
export function merge(pages: readonly Page[], bytesMax: number): Merged {
  const entities = once(pages.flatMap(({ detail }) => detail.affectedEntities ?? []));
  const resources = once(pages.flatMap((page) => page.resources ?? []));
  return { entities, shown: within(entities, bytesMax), resources: within(resources, bytesMax / 2) };
}

function once<Item>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

function within<Item>(items: readonly Item[], bytesMax: number): Item[] {
  let bytes = 2; // the brackets
  const cut = items.findIndex((item) => {
    bytes += Buffer.byteLength(JSON.stringify(item)) + 1; // and a comma
    return bytes > bytesMax;
  });
  return cut === -1 ? [...items] : items.slice(0, cut);
}
