import { plainKey } from '../data/templates.ts';
import { isJsonObject } from '@riposte/json';
import { jsonata } from './jsonata.ts';
import type { Kind } from './kinds.ts';
import type { Findings } from './diagnostic.ts';
import { objectTemplate } from './templates.ts';

const NAME = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u;
const NAME_CHARACTERS_MAX = 80;

/** Names of variables are identifiers of at most 80 characters; `states` is reserved. */
export const assignment: Kind = (value, field, at, findings) => {
  objectTemplate(value, field, at, findings);
  if (isJsonObject(value)) checkVariableNames(Object.keys(value).map(plainKey), at, findings);
};

/** In JSONata mode the end `.$` of a name says nothing. */
export const jsonataAssignment: Kind = (value, field, at, findings) => {
  if (!isJsonObject(value)) return findings.schema('Expected value of type Object', at);
  jsonata(value, field, at, findings);
  checkVariableNames(Object.keys(value), at, findings);
};

function checkVariableNames(names: readonly string[], at: string, findings: Findings): void {
  for (const name of names) {
    if (name === 'states') findings.schema("The variable name 'states' is reserved", at);
    else if (!NAME.test(name) || name.length > NAME_CHARACTERS_MAX)
      findings.schema(`The variable name '${name}' is not valid`, at);
  }
}
