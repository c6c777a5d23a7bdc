import { ServiceError } from '@riposte/engine';

export interface Token {
  kind: 'selector' | 'operator' | 'text' | 'word';
  text: string;
}

const TOKEN =
  /\s*(?:(\$(?:\.[\w-]+|\[\d+\]|\.?\["[^"]*"\]|\.?\['[^']*'\])+)|(&&|\|\||!=|<=|>=|\.\.\.|[=<>(){}[\],])|"((?:[^"\\]|\\.)*)"|([^\s=<>(){}[\],!&|"%]+))/y;

export function invalidPattern(problem: string): ServiceError {
  return new ServiceError('InvalidParameterException', `Invalid filter pattern: ${problem}.`);
}

/** The tokens of a pattern over members or columns, taken one after the other. */
export class Tokens {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  get isAtEnd(): boolean {
    return this.#next === this.#tokens.length;
  }

  /** The text of the next token; empty at the end. */
  peek(): string {
    return this.#tokens[this.#next]?.text ?? '';
  }

  /** Takes the next token if it is one of these operators or words. */
  takeIf(...texts: readonly string[]): string | undefined {
    const token = this.#tokens[this.#next];
    if (!token || token.kind === 'text' || token.kind === 'selector') return undefined;
    const found = texts.find(
      (text) => text === (token.kind === 'word' ? token.text.toUpperCase() : token.text),
    );
    if (found !== undefined) this.#next += 1;
    return found;
  }

  /** @throws ServiceError when the next token is not `text` */
  expect(text: string): void {
    if (this.takeIf(text) === undefined) throw this.unexpected(`'${text}'`);
  }

  take(wanted: string, ...kinds: readonly Token['kind'][]): Token {
    const token = this.#tokens[this.#next];
    if (!token || !kinds.includes(token.kind)) throw this.unexpected(wanted);
    this.#next += 1;
    return token;
  }

  unexpected(wanted: string): ServiceError {
    const token = this.#tokens[this.#next];
    return invalidPattern(
      `${wanted} is expected ${token ? `in the place of '${token.text}'` : 'at its end'}`,
    );
  }
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (!match)
      throw invalidPattern(`'${text.slice(at).trim().slice(0, 20)}' is not understood by this server`);
    const [, selector, operator, quoted, word] = match;
    if (selector !== undefined) tokens.push({ kind: 'selector', text: selector });
    else if (operator !== undefined) tokens.push({ kind: 'operator', text: operator });
    else if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.replaceAll(/\\(.)/g, '$1') });
    else tokens.push({ kind: 'word', text: word ?? '' });
    at = TOKEN.lastIndex;
  }
  return tokens;
}
