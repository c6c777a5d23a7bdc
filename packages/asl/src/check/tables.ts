import type { QueryLanguage, StateType } from '../machine.ts';
import { assignment, jsonataAssignment } from './assign.ts';
import { choices } from './choices.ts';
import { credentials } from './credentials.ts';
import { itemBatcher, itemReader, resultWriter } from './distributed.ts';
import { catchers, retriers } from './errors.ts';
import type { FieldTable } from './fields.ts';
import { jsonata, jsonataArray, jsonataOr } from './jsonata.ts';
import {
  anything,
  boolean,
  integer,
  number,
  oneOf,
  path,
  pathOrIntrinsic,
  pathOrNull,
  referencePathOrNull,
  text,
  timestamp,
} from './kinds.ts';
import { objectTemplate, template } from './templates.ts';

const SECONDS = integer(1, 99_999_999);
const WAIT_SECONDS = integer(0, 99_999_999);
const COUNT = integer(0, Number.MAX_SAFE_INTEGER);

const EVERY: FieldTable = { 'Type*': anything, Comment: text, QueryLanguage: oneOf('JSONPath', 'JSONata') };
const ONWARD: FieldTable = { Next: text, End: boolean };
// Branches, ItemProcessor and Iterator are checked as graphs of their own.
function map(language: QueryLanguage): FieldTable {
  return {
    ItemProcessor: anything,
    Iterator: anything,
    Label: text,
    ItemReader: itemReader(language),
    ItemBatcher: itemBatcher(language),
    ResultWriter: resultWriter(language),
  };
}

const FILTERED: FieldTable = { InputPath: pathOrNull, OutputPath: pathOrNull };
const WORKING: FieldTable = {
  Parameters: template,
  ResultSelector: objectTemplate,
  ResultPath: referencePathOrNull,
  Retry: retriers,
  Catch: catchers('JSONPath'),
  Assign: assignment,
};

const JSONPATH: Record<StateType, FieldTable> = {
  Task: {
    ...EVERY,
    ...FILTERED,
    ...ONWARD,
    ...WORKING,
    'Resource*': text,
    TimeoutSeconds: SECONDS,
    TimeoutSecondsPath: path,
    HeartbeatSeconds: SECONDS,
    HeartbeatSecondsPath: path,
    Credentials: credentials('JSONPath'),
  },
  Pass: {
    ...EVERY,
    ...FILTERED,
    ...ONWARD,
    Parameters: template,
    Result: anything,
    ResultPath: referencePathOrNull,
    Assign: assignment,
  },
  Choice: { ...EVERY, ...FILTERED, 'Choices*': choices('JSONPath'), Default: text, Assign: assignment },
  Wait: {
    ...EVERY,
    ...FILTERED,
    ...ONWARD,
    Seconds: WAIT_SECONDS,
    SecondsPath: path,
    Timestamp: timestamp,
    TimestampPath: path,
    Assign: assignment,
  },
  Succeed: { ...EVERY, ...FILTERED },
  Fail: { ...EVERY, Error: text, ErrorPath: pathOrIntrinsic, Cause: text, CausePath: pathOrIntrinsic },
  Parallel: { ...EVERY, ...FILTERED, ...ONWARD, ...WORKING, 'Branches*': anything },
  Map: {
    ...EVERY,
    ...FILTERED,
    ...ONWARD,
    ...WORKING,
    ...map('JSONPath'),
    ItemsPath: path,
    ItemSelector: template,
    MaxConcurrency: COUNT,
    MaxConcurrencyPath: path,
    ToleratedFailureCount: COUNT,
    ToleratedFailureCountPath: path,
    ToleratedFailurePercentage: number(0),
    ToleratedFailurePercentagePath: path,
  },
};

const EVALUATED: FieldTable = { Output: jsonata, Assign: jsonataAssignment };
const EVALUATED_WORKING: FieldTable = {
  ...EVALUATED,
  Arguments: jsonata,
  Retry: retriers,
  Catch: catchers('JSONata'),
};

const JSONATA: Record<StateType, FieldTable> = {
  Task: {
    ...EVERY,
    ...ONWARD,
    ...EVALUATED_WORKING,
    'Resource*': text,
    TimeoutSeconds: jsonataOr(SECONDS),
    HeartbeatSeconds: jsonataOr(SECONDS),
    Credentials: credentials('JSONata'),
  },
  Pass: { ...EVERY, ...ONWARD, ...EVALUATED },
  Choice: { ...EVERY, ...EVALUATED, 'Choices*': choices('JSONata'), Default: text },
  Wait: {
    ...EVERY,
    ...ONWARD,
    ...EVALUATED,
    Seconds: jsonataOr(WAIT_SECONDS),
    Timestamp: jsonataOr(timestamp),
  },
  Succeed: { ...EVERY, Output: jsonata },
  Fail: { ...EVERY, Error: jsonataOr(text), Cause: jsonataOr(text) },
  Parallel: { ...EVERY, ...ONWARD, ...EVALUATED_WORKING, 'Branches*': anything },
  Map: {
    ...EVERY,
    ...ONWARD,
    ...map('JSONata'),
    ...EVALUATED,
    Retry: retriers,
    Catch: catchers('JSONata'),
    Items: jsonataOr(jsonataArray),
    ItemSelector: jsonata,
    MaxConcurrency: jsonataOr(COUNT),
    ToleratedFailureCount: jsonataOr(COUNT),
    ToleratedFailurePercentage: jsonataOr(number(0)),
  },
};

/** The field matrix of the language, by query language and state type. */
export const tables: Record<QueryLanguage, Record<StateType, FieldTable>> = {
  JSONPath: JSONPATH,
  JSONata: JSONATA,
};
