import { invalidPattern, type Token, type Tokens } from './tokens.ts';

/** Whether a value of a message is as the pattern wants it; `undefined`: there is none. */
export type Comparison = (value: unknown) => boolean;

const OPERATORS = ['=', '!=', '<', '>', '<=', '>='] as const;

/**
 * `= "text"`, `!= te*t`, `> 5`. A number compares with numbers, a text with texts; what is not there satisfies neither.
 * @param numberOf  reads a number from what a column or a member holds
 */
export function comparison(tokens: Tokens, numberOf: (value: unknown) => number | undefined): Comparison {
  const operator = OPERATORS.find((one) => tokens.takeIf(one) !== undefined);
  if (operator === undefined) throw tokens.unexpected('an operator (=, !=, <, >, <=, >=)');
  const operand = tokens.take('a value', 'text', 'word');
  const number = operand.kind === 'word' ? asNumber(operand.text) : undefined;
  if (number !== undefined) {
    const compare = byNumber(operator, number);
    return (value) => {
      const found = numberOf(value);
      return found !== undefined && compare(found);
    };
  }
  if (operator !== '=' && operator !== '!=')
    throw invalidPattern(`'${operator}' compares with a number only`);
  const matches = wildcards(operand);
  return (value) => typeof value === 'string' && matches(value) === (operator === '=');
}

/** A number as the whole of a text. */
export function asNumber(text: string): number | undefined {
  return /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

function byNumber(operator: (typeof OPERATORS)[number], wanted: number): (found: number) => boolean {
  switch (operator) {
    case '=':
      return (found) => found === wanted;
    case '!=':
      return (found) => found !== wanted;
    case '<':
      return (found) => found < wanted;
    case '>':
      return (found) => found > wanted;
    case '<=':
      return (found) => found <= wanted;
    case '>=':
      return (found) => found >= wanted;
  }
}

/** `*` stands for any text. The parts are looked for from left to right: that takes linear time. */
function wildcards({ text }: Token): (value: string) => boolean {
  const [first = '', ...rest] = text.split('*');
  const last = rest.pop();
  if (last === undefined) return (value) => value === text;
  return (value) => {
    if (!value.startsWith(first) || !value.endsWith(last) || value.length < first.length + last.length)
      return false;
    let at = first.length;
    for (const part of rest) {
      const found = value.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return at <= value.length - last.length;
  };
}
