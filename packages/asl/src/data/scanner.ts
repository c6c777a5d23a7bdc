/** Reads a text from left to right. Errors of syntax are SyntaxError and name the offset. */
export class Scanner {
  readonly text: string;
  offset = 0;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    return this.offset >= this.text.length;
  }

  peek(length = 1): string {
    return this.text.slice(this.offset, this.offset + length);
  }

  next(): string {
    if (this.isAtEnd) this.fail('unexpected end');
    return this.text[this.offset++]!; // not at the end
  }

  /** Takes the text if it stands here. */
  take(expected: string): boolean {
    if (!this.text.startsWith(expected, this.offset)) return false;
    this.offset += expected.length;
    return true;
  }

  expect(expected: string): void {
    if (!this.take(expected)) this.fail(`expected '${expected}'`);
  }

  /** Takes what a sticky pattern matches here; empty text when it does not. */
  match(sticky: RegExp): string {
    sticky.lastIndex = this.offset;
    const found = sticky.exec(this.text)?.[0] ?? '';
    this.offset += found.length;
    return found;
  }

  /** Takes a text in single or double quotes; a backslash keeps the next character as it is. */
  quoted(): string {
    const quote = this.next();
    if (quote !== "'" && quote !== '"') this.fail('expected a quoted text');
    let text = '';
    for (;;) {
      const character = this.next();
      if (character === quote) return text;
      text += character === '\\' ? this.next() : character;
    }
  }

  skipSpace(): void {
    this.match(/\s*/y);
  }

  fail(problem: string): never {
    throw new SyntaxError(`${problem} at offset ${this.offset} of ${this.text}`);
  }
}
