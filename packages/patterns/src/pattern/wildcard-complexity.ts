import { InvalidPattern } from './invalid-pattern.ts';

/**
 * How complex the wildcards of one field may be together. EventBridge does not document its line; this one agrees with
 * all that is known of it. `a*a*a*a*a*a*` of complexity 11 is a valid rule of event-ruler, and is taken.
 */
const COMPLEXITY_MAX = 11;

/**
 * Where a wildcard begins with a star: that one is stood on from the first byte to the last, whatever comes. EventBridge
 * refuses `*:*:*:*:*:event-bus/*` of complexity 11 (recorded from AWS by LocalStack's test
 * `content_wildcard_complex_EXC`) and four wildcards `*:stack/NAME/*` of complexity 12, where it took three of them, of 9
 * (vals-ai/Valkyrie, pull request 278); event-ruler names 10 as what a service allows a rule (`PRODUCTION_CAP` of its
 * MachineComplexityEvaluatorCorpus). That a first star makes the difference is a guess.
 */
const COMPLEXITY_MAX_FROM_A_STAR = 10;

/**
 * Places that are followed for all fields of a pattern together, at most: some tens of milliseconds. Wildcards of people
 * need some hundreds. What needs more is let through: only how long the question takes depends on it, no matching.
 */
const FOLLOWED_MAX = 50_000;

/** The pieces of a wildcard between its stars; one piece: no star. */
export type Pieces = readonly string[];

/**
 * @param fields for each field its alternatives, as in `complexityOf`
 * @throws InvalidPattern when the wildcards of one field ask too much together
 */
export function checkComplexity(fields: Iterable<readonly (readonly Pieces[])[]>): void {
  const work = { followed: 0 };
  for (const alternatives of fields) {
    const max = beginsWithStar(alternatives) ? COMPLEXITY_MAX_FROM_A_STAR : COMPLEXITY_MAX;
    if (complexityAtMost(alternatives) <= max) continue; // at a glance, as most are
    if (complexityOf(alternatives, max + 1, work) > max)
      throw new InvalidPattern(
        'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character',
      );
  }
}

/**
 * How much an automaton has to keep in mind for the wildcards of one field: the most beginnings of them that one text
 * can match at the same time. `*a*a*` has 5 of them, all matched by `aa`; `a*bc` has 2. It goes by the bytes of the
 * JSON text, quotation marks included.
 * @param alternatives of one field, each with its wildcards: an `anything-but` may have several. What those have in
 *   common up to the first star, and the end, counts once.
 * @param enough  the answer needs to be no greater than this
 * @param work  what was followed already; is added to
 * @see https://github.com/aws/event-ruler, MachineComplexityEvaluator
 */
export function complexityOf(
  alternatives: readonly (readonly Pieces[])[],
  enough: number,
  work = { followed: 0 },
): number {
  const automaton = new Automaton();
  const starts = alternatives.map((wildcards) => automaton.add(wildcards));
  let most = 0;
  const seen = new Set<string>();
  const open: (readonly Place[])[] = [starts];
  for (let set = open.pop(); set && most < enough && work.followed < FOLLOWED_MAX; set = open.pop())
    for (const byte of bytesThatMatter(set)) {
      work.followed += set.length;
      const after = new Set(set.flatMap((place) => follow(place, byte)));
      const name = Array.from(after, ({ id }) => id)
        .toSorted((a, b) => a - b)
        .join();
      if (after.size === 0 || seen.has(name)) continue;
      seen.add(name);
      most = Math.max(most, after.size);
      open.push([...after]);
    }
  return Math.min(most, enough);
}

function beginsWithStar(alternatives: readonly (readonly Pieces[])[]): boolean {
  return alternatives.flat().some((pieces) => pieces.length > 1 && pieces[0] === '');
}

/** Never less than `complexityOf`: one stands on stars, and after the byte that came last. */
function complexityAtMost(alternatives: readonly (readonly Pieces[])[]): number {
  let stars = 0;
  const counts = new Map<number, number>();
  for (const token of alternatives.flat().flatMap((pieces) => tokensOf(pieces).concat(QUOTE)))
    if (token === STAR) stars += 1;
    else counts.set(token, (counts.get(token) ?? 0) + 1);
  return stars + Math.max(0, ...counts.values());
}

/** Where one can stand in a wildcard. */
interface Place {
  id: number;
  isStar: boolean;
  next: Map<number, Place[]>;
  /** The star that follows: who stands here stands there too. */
  star?: Place;
}

/** All others do what `OTHER_BYTE` does. */
function bytesThatMatter(set: readonly Place[]): ReadonlySet<number> {
  return new Set([OTHER_BYTE, ...set.flatMap(({ next }) => [...next.keys()])]);
}

/** A star stays where it is, whatever comes. */
function follow(place: Place, byte: number): Place[] {
  const reached = place.next.get(byte) ?? [];
  return [...(place.isStar ? [place] : []), ...reached, ...reached.flatMap(({ star }) => star ?? [])];
}

const QUOTE = 0x22;
const STAR = -1;
/** Any byte that leads on from none of the places at hand: only stars go on. */
const OTHER_BYTE = -2;

class Automaton {
  #places = 0;

  /** @returns the place where all the wildcards of one alternative begin */
  add(wildcards: readonly Pieces[]): Place {
    const start = this.#place();
    const end = this.#place();
    for (const pieces of wildcards) {
      let at = start;
      let isShared = true;
      for (const token of tokensOf(pieces)) {
        if (token === STAR) {
          at = at.star ??= this.#place(true);
          isShared = false;
        } else
          at = this.#reach(
            at,
            token,
            isShared ? at.next.get(token)?.find((place) => place !== end) : undefined,
          );
      }
      this.#reach(at, QUOTE, end);
    }
    return start;
  }

  #reach(from: Place, byte: number, to = this.#place()): Place {
    const known = from.next.get(byte) ?? [];
    if (!known.includes(to)) from.next.set(byte, [...known, to]);
    return to;
  }

  #place(isStar = false): Place {
    this.#places += 1;
    return { id: this.#places, isStar, next: new Map() };
  }
}

/** The wildcard as JSON text, without its last quotation mark. */
function tokensOf(pieces: Pieces): number[] {
  return [
    QUOTE,
    ...pieces.flatMap((piece, index) => (index === 0 ? bytesOf(piece) : [STAR, ...bytesOf(piece)])),
  ];
}

/** UTF-8. */
function bytesOf(text: string): number[] {
  return Array.from(text).flatMap((character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) return [code];
    const tail = (shift: number) => 0x80 | ((code >> shift) & 0x3f);
    if (code < 0x800) return [0xc0 | (code >> 6), tail(0)];
    if (code < 0x10000) return [0xe0 | (code >> 12), tail(6), tail(0)];
    return [0xf0 | (code >> 18), tail(12), tail(6), tail(0)];
  });
}
