import type { Json, JsonObject } from '@riposte/json';
import { isJsonObject } from '@riposte/json';
import type { QueryLanguage } from '../machine.ts';
import { assignment, jsonataAssignment } from './assign.ts';
import type { Findings } from './diagnostic.ts';
import type { FieldTable } from './fields.ts';
import { checkFields } from './fields.ts';
import { jsonata } from './jsonata.ts';
import { refuseOtherLanguage } from './language.ts';
import type { Kind } from './kinds.ts';
import { integer, number, oneOf, referencePathOrNull, text } from './kinds.ts';

/** Names of errors that the language itself knows; others must not start with `States.`. */
const RESERVED = new Set([
  'States.ALL',
  'States.BranchFailed',
  'States.DataLimitExceeded',
  'States.ExceedToleratedFailureThreshold',
  'States.HeartbeatTimeout',
  'States.IntrinsicFailure',
  'States.ItemReaderFailed',
  'States.NoChoiceMatched',
  'States.ParameterPathFailure',
  'States.Permissions',
  'States.QueryEvaluationError',
  'States.ResultPathMatchFailure',
  'States.ResultWriterFailed',
  'States.Runtime',
  'States.TaskFailed',
  'States.Timeout',
]);

const errorEquals: Kind = (value, _, at, findings) => {
  if (!Array.isArray(value)) return findings.schema('Expected value of type Array', at);
  if (value.length === 0) return findings.schema('Value cannot be empty', at);
  value.forEach((name, index) => {
    if (typeof name !== 'string') findings.schema('Expected value of type String', `${at}[${index}]`);
    else if (name.startsWith('States.') && !RESERVED.has(name) && !name.startsWith('States.Http.'))
      findings.schema(
        `The error name '${name}' is not known; names of your own must not start with 'States.'`,
        `${at}[${index}]`,
      );
  });
};

const RETRIER: FieldTable = {
  'ErrorEquals*': errorEquals,
  IntervalSeconds: integer(1, 99_999_999),
  MaxAttempts: integer(0, 99_999_999),
  BackoffRate: number(1),
  MaxDelaySeconds: integer(1, 31_622_400),
  JitterStrategy: oneOf('NONE', 'FULL'),
  Comment: text,
};

const CATCHER: FieldTable = { 'ErrorEquals*': errorEquals, 'Next*': text, Comment: text };
const CATCHERS: Record<QueryLanguage, FieldTable> = {
  JSONPath: { ...CATCHER, ResultPath: referencePathOrNull, Assign: assignment },
  JSONata: { ...CATCHER, Output: jsonata, Assign: jsonataAssignment },
};

export const retriers: Kind = (value, _, at, findings) =>
  checkHandlers(value, at, findings, (retrier, here) => checkFields(retrier, RETRIER, here, findings));

export function catchers(language: QueryLanguage): Kind {
  return (value, _, at, findings) =>
    checkHandlers(value, at, findings, (catcher, here) => {
      if (!refuseOtherLanguage(catcher, language, (other) => CATCHERS[other], here, findings))
        checkFields(catcher, CATCHERS[language], here, findings);
    });
}

/** "States.ALL MUST appear alone in its ErrorEquals, and MUST appear in the last Retrier or Catcher". */
function checkHandlers(
  value: Json,
  at: string,
  findings: Findings,
  checkEntry: (entry: JsonObject, at: string) => void,
): void {
  if (!Array.isArray(value)) return findings.schema('Expected value of type Array', at);
  value.forEach((entry, index) => {
    const here = `${at}[${index}]`;
    if (!isJsonObject(entry)) return findings.schema('Expected value of type Object', here);
    checkEntry(entry, here);
    const names = entry['ErrorEquals'];
    if (!Array.isArray(names) || !names.includes('States.ALL')) return;
    if (names.length > 1) findings.schema("'States.ALL' must be alone in ErrorEquals", `${here}/ErrorEquals`);
    if (index < value.length - 1)
      findings.schema("'States.ALL' must be in the last entry", `${here}/ErrorEquals`);
  });
}
