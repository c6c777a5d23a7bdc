import { compile, ExpressionSyntaxError } from '../jsonata/compile.ts';
import { expressionIn } from '../jsonata/syntax.ts';
import type { Json } from '@riposte/json';
import { isJsonObject } from '@riposte/json';
import type { Findings } from './diagnostic.ts';
import type { Kind } from './kinds.ts';

/** "When a string starts with `{%` and ends with `%}` its content is a JSONata expression", anywhere in a field. */
export const jsonata: Kind = (value, _, at, findings) => checkTemplate(value, at, findings);

function checkTemplate(template: Json, at: string, findings: Findings): void {
  if (typeof template === 'string') checkExpression(expressionIn(template), at, findings);
  else if (Array.isArray(template))
    for (const [index, item] of template.entries()) checkTemplate(item, `${at}[${index}]`, findings);
  else if (isJsonObject(template))
    for (const [name, member] of Object.entries(template)) checkTemplate(member, `${at}/${name}`, findings);
}

/** An expression, or a literal of a kind. */
export function jsonataOr(literal: Kind): Kind {
  return (value, field, at, findings) => {
    if (typeof value === 'string' && expressionIn(value) !== undefined) checkTemplate(value, at, findings);
    else literal(value, field, at, findings);
  };
}

/** Arrays whose items may hold expressions. */
export const jsonataArray: Kind = (value, _, at, findings) => {
  if (Array.isArray(value)) checkTemplate(value, at, findings);
  else findings.schema('Expected value of type Array', at);
};

/** It can be read, and names nothing that only a context item could give. */
function checkExpression(expression: string | undefined, at: string, findings: Findings): void {
  if (expression === undefined) return;
  try {
    for (const name of compile(expression).bareReferences)
      findings.add(
        'UNSUPPORTED_JSONATA_EXPRESSION',
        `Reference to '${name}' at the top level is not supported.`,
        at,
      );
  } catch (error) {
    if (!(error instanceof ExpressionSyntaxError)) throw error;
    findings.add('INVALID_JSONATA_EXPRESSION', error.message, at);
  }
}
