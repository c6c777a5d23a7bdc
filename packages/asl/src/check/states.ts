import type { Json, JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';
import type { StateType } from '../machine.ts';
import { assignment } from './assign.ts';
import { choices } from './choices.ts';
import type { Findings } from './diagnostic.ts';
import { catchers, retriers } from './errors.ts';
import type { FieldTable } from './fields.ts';
import { checkAtMostOne, checkExactlyOne, checkFields } from './fields.ts';
import {
  anything,
  integer,
  boolean,
  oneOf,
  path,
  pathOrIntrinsic,
  pathOrNull,
  referencePathOrNull,
  text,
  timestamp,
} from './kinds.ts';
import { checkLanguage, checkSupported } from './language.ts';
import { checkResource } from './resources.ts';
import { objectTemplate, template } from './templates.ts';

const SECONDS = integer(1, 99_999_999);

const EVERY: FieldTable = { 'Type*': anything, Comment: text, QueryLanguage: oneOf('JSONPath', 'JSONata') };
const FILTERED: FieldTable = { InputPath: pathOrNull, OutputPath: pathOrNull };
const ONWARD: FieldTable = { Next: text, End: boolean, Assign: assignment };
const WORKING: FieldTable = {
  ResultSelector: objectTemplate,
  ResultPath: referencePathOrNull,
  Retry: retriers,
  Catch: catchers,
};

/** The field matrix of the language, by state type, for JSONPath. */
const TABLES: Record<StateType, FieldTable> = {
  Task: {
    ...EVERY,
    ...FILTERED,
    ...ONWARD,
    ...WORKING,
    Parameters: template,
    'Resource*': text,
    TimeoutSeconds: SECONDS,
    TimeoutSecondsPath: path,
    HeartbeatSeconds: SECONDS,
    HeartbeatSecondsPath: path,
    Credentials: objectTemplate,
  },
  Pass: {
    ...EVERY,
    ...FILTERED,
    ...ONWARD,
    Parameters: template,
    Result: anything,
    ResultPath: referencePathOrNull,
  },
  Choice: { ...EVERY, ...FILTERED, 'Choices*': choices, Default: text, Assign: assignment },
  Wait: {
    ...EVERY,
    ...FILTERED,
    ...ONWARD,
    Seconds: integer(0, 99_999_999),
    SecondsPath: path,
    Timestamp: timestamp,
    TimestampPath: path,
  },
  Succeed: { ...EVERY, ...FILTERED },
  Fail: { ...EVERY, Error: text, ErrorPath: pathOrIntrinsic, Cause: text, CausePath: pathOrIntrinsic },
  // Branches, ItemProcessor and Iterator are checked as graphs of their own.
  Parallel: { ...EVERY, ...FILTERED, ...ONWARD, ...WORKING, Parameters: template, 'Branches*': anything },
  Map: {
    ...EVERY,
    ...FILTERED,
    ...ONWARD,
    ...WORKING,
    Parameters: template,
    ItemsPath: path,
    ItemSelector: template,
    ItemProcessor: anything,
    Iterator: anything,
    MaxConcurrency: integer(0, Number.MAX_SAFE_INTEGER),
    MaxConcurrencyPath: path,
    Label: text,
    ItemReader: anything,
    ItemBatcher: anything,
    ResultWriter: anything,
    ToleratedFailureCount: anything,
    ToleratedFailureCountPath: anything,
    ToleratedFailurePercentage: anything,
    ToleratedFailurePercentagePath: anything,
  },
};

/** In the order in which the service lists them. */
const TYPES = ['Task', 'Wait', 'Pass', 'Succeed', 'Fail', 'Choice', 'Parallel', 'Map'] as const;

const EXCLUSIVE: readonly (readonly string[])[] = [
  ['TimeoutSeconds', 'TimeoutSecondsPath'],
  ['HeartbeatSeconds', 'HeartbeatSecondsPath'],
  ['MaxConcurrency', 'MaxConcurrencyPath'],
  ['Error', 'ErrorPath'],
  ['Cause', 'CausePath'],
  ['ItemProcessor', 'Iterator'],
];

/** One state on its own; where it leads, and what lies inside it, are other rules. */
export function checkState(
  state: Json,
  language: 'JSONPath' | 'JSONata',
  type: 'STANDARD' | 'EXPRESS',
  at: string,
  findings: Findings,
): void {
  if (!isJsonObject(state)) return findings.schema('Expected value of type Object', at);
  if (!Object.hasOwn(state, 'Type')) return findings.schema('These fields are required: [Type]', at);
  const stateType = TYPES.find((known) => known === state['Type']);
  if (stateType === undefined) return oneOf(...TYPES)(state['Type'] ?? null, 'Type', `${at}/Type`, findings);
  if (!checkLanguage(state, language, at, findings)) return;
  checkFields(state, TABLES[stateType], at, findings);
  if ('Next' in TABLES[stateType]) checkOnward(state, at, findings);
  for (const names of EXCLUSIVE) checkAtMostOne(state, names, at, findings);
  if (stateType === 'Map') checkAtMostOne(state, ['ItemSelector', 'Parameters'], at, findings);
  if (stateType === 'Wait')
    checkExactlyOne(state, ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'], at, findings);
  if (stateType === 'Task') checkTask(state, type, at, findings);
  checkSupported(state, stateType, at, findings);
}

function checkTask(state: JsonObject, type: 'STANDARD' | 'EXPRESS', at: string, findings: Findings): void {
  const { Resource: resource, TimeoutSeconds: timeout, HeartbeatSeconds: heartbeat } = state;
  if (typeof resource === 'string') checkResource(resource, type, `${at}/Resource`, findings);
  if (typeof timeout === 'number' && typeof heartbeat === 'number' && heartbeat >= timeout)
    findings.schema("The field 'HeartbeatSeconds' must be smaller than 'TimeoutSeconds'", at);
}

/** "All non-terminal states MUST have a Next field", and a terminal one has End instead; `End: false` says nothing. */
function checkOnward(state: JsonObject, at: string, findings: Findings): void {
  const { End: end, ...others } = state;
  checkExactlyOne(end === false ? others : state, ['Next', 'End'], at, findings);
}
