/**
 * How complex the wildcards of one field may be together. Where the service draws the line is not documented, so this
 * is a guess: recorded as accepted are 7 (one wildcard with a repeating sequence) and 8 (a list of two); four wildcards
 * of 3 each in one field were reported as refused, three as accepted.
 */
export const COMPLEXITY_MAX = 11;

/** Sets of places tried for one wildcard, at most; few wildcards need more than a dozen. */
const SETS_MAX = 5_000;

/**
 * How much an automaton has to keep in mind for a wildcard: the most beginnings of it (from its first star on) that one
 * text can match at the same time. `*a*a*` has 5 of them, all matched by `aa`; `a*bc` has 2.
 * @param pieces of the wildcard, between its stars
 * @param enough  the answer needs to be no greater than this
 * @see https://github.com/aws/event-ruler, evaluateComplexity
 */
export function wildcardComplexity(pieces: readonly string[], enough: number): number {
  const places = placesOf(pieces);
  const alphabet = new Set(places.flatMap((place) => (place.next === undefined ? [] : [place.next])));
  if (places.length === 0) return 0;
  let most = 1;
  const seen = new Set(['0']);
  const open: number[][] = [[0]];
  for (let set = open.pop(); set && most < enough && seen.size < SETS_MAX; set = open.pop())
    for (const character of alphabet) {
      const after = [...new Set(set.flatMap((place) => follow(places, place, character)))].sort(
        (a, b) => a - b,
      );
      const name = after.join();
      if (seen.has(name)) continue;
      seen.add(name);
      most = Math.max(most, after.length);
      open.push(after);
    }
  return most;
}

/** Where one can stand in a wildcard, from its first star on. */
interface Place {
  isStar: boolean;
  /** The character that leads on; none at the end of a piece, where the next star follows by itself. */
  next: string | undefined;
}

function placesOf([, ...pieces]: readonly string[]): Place[] {
  return pieces.flatMap((piece) => {
    const characters = [...piece];
    const within = characters.map((_, at): Place => ({ isStar: false, next: characters[at + 1] }));
    return [{ isStar: true, next: characters[0] }, ...within];
  });
}

/** A star stays where it is, whatever comes; before a star one stands on the star too. */
function follow(places: readonly Place[], at: number, character: string): number[] {
  const place = places[at];
  if (!place) return [];
  const reached = place.next === character ? [at + 1] : [];
  const star = reached.filter((index) => places[index]?.next === undefined && places[index + 1]?.isStar);
  return [...(place.isStar ? [at] : []), ...reached, ...star.map((index) => index + 1)];
}
