import { asNumber, comparison } from './comparison.ts';
import { condition } from './condition.ts';
import type { LogFilter } from './filter-pattern.ts';
import { invalidPattern, Tokens } from './tokens.ts';

type Holds = (column: string) => boolean;

/** `[ip, user, ..., status = 4* && status != 404, size]`: as many columns as it names; `...` stands for any number. */
export function columnFilter(text: string): LogFilter {
  const tokens = new Tokens(text);
  tokens.expect('[');
  const before: Holds[] = [];
  let after: Holds[] | undefined;
  do {
    if (tokens.takeIf('...') === undefined) (after ?? before).push(columnOf(tokens));
    else if (after) throw invalidPattern("'...' can stand in it once");
    else after = [];
  } while (tokens.takeIf(',') !== undefined);
  tokens.expect(']');
  if (!tokens.isAtEnd) throw tokens.unexpected('the end');
  return (message) => {
    const columns = columnsOf(message);
    const [start, end] = [before.length, after?.length ?? 0];
    if (after ? columns.length < start + end : columns.length !== start) return false;
    const last = columns.slice(columns.length - end);
    return (
      before.every((holds, index) => holds(columns[index] ?? '')) &&
      (after ?? []).every((holds, index) => holds(last[index] ?? ''))
    );
  };
}

/** A name, and what it must satisfy. Each comparison of a column repeats the name. */
function columnOf(tokens: Tokens): Holds {
  let name: string | undefined;
  return condition<string>(tokens, () => {
    const given = tokens.take('the name of a column', 'word').text;
    if (name !== undefined && name !== given)
      throw invalidPattern(`the column ${name} is compared with ${given}`);
    const isFirst = name === undefined;
    name = given;
    if (isFirst && !COMPARES.test(tokens.peek())) return () => true;
    return comparison(tokens, (value) => asNumber(String(value)));
  });
}

const COMPARES = /^(?:!=|<=|>=|[=<>])$/;

/** Quotes and brackets keep words together. */
function columnsOf(message: string): string[] {
  return [...message.matchAll(/"([^"]*)"|\[([^\]]*)\]|(\S+)/g)].map(
    ([, quoted, bracketed, word]) => quoted ?? bracketed ?? word ?? '',
  );
}
