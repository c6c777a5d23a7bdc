import { plainKey } from '../data/templates.ts';
import { expressionIn } from '../jsonata/syntax.ts';
import type { Json } from '@riposte/json';
import { isJsonObject } from '@riposte/json';
import type { QueryLanguage } from '../machine.ts';
import type { Findings } from './diagnostic.ts';
import { jsonata } from './jsonata.ts';
import type { Kind } from './kinds.ts';
import { objectTemplate } from './templates.ts';

/** "Credentials: the target role the state machine's execution role must assume": `RoleArn`, and nothing else. */
export function credentials(language: QueryLanguage): Kind {
  const template = language === 'JSONata' ? jsonata : objectTemplate;
  return (value, field, at, findings) => {
    template(value, field, at, findings);
    if (isJsonObject(value)) checkMembers(Object.keys(value), language, at, findings);
    else if (language === 'JSONata' && !isExpression(value))
      findings.schema('Expected value of type Object', at);
  };
}

function checkMembers(
  keys: readonly string[],
  language: QueryLanguage,
  at: string,
  findings: Findings,
): void {
  const names = keys.map((key) => (language === 'JSONata' ? key : plainKey(key)));
  for (const name of names)
    if (name !== 'RoleArn') findings.schema(`The field '${name}' is not supported by Step Functions`, at);
  if (!names.includes('RoleArn')) findings.schema("The field 'RoleArn' is required but was missing", at);
}

function isExpression(value: Json): boolean {
  return typeof value === 'string' && expressionIn(value) !== undefined;
}
