import type { Json, JsonObject } from '@riposte/json';
import { isJsonObject } from '@riposte/json';
import type { QueryLanguage } from '../machine.ts';
import type { Findings } from './diagnostic.ts';
import { checkDistributed } from './distributed.ts';
import { checkAtMostOne, checkExactlyOne, checkFields } from './fields.ts';
import { oneOf } from './kinds.ts';
import { languageOf, refuseOtherLanguage } from './language.ts';
import type { ResourceRules } from './resources.ts';
import { checkParameters, checkResource } from './resources.ts';
import { tables } from './tables.ts';
import { warnOfState } from './warnings.ts';

/** In the order in which the service lists them. */
const TYPES = ['Task', 'Wait', 'Pass', 'Succeed', 'Fail', 'Choice', 'Parallel', 'Map'] as const;

const EXCLUSIVE: readonly (readonly string[])[] = [
  ['TimeoutSeconds', 'TimeoutSecondsPath'],
  ['HeartbeatSeconds', 'HeartbeatSecondsPath'],
  ['MaxConcurrency', 'MaxConcurrencyPath'],
  ['Error', 'ErrorPath'],
  ['Cause', 'CausePath'],
  ['ItemProcessor', 'Iterator'],
  ['ToleratedFailureCount', 'ToleratedFailureCountPath'],
  ['ToleratedFailurePercentage', 'ToleratedFailurePercentagePath'],
];

const WAKE_UPS: Record<QueryLanguage, readonly string[]> = {
  JSONPath: ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'],
  JSONata: ['Seconds', 'Timestamp'],
};

/** One state on its own; where it leads, and what lies inside it, are other rules. */
export function checkState(
  state: Json,
  machineLanguage: QueryLanguage,
  rules: ResourceRules,
  at: string,
  findings: Findings,
): void {
  if (!isJsonObject(state)) return findings.schema('Expected value of type Object', at);
  if (!Object.hasOwn(state, 'Type')) return findings.schema('These fields are required: [Type]', at);
  const stateType = TYPES.find((known) => known === state['Type']);
  if (stateType === undefined) return oneOf(...TYPES)(state['Type'] ?? null, 'Type', `${at}/Type`, findings);
  const language = languageOf(state, machineLanguage, at, findings);
  if (language === undefined) return;
  const table = tables[language][stateType];
  if (refuseOtherLanguage(state, language, (other) => tables[other][stateType], at, findings)) return;
  checkFields(state, table, at, findings);
  if ('Next' in table) checkOnward(state, at, findings);
  for (const names of EXCLUSIVE) checkAtMostOne(state, names, at, findings);
  if (stateType === 'Map') checkAtMostOne(state, ['ItemSelector', 'Parameters'], at, findings);
  if (stateType === 'Wait') checkExactlyOne(state, WAKE_UPS[language], at, findings);
  if (stateType === 'Task') checkTask(state, rules, at, findings);
  checkDistributed(state, rules.type, at, findings);
  if (language === 'JSONPath') warnOfState(state, at, findings);
}

function checkTask(state: JsonObject, rules: ResourceRules, at: string, findings: Findings): void {
  const { Resource: resource, TimeoutSeconds: timeout, HeartbeatSeconds: heartbeat } = state;
  if (typeof resource === 'string') checkResource(resource, rules, `${at}/Resource`, findings);
  checkParameters(state, rules, at, findings);
  if (typeof timeout === 'number' && typeof heartbeat === 'number' && heartbeat >= timeout)
    findings.schema("The field 'HeartbeatSeconds' must be smaller than 'TimeoutSeconds'", at);
}

/** "All non-terminal states MUST have a Next field", and a terminal one has End instead; `End: false` says nothing. */
function checkOnward(state: JsonObject, at: string, findings: Findings): void {
  const { End: end, ...others } = state;
  checkExactlyOne(end === false ? others : state, ['Next', 'End'], at, findings);
}
