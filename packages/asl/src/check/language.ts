import type { JsonObject } from '@riposte/json';
import type { QueryLanguage } from '../machine.ts';
import type { Findings } from './diagnostic.ts';
import type { FieldTable } from './fields.ts';

/**
 * A state may raise itself to JSONata, not lower itself to JSONPath. States inside a state follow the machine.
 * @returns undefined when the rest of the state cannot be checked
 */
export function languageOf(
  state: JsonObject,
  machineLanguage: QueryLanguage,
  at: string,
  findings: Findings,
): QueryLanguage | undefined {
  const own = state['QueryLanguage'];
  if (machineLanguage === 'JSONPath') return own === 'JSONata' ? 'JSONata' : 'JSONPath';
  if (own !== 'JSONPath') return 'JSONata';
  findings.schema("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine", at);
  return undefined;
}

/**
 * Fields that only the other query language has, in a state, a rule or a catcher.
 * @returns whether there were any
 */
export function refuseOtherLanguage(
  object: JsonObject,
  language: QueryLanguage,
  tableOf: (language: QueryLanguage) => FieldTable,
  at: string,
  findings: Findings,
): boolean {
  const other = language === 'JSONata' ? 'JSONPath' : 'JSONata';
  const isIn = (table: FieldTable, name: string) =>
    Object.hasOwn(table, name) || Object.hasOwn(table, `${name}*`);
  const [own, others] = [tableOf(language), tableOf(other)];
  const wrong = Object.keys(object).filter((name) => !isIn(own, name) && isIn(others, name));
  for (const field of wrong)
    findings.schema(
      `The QueryLanguage is set to '${language}', but field '${field}' is only supported for the '${other}' QueryLanguage`,
      at,
    );
  return wrong.length > 0;
}
