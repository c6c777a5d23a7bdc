/**
 * Reads the pattern of `=~` and writes it anew so that it can be tried in time that grows with the text alone. Patterns
 * come from others, and one that backtracks without end would stop whoever tries it. V8 goes over to its linear engine
 * after many backtracks, but only for patterns without look-around, back-references, the flags `i` and `u` and large
 * counts. What can be said without them is: letters without case as sets, large counts as several small ones. What
 * cannot is refused.
 * @param body between the slashes
 * @param flags of `i`, `m` and `s`; with `i` the letters A to Z have no case, as in the service
 * @throws PatternRefused, or SyntaxError when it is no pattern
 */
export function linearPattern(body: string, flags: string): RegExp {
  if (flags.includes('u'))
    throw new PatternRefused("The flag 'u' is not supported in a filter's regular expression.");
  const known = new RegExp(body, flags); // what is no pattern is said in the words of the engine
  const source = new PatternReader(known.source, known.ignoreCase).read();
  return new RegExp(`^(?:${source})$`, flags.replace('i', ''));
}

/** A pattern that may need time without bound. */
export class PatternRefused extends SyntaxError {}

/** Counts beyond it, also of groups within groups, keep V8 from its linear engine. */
const COUNT_MAX = 16;

/** Characters of a pattern after large counts are written out. */
const LENGTH_MAX = 500;

interface Atom {
  source: string;
  /** How often V8 copies the innermost part of it. */
  copies: number;
}

class PatternReader {
  readonly #body: string;
  readonly #foldsCase: boolean;
  #offset = 0;

  constructor(body: string, foldsCase: boolean) {
    this.#body = body;
    this.#foldsCase = foldsCase;
  }

  read(): string {
    return this.#readGroup().source;
  }

  /** Up to the parenthesis that closes it, or the end. */
  #readGroup(): Atom {
    let source = '';
    let copies = 1;
    while (this.#offset < this.#body.length && this.#body[this.#offset] !== ')') {
      const atom = this.#quantified(this.#readAtom());
      source += atom.source;
      if (source.length > LENGTH_MAX) this.#refuse('this length');
      copies = Math.max(copies, atom.copies);
    }
    return { source, copies };
  }

  #readAtom(): Atom {
    const opening = this.#take(/\((?:\?(?:<?[=!]|<[^>]+>|[a-z-]*:))?/y);
    if (opening !== '') {
      if (/^\(\?<?[=!]/.test(opening)) this.#refuse('look-around');
      if (opening !== '(' && opening !== '(?:' && !opening.startsWith('(?<')) this.#refuse('flags in groups');
      const group = this.#readGroup();
      this.#offset += 1; // the parenthesis that closes it
      return { source: `(?:${group.source})`, copies: group.copies };
    }
    if (this.#body[this.#offset] === '[') return { source: this.#readSet(), copies: 1 };
    const escape = this.#take(ESCAPE);
    if (/^\\[1-9k]/.test(escape)) this.#refuse('back-references');
    const character = escape === '' ? this.#body[this.#offset++]! : escape; // not at the end
    const folded = this.#foldsCase ? otherCaseOf(codeOf(character), codeOf(character)) : '';
    return { source: folded === '' ? character : `[${character}${folded}]`, copies: 1 };
  }

  /** `[…]`. Without case, each letter and range gets its counterpart. */
  #readSet(): string {
    let source = this.#take(/\[\^?/y);
    while (this.#body[this.#offset] !== ']') {
      const from = this.#take(ESCAPE) || this.#body[this.#offset++]!; // the engine has read it: the set ends
      const to = this.#take(/-(?!\])/y) === '' ? '' : this.#take(ESCAPE) || this.#body[this.#offset++]!;
      source += to === '' ? from : `${from}-${to}`;
      if (this.#foldsCase) source += otherCaseOf(codeOf(from), codeOf(to === '' ? from : to));
    }
    this.#offset += 1;
    return `${source}]`;
  }

  #quantified(atom: Atom): Atom {
    const quantifier = this.#take(/(?:[*+?]|\{\d+(?:,\d*)?\})\??/y);
    if (quantifier === '') return atom;
    const counts = /^\{(\d+)(,?)(\d*)\}(\??)$/.exec(quantifier);
    const { source, copies } =
      counts === null
        ? { source: atom.source + quantifier, copies: atom.copies * (quantifier.startsWith('+') ? 2 : 1) }
        : this.#counted(atom, counts);
    if (copies > COUNT_MAX) this.#refuse('repetitions nested this deeply');
    return { source, copies };
  }

  #counted(atom: Atom, [quantifier, least, comma, most, lazy = '']: RegExpExecArray): Atom {
    const min = Number(least);
    const max = comma === '' ? min : most === '' ? Infinity : Number(most);
    const optional = max === Infinity ? 0 : max - min;
    const size = Math.max(1, Math.floor(COUNT_MAX / atom.copies));
    const written = Math.ceil(min / size) + Math.ceil(optional / size) + 1;
    if (written * atom.source.length > LENGTH_MAX) this.#refuse(`the count ${quantifier}`);
    const parts: string[] = [];
    for (let rest = min; rest > 0; rest -= size) parts.push(`{${Math.min(rest, size)}}`);
    for (let rest = optional; rest > 0; rest -= size) parts.push(`{0,${Math.min(rest, size)}}`);
    if (max === Infinity) parts.push('*');
    if (parts.length === 0) parts.push('{0}');
    return {
      source: `(?:${parts.map((part) => atom.source + part + lazy).join('')})`,
      copies: atom.copies * Math.max(1, Math.min(size, Math.max(min, optional))),
    };
  }

  #take(sticky: RegExp): string {
    sticky.lastIndex = this.#offset;
    const found = sticky.exec(this.#body)?.[0] ?? '';
    this.#offset += found.length;
    return found;
  }

  #refuse(what: string): never {
    throw new PatternRefused(
      `The regular expression /${this.#body}/ is not supported: with ${what} it could take time without bound.`,
    );
  }
}

const ESCAPE = /\\(?:0[0-7]{0,2}|x[\dA-Fa-f]{2}|u[\dA-Fa-f]{4}|c[A-Za-z]|.)/sy;

/** The code of one character or its escape; NaN for a class of them. */
function codeOf(character: string): number {
  const code = /^\\[xu]([\dA-Fa-f]{2,4})$/.exec(character)?.[1];
  if (code !== undefined) return parseInt(code, 16);
  return character.length === 1 ? character.charCodeAt(0) : NaN;
}

/** The letters from A to Z that a range has in the other case only, to stand in a set; empty for none. */
function otherCaseOf(from: number, to: number): string {
  const shifted = (first: number, last: number, by: number): string => {
    const low = Math.max(from, first) + by;
    const high = Math.min(to, last) + by;
    return low > high || Number.isNaN(low + high)
      ? ''
      : `${String.fromCharCode(low)}-${String.fromCharCode(high)}`;
  };
  return shifted(0x41, 0x5a, 0x20) + shifted(0x61, 0x7a, -0x20);
}
