import { plainKey } from '../data/templates.ts';
import { isJsonObject } from '../json.ts';
import type { Kind } from './kinds.ts';
import { objectTemplate } from './templates.ts';

const NAME = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u;
const NAME_CHARACTERS_MAX = 80;

/** Names of variables are identifiers of at most 80 characters; `states` is reserved. */
export const assignment: Kind = (value, field, at, findings) => {
  objectTemplate(value, field, at, findings);
  if (!isJsonObject(value)) return;
  for (const name of Object.keys(value).map(plainKey)) {
    if (name === 'states') findings.schema("The variable name 'states' is reserved", at);
    else if (!NAME.test(name) || name.length > NAME_CHARACTERS_MAX)
      findings.schema(`The variable name '${name}' is not valid`, at);
  }
};
