import jsonata from 'jsonata';
import { defineServiceFunctions } from './functions.ts';
import { guard } from './guard.ts';
import { readOwnMembersOnly } from './own-members.ts';
import { bareReferences, statesMembersIn, variablesIn } from './references.ts';
import { mayStall } from './stalling.ts';
import type { Node } from './syntax.ts';

/** An expression, read once. May be evaluated by several at the same time. */
export interface Compiled {
  evaluate(bindings: Record<string, unknown>): Promise<unknown>;
  /** Names of the variables and functions that it names. */
  variables: ReadonlySet<string>;
  /** Members of `$states` that it may read; undefined for all. */
  statesMembers: ReadonlySet<string> | undefined;
  /** Names that it reads from a context item, which a state does not have. */
  bareReferences: readonly string[];
  /** It could hold up its thread in one native step. */
  mayStall: boolean;
}

/** An expression that is none, in the words of the language's parser. */
export class ExpressionSyntaxError extends Error {}

const EXPRESSIONS_MAX = 2_000;
const compiled = new Map<string, Compiled>();

/** @throws ExpressionSyntaxError */
export function compile(text: string): Compiled {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const expression = read(text);
  if (compiled.size >= EXPRESSIONS_MAX) compiled.clear(); // the next ones are read again; nothing else depends on it
  compiled.set(text, expression);
  return expression;
}

function read(text: string): Compiled {
  const expression = parse(text);
  const root = expression.ast() as Node; // the declared type knows fewer members
  try {
    const found = {
      variables: variablesIn(root),
      statesMembers: statesMembersIn(root),
      bareReferences: bareReferences(root),
      mayStall: mayStall(root, (name) => LANGUAGE_FUNCTIONS.has(name)),
    };
    let isReady = false;
    const evaluate = (bindings: Record<string, unknown>) => {
      if (!isReady) prepare(expression, root); // costs more than reading, and a check does not need it
      isReady = true;
      return expression.evaluate(undefined, bindings) as Promise<unknown>;
    };
    return { ...found, evaluate };
  } catch (error) {
    if (error instanceof RangeError) throw new ExpressionSyntaxError('The expression is nested too deeply');
    throw error;
  }
}

function prepare(expression: jsonata.Expression, root: Node): void {
  readOwnMembersOnly(root);
  defineServiceFunctions(expression);
  guard(expression);
}

function parse(text: string): jsonata.Expression {
  try {
    return jsonata(text);
  } catch (error) {
    if (error instanceof RangeError) throw new ExpressionSyntaxError('The expression is nested too deeply');
    // The library throws plain objects, which carry the text that its message table has for their code.
    const { message } = error as { message?: unknown };
    throw new ExpressionSyntaxError(typeof message === 'string' ? message : 'The expression cannot be read');
  }
}

/** Functions of JSONata 2.0.6 and of the service, by their names without `$`. */
export const LANGUAGE_FUNCTIONS: ReadonlySet<string> = new Set(
  (
    'abs append assert average base64decode base64encode boolean ceil contains count decodeUrl decodeUrlComponent ' +
    'distinct each encodeUrl encodeUrlComponent error eval exists filter floor formatBase formatInteger formatNumber ' +
    'fromMillis hash join keys length lookup lowercase map match max merge millis min not now number pad parse ' +
    'parseInteger partition power random range reduce replace reverse round shuffle sift single sort split spread ' +
    'sqrt string substring substringAfter substringBefore sum toMillis trim type uppercase uuid zip'
  ).split(' '),
);
