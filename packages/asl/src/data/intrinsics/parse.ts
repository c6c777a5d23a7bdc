import type { Json } from '@riposte/json';
import { readNumber } from '@riposte/json';
import type { Path } from '../paths.ts';
import { readPath } from '../paths.ts';
import { Scanner } from '../scanner.ts';

/** `States.Name(argument, …)` */
export interface IntrinsicCall {
  name: string;
  arguments: Argument[];
}

export type Argument =
  /** `text` is what the quotes held with escapes resolved, `raw` with them kept (Format needs to know `\{` from `{`). */
  | { kind: 'text'; text: string; raw: string }
  | { kind: 'value'; value: Json }
  | { kind: 'path'; path: Path }
  | { kind: 'call'; call: IntrinsicCall };

/** Calls may stand in calls, this deep. */
const NESTING_MAX = 10;

/**
 * Reads a call. Whether the function exists and takes these arguments is not looked at.
 * @throws SyntaxError
 */
export function parseIntrinsic(text: string): IntrinsicCall {
  const scanner = new Scanner(text);
  scanner.skipSpace();
  const call = readCall(scanner, 1);
  scanner.skipSpace();
  if (!scanner.isAtEnd) scanner.fail('unexpected text after the call');
  return call;
}

function readCall(scanner: Scanner, depth: number): IntrinsicCall {
  if (depth > NESTING_MAX) scanner.fail(`more than ${NESTING_MAX} nested calls`);
  const name = scanner.match(/States\.[A-Za-z0-9]+/y);
  if (name === '') scanner.fail('expected an intrinsic function');
  scanner.skipSpace();
  scanner.expect('(');
  scanner.skipSpace();
  const call: IntrinsicCall = { name, arguments: [] };
  if (scanner.take(')')) return call;
  do {
    scanner.skipSpace();
    call.arguments.push(readArgument(scanner, depth));
    scanner.skipSpace();
  } while (scanner.take(','));
  scanner.expect(')');
  return call;
}

function readArgument(scanner: Scanner, depth: number): Argument {
  const first = scanner.peek();
  if (first === "'") return readText(scanner);
  if (first === '$') return { kind: 'path', path: readPath(scanner) };
  if (first === 'S') return { kind: 'call', call: readCall(scanner, depth + 1) };
  const number = scanner.match(/-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/y);
  if (number !== '') return { kind: 'value', value: readNumber(number) };
  const word = scanner.match(/\w+/y);
  if (word === 'true') return { kind: 'value', value: true };
  if (word === 'false') return { kind: 'value', value: false };
  if (word === 'null') return { kind: 'value', value: null };
  return scanner.fail('expected an argument');
}

function readText(scanner: Scanner): Argument {
  scanner.expect("'");
  let raw = '';
  for (;;) {
    const character = scanner.next();
    if (character === "'") return { kind: 'text', text: raw.replace(/\\([\s\S])/g, '$1'), raw };
    raw += character;
    if (character !== '\\') continue;
    const escaped = scanner.next();
    if (!"'{}\\".includes(escaped)) scanner.fail(`'\\${escaped}' is not an escape`);
    raw += escaped;
  }
}
