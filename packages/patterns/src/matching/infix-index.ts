import { Buckets } from './buckets.ts';

/** Texts are found by a piece of this length: as many look-ups at most for each place of a value. */
const PIECE_MAX = 4;
/** Of a look-up at one place, in units of work. */
const PLACE_COST = 2;

/** Texts that stand anywhere in a value. Each is found by that of its pieces which the fewest others have. */
export class InfixIndex {
  readonly #texts: { text: string; entry: number }[] = [];
  #byLength: Map<number, Buckets<string>> | undefined;

  add(text: string, entry: number): void {
    this.#texts.push({ text, entry });
    this.#byLength = undefined;
  }

  /**
   * @param found  called once for each text, at however many places of the value its piece stands
   * @returns units of work
   */
  lookUp(value: string, found: (entry: number) => void): number {
    if (this.#texts.length === 0) return 0;
    this.#byLength ??= this.#build();
    for (const [length, buckets] of this.#byLength) {
      const seen = new Set<readonly number[]>();
      for (let at = 0; at + length <= value.length; at += 1) {
        const bucket = buckets.of(value.slice(at, at + length));
        if (!bucket || seen.has(bucket)) continue;
        seen.add(bucket);
        bucket.forEach(found);
      }
    }
    return PLACE_COST * this.#byLength.size * value.length;
  }

  #build(): Map<number, Buckets<string>> {
    const counts = new Map<string, number>();
    for (const { text } of this.#texts)
      for (const piece of new Set(piecesOf(text))) counts.set(piece, (counts.get(piece) ?? 0) + 1);
    const byLength = new Map<number, Buckets<string>>();
    for (const { text, entry } of this.#texts) {
      const piece = piecesOf(text).reduce((best, next) =>
        (counts.get(next) ?? 0) < (counts.get(best) ?? 0) ? next : best,
      );
      const buckets = byLength.get(piece.length) ?? new Buckets<string>();
      byLength.set(piece.length, buckets);
      buckets.add(piece, entry);
    }
    return byLength;
  }
}

/** @param text not empty */
function piecesOf(text: string): string[] {
  if (text.length <= PIECE_MAX) return [text];
  return Array.from({ length: text.length - PIECE_MAX + 1 }, (_, at) => text.slice(at, at + PIECE_MAX));
}
