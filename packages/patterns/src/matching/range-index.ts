interface Range {
  from: number;
  to: number;
  entry: number;
}

/**
 * Ranges of numbers, both ends inclusive: an interval tree laid out over the ranges in order of their start. A look-up
 * costs the logarithm of their number and what it finds.
 */
export class RangeIndex {
  readonly #ranges: Range[] = [];
  /** The highest end below each node; the node of a span is its middle. Absent until a look-up needs it. */
  #highest: Float64Array | undefined;

  add(from: number, to: number, entry: number): void {
    this.#ranges.push({ from, to, entry });
    this.#highest = undefined;
  }

  lookUp(value: number, found: (entry: number) => void): void {
    if (this.#ranges.length === 0) return;
    const highest = (this.#highest ??= this.#build());
    const look = (start: number, end: number): void => {
      if (start >= end) return;
      const middle = (start + end) >> 1;
      if ((highest[middle] ?? 0) < value) return;
      look(start, middle);
      const range = this.#ranges[middle];
      if (!range || range.from > value) return;
      if (range.to >= value) found(range.entry);
      look(middle + 1, end);
    };
    look(0, this.#ranges.length);
  }

  #build(): Float64Array {
    this.#ranges.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0)); // infinities have no difference
    const highest = new Float64Array(this.#ranges.length);
    const fill = (start: number, end: number): number => {
      if (start >= end) return Number.NEGATIVE_INFINITY;
      const middle = (start + end) >> 1;
      const own = this.#ranges[middle]?.to ?? Number.NEGATIVE_INFINITY;
      return (highest[middle] = Math.max(own, fill(start, middle), fill(middle + 1, end)));
    };
    fill(0, this.#ranges.length);
    return highest;
  }
}
