import { InvalidPattern } from './invalid-pattern.ts';
import type { MatcherKey, ValueMatcher } from './value-matcher.ts';

/**
 * `*` stands for zero or more characters; `\*` and `\\` for themselves. Matching is linear in practice: the pieces
 * between the stars are sought from left to right, so no text can make it backtrack.
 */
export function wildcard(text: string): ValueMatcher {
  const pieces = splitAtStars(text);
  return {
    // an empty wildcard matches nothing, not even the empty text
    accepts: (value) => typeof value === 'string' && text !== '' && matchesPieces(value, pieces),
    wanted: `text like ${JSON.stringify(text)}`,
    key: keyOf(pieces),
    cost: { fixed: 1, readers: 1 },
    wildcards: [pieces],
  };
}

/** The longest piece that the text must have, preferably at its start or end. */
function keyOf(pieces: readonly string[]): MatcherKey {
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  if (pieces.length === 1) return { by: 'text', text: first, isFolded: false };
  if (first.length > 0 && first.length >= last.length) return { by: 'prefix', text: first, isFolded: false };
  if (last.length > 0) return { by: 'suffix', text: last, isFolded: false };
  const longest = pieces.reduce((best, piece) => (piece.length > best.length ? piece : best));
  return longest === '' ? { by: 'presence' } : { by: 'infix', text: longest };
}

function splitAtStars(text: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '\\') {
      const escaped = text[index + 1];
      if (escaped !== '*' && escaped !== '\\')
        throw new InvalidPattern(`Invalid escape character at pos ${index}`);
      piece += escaped;
      index += 1;
    } else if (character === '*') {
      if (text[index + 1] === '*')
        throw new InvalidPattern(`Consecutive wildcard characters at pos ${index + 1}`);
      pieces.push(piece);
      piece = '';
    } else piece += character;
  }
  pieces.push(piece);
  return pieces;
}

function matchesPieces(value: string, pieces: readonly string[]): boolean {
  const first = pieces[0] ?? '';
  if (pieces.length === 1) return value === first;
  const last = pieces.at(-1) ?? '';
  if (value.length < first.length + last.length) return false;
  if (!value.startsWith(first) || !value.endsWith(last)) return false;
  const end = value.length - last.length;
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const at = value.indexOf(piece, from);
    if (at < 0 || at + piece.length > end) return false;
    from = at + piece.length;
  }
  return true;
}
