import type { JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';
import type { StateType } from '../machine.ts';
import type { Findings } from './diagnostic.ts';

/** Fields that belong to JSONata states only. */
const JSONATA_FIELDS = ['Arguments', 'Output', 'Items'];

/** What the language has and this interpreter does not have yet is refused here, by name. */
export const NOT_YET = 'is not supported yet by this server';

/**
 * A state may raise itself to JSONata, not lower itself to JSONPath.
 * @returns false when the rest of the state cannot be checked
 */
export function checkLanguage(
  state: JsonObject,
  machineLanguage: 'JSONPath' | 'JSONata',
  at: string,
  findings: Findings,
): boolean {
  const own = state['QueryLanguage'];
  if (machineLanguage === 'JSONata') {
    if (own === 'JSONPath')
      findings.schema(
        "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
        at,
      );
    return false;
  }
  if (own === 'JSONata') {
    findings.schema(`The QueryLanguage 'JSONata' ${NOT_YET}`, `${at}/QueryLanguage`);
    return false;
  }
  const wrong = JSONATA_FIELDS.filter((field) => Object.hasOwn(state, field));
  for (const field of wrong)
    findings.schema(
      `The QueryLanguage is set to 'JSONPath', but field '${field}' is only supported for the 'JSONata' QueryLanguage`,
      at,
    );
  return wrong.length === 0;
}

const DISTRIBUTED_FIELDS = [
  'Label',
  'ItemReader',
  'ItemBatcher',
  'ResultWriter',
  'ToleratedFailureCount',
  'ToleratedFailureCountPath',
  'ToleratedFailurePercentage',
  'ToleratedFailurePercentagePath',
];

/** Distributed Map, and a role of the task's own. */
export function checkSupported(state: JsonObject, type: StateType, at: string, findings: Findings): void {
  if (Object.hasOwn(state, 'Credentials')) {
    const credentials = state['Credentials'];
    if (isJsonObject(credentials) && !('RoleArn' in credentials || 'RoleArn.$' in credentials))
      findings.schema("The field 'RoleArn' is required but was missing", `${at}/Credentials`);
    else findings.schema(`The field 'Credentials' ${NOT_YET}`, `${at}/Credentials`);
  }
  if (type !== 'Map') return;
  for (const field of DISTRIBUTED_FIELDS)
    if (Object.hasOwn(state, field))
      findings.schema(`The field '${field}' of a distributed Map ${NOT_YET}`, `${at}/${field}`);
}
