import type { JsonObject } from '../json.ts';
import type { QueryLanguage, StateType } from '../machine.ts';
import type { Findings } from './diagnostic.ts';
import type { FieldTable } from './fields.ts';

/** What the language has and this interpreter does not have yet is refused here, by name. */
export const NOT_YET = 'is not supported yet by this server';

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

/** Those of tolerated failures are taken on every Map, and mean nothing on an inline one. */
const DISTRIBUTED_FIELDS = ['Label', 'ItemReader', 'ItemBatcher', 'ResultWriter'];

/** Distributed Map. */
export function checkSupported(state: JsonObject, type: StateType, at: string, findings: Findings): void {
  if (type !== 'Map') return;
  for (const field of DISTRIBUTED_FIELDS)
    if (Object.hasOwn(state, field))
      findings.schema(`The field '${field}' of a distributed Map ${NOT_YET}`, `${at}/${field}`);
}
