/** Entries by what they are looked up under. */
export class Buckets<Key> {
  readonly #entries = new Map<Key, number[]>();

  add(key: Key, entry: number): void {
    const bucket = this.#entries.get(key);
    if (bucket) bucket.push(entry);
    else this.#entries.set(key, [entry]);
  }

  of(key: Key): readonly number[] | undefined {
    return this.#entries.get(key);
  }

  get size(): number {
    return this.#entries.size;
  }
}
