import { ItemReaderFailure } from './failure.ts';
import { ITEM_CHARACTERS_MAX } from './parser.ts';

/** Where the next character falls. */
type Place =
  | 'bare'
  | 'quoted'
  /** After a quotation mark within a quoted field: its end, or the first of two. */
  | 'quote'
  /** After a backslash in a bare field. */
  | 'escape'
  /** After a backslash in a quoted field. */
  | 'quoted-escape';

/**
 * The rows of a CSV text, which comes in pieces cut anywhere.
 *
 * The service's dialect is its own: in quotes a delimiter and the end of a line are text, and `""` is a quotation mark.
 * A backslash makes a backslash, a quotation mark or the delimiter plain text, in quotes or not; before anything else it
 * vanishes. Rows end with LF, CR or CRLF.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html, "CSV file"
 *
 * Three guesses, where neither documentation nor a recording speaks: blanks before an opening quotation mark do not
 * count, a quotation mark further on in a bare field is text, and a line without a character is no row (a step that acts
 * on an item of empty texts does more harm than one that does not run).
 */
export class CsvRows {
  readonly #delimiter: string;
  readonly #special: RegExp;
  #place: Place = 'bare';
  #row: string[] = [];
  #field = '';
  /** Of the fields of the row that are complete, and one for each: what many empty ones take counts too. */
  #rowCharacters = 0;
  /** The field stood in quotes: it may be empty and yet be there. */
  #wasQuoted = false;
  #afterReturn = false;
  #line = 1;
  #openedOnLine = 1;

  /** @param delimiter  one character */
  constructor(delimiter: string) {
    this.#delimiter = delimiter;
    this.#special = new RegExp(`["\\\\\r\n${delimiter}]`, 'g');
  }

  /**
   * @returns the rows that end in this piece
   * @throws ItemReaderFailure  for a row beyond the size of an item
   */
  *push(text: string): Generator<string[]> {
    for (let at = 0; at < text.length;) {
      const plainEnd = this.#plainEnd(text, at);
      if (plainEnd > at) {
        this.#field += text.slice(at, plainEnd);
        this.#afterReturn = false;
        at = plainEnd;
        continue;
      }
      const row = this.#take(text[at++]!); // at was below the length
      if (row) yield row;
    }
    if (this.#rowCharacters + this.#field.length > ITEM_CHARACTERS_MAX)
      throw new ItemReaderFailure(
        `The CSV row at line ${this.#line} is longer than ${ITEM_CHARACTERS_MAX} characters.`,
      );
  }

  /**
   * @returns the last row, when no end of a line ended it
   * @throws ItemReaderFailure  for a quoted field that does not end
   */
  *end(): Generator<string[]> {
    if (this.#place === 'quoted' || this.#place === 'quoted-escape')
      throw new ItemReaderFailure(
        `The CSV text ends within a quoted field: its quotation mark on line ${this.#openedOnLine} is never closed.`,
      );
    const row = this.#endRow();
    if (row) yield row;
  }

  /** Where the characters end that stand only for themselves. Most do, and a slice takes them ten times as fast. */
  #plainEnd(text: string, from: number): number {
    if (this.#place !== 'bare' && this.#place !== 'quoted') return from;
    this.#special.lastIndex = from;
    return this.#special.exec(text)?.index ?? text.length;
  }

  #take(character: string): string[] | undefined {
    const isSecondOfCrLf = this.#afterReturn && character === '\n';
    this.#afterReturn = character === '\r';
    if (this.#afterReturn || (character === '\n' && !isSecondOfCrLf)) this.#line++;
    switch (this.#place) {
      case 'bare':
        return isSecondOfCrLf ? undefined : this.#takeBare(character);
      case 'quoted':
        if (character === '"') this.#place = 'quote';
        else if (character === '\\') this.#place = 'quoted-escape';
        else this.#field += character;
        return undefined;
      case 'quote':
        this.#place = character === '"' ? 'quoted' : 'bare';
        if (character !== '"') return this.#takeBare(character);
        this.#field += character;
        return undefined;
      case 'escape':
        this.#place = 'bare';
        if (isLineEnd(character)) return this.#takeBare(character);
        this.#field += character;
        return undefined;
      case 'quoted-escape':
        this.#place = 'quoted';
        this.#field += character;
        return undefined;
    }
  }

  #takeBare(character: string): string[] | undefined {
    if (character === this.#delimiter) this.#endField();
    else if (isLineEnd(character)) return this.#endRow();
    else if (character === '\\') this.#place = 'escape';
    else if (character === '"' && !this.#wasQuoted && this.#field.trim() === '') {
      this.#place = 'quoted';
      this.#wasQuoted = true;
      this.#field = '';
      this.#openedOnLine = this.#line;
    } else this.#field += character;
    return undefined;
  }

  #endField(): void {
    this.#row.push(this.#field);
    this.#rowCharacters += this.#field.length + 1;
    this.#field = '';
    this.#wasQuoted = false;
  }

  #endRow(): string[] | undefined {
    if (this.#row.length === 0 && this.#field === '' && !this.#wasQuoted) return undefined;
    this.#endField();
    const row = this.#row;
    this.#row = [];
    this.#rowCharacters = 0;
    this.#place = 'bare';
    return row;
  }
}

function isLineEnd(character: string): boolean {
  return character === '\n' || character === '\r';
}
