const SUGGESTIONS_MAX = 3;
const DISTANCE_SHARE_MAX = 0.4; // of the longer text; above that two names have nothing in common

/** Those of the names that somebody may have meant, the nearest first: what contains the text, else what is spelled alike. */
export function nearest(asked: string, names: readonly string[]): string[] {
  const wanted = asked.toLowerCase().replace(/^.*\//, '');
  const containing = names.filter((name) => wanted !== '' && name.toLowerCase().includes(wanted));
  if (containing.length > 0) return containing.slice(0, SUGGESTIONS_MAX);
  return names
    .map((name) => ({ name, share: distanceShare(wanted, name.toLowerCase().replace(/^.*\//, '')) }))
    .filter(({ share }) => share <= DISTANCE_SHARE_MAX)
    .sort((one, other) => one.share - other.share)
    .slice(0, SUGGESTIONS_MAX)
    .map(({ name }) => name);
}

/** Edits (insert, delete, replace one character) that make one text the other, as a share of the longer one. */
function distanceShare(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [at, character] of [...one].entries()) {
    const next = [at + 1];
    for (let to = 1; to <= other.length; to += 1)
      next.push(
        Math.min(
          (next[to - 1] ?? 0) + 1,
          (row[to] ?? 0) + 1,
          (row[to - 1] ?? 0) + (character === other[to - 1] ? 0 : 1),
        ),
      );
    row = next;
  }
  return (row[other.length] ?? 0) / Math.max(one.length, other.length, 1);
}
