import type { Evaluation } from '../data/evaluation.ts';
import type { Failure, StateFailure } from '../errors/failure.ts';
import { EvaluationFailure } from '../errors/failure.ts';
import { failureCause } from '../errors/place.ts';
import type { Json, JsonObject } from '@riposte/json';
import { memberOf } from '@riposte/json';
import { formatTimestamp } from '../timestamps.ts';
import type { Visit } from '../states/handler.ts';
import type { Scope, VisitRecord } from './scopes.ts';
import { itemsKey } from './scopes.ts';
import type { Turn } from './turn.ts';

/**
 * The current visit of a scope, as its state's handler sees it.
 * @param itemIndex  of the item whose iteration is being prepared, for ItemSelector
 */
export function visitOf(turn: Turn, key: string, itemIndex?: number): Visit {
  const scope = turn.scope(key);
  return {
    stateName: scope.stateName,
    language: turn.state(scope).QueryLanguage ?? turn.machine.QueryLanguage ?? 'JSONPath',
    input: scope.input,
    nowMs: turn.environment.nowMs,
    evaluation: (document) => evaluation(turn, key, document, itemIndex),
  };
}

function evaluation(turn: Turn, key: string, document: Json, itemIndex: number | undefined): Evaluation {
  let context: JsonObject | undefined;
  return {
    document,
    get context() {
      context ??= contextObject(turn, key, itemIndex);
      return context;
    },
    variable: (name) => variable(turn, key, name),
    environment: turn.environment,
  };
}

function variable(turn: Turn, key: string, name: string): Json | undefined {
  for (let at: string | undefined = key; at !== undefined;) {
    const scope = turn.scope(at);
    const value = memberOf(scope.variables, name);
    if (value !== undefined) return value;
    at = scope.parent;
  }
  return undefined;
}

/** The variables that a scope reads, inner ones before outer ones. */
export function variablesOf(turn: Turn, key: string): JsonObject {
  const { variables, parent } = turn.scope(key);
  return parent === undefined ? variables : { ...variablesOf(turn, parent), ...variables };
}

/** `$$` of a scope's current state. */
export function contextOf(turn: Turn, key: string): JsonObject {
  return contextObject(turn, key, undefined);
}

/** `$$`. Members stand in the order in which the service shows them. */
function contextObject(turn: Turn, key: string, itemIndex: number | undefined): JsonObject {
  const scope = turn.scope(key);
  const { execution } = turn;
  const item = itemIndex === undefined ? itemInScope(turn, key) : itemOf(turn, key, itemIndex);
  const token = scope.visit?.taskToken;
  return {
    Execution: {
      Id: execution.executionArn,
      Input: turn.executionInput,
      StartTime: formatTimestamp(execution.startTimeMs),
      Name: execution.name,
      RoleArn: execution.roleArn,
      RedriveCount: execution.redriveCount,
      ...(execution.redriveTimeMs !== undefined && {
        RedriveTime: formatTimestamp(execution.redriveTimeMs),
      }),
    },
    ...(item !== undefined && { Map: { Item: item } }),
    StateMachine: { Id: execution.stateMachineArn, Name: execution.stateMachineName },
    State: stateContext(turn, scope),
    ...(token !== undefined && { Task: { Token: token } }),
  };
}

function stateContext(turn: Turn, scope: Scope): JsonObject {
  const { visit } = scope;
  const state: JsonObject = {
    Name: scope.stateName,
    EnteredTime: formatTimestamp(visit?.enteredMs ?? turn.environment.nowMs),
  };
  if (['Task', 'Map', 'Parallel'].includes(turn.state(scope).Type))
    state['RetryCount'] = (visit?.retryCounts ?? []).reduce((sum, count) => sum + count, 0);
  return state;
}

/** The item of the nearest iteration that a scope runs in. */
function itemInScope(turn: Turn, key: string): JsonObject | undefined {
  let scope = turn.scope(key);
  while (scope.parent !== undefined) {
    if (turn.state(turn.scope(scope.parent)).Type === 'Map')
      return itemOf(turn, scope.parent, scope.index ?? 0);
    scope = turn.scope(scope.parent);
  }
  return undefined;
}

function itemOf(turn: Turn, mapKey: string, index: number): JsonObject {
  const item = itemAt(turn, mapKey, index);
  if (turn.join(mapKey).isKeyed !== true) return { Index: index, Value: item, Source: 'STATE_DATA' };
  const { Key = null, Value = null } = item as JsonObject; // a keyed join holds pairs
  return { Index: index, Key, Value, Source: 'STATE_DATA' };
}

export function itemAt(turn: Turn, mapKey: string, index: number): Json {
  const items = turn.read(itemsKey(mapKey));
  return Array.isArray(items) ? (items[index] ?? null) : null;
}

/**
 * The failure of a state; that of an evaluation has an event of its own.
 * @param previousEventId  what that event follows; by default the scope's last
 */
export function tellFailure(turn: Turn, key: string, error: StateFailure, previousEventId?: number): Failure {
  const scope = turn.scope(key);
  const failure = failureOf(error, scope);
  if (error instanceof EvaluationFailure) {
    const lastEventId = turn.emit('EvaluationFailed', previousEventId ?? scope.lastEventId, {
      error: error.error,
      cause: failure.cause ?? null,
      ...(error.location !== undefined && { location: error.location }),
      state: scope.stateName,
    });
    turn.saveScope(key, { ...scope, lastEventId });
  }
  return failure;
}

/** The failure of a state as its own and outer states see it. */
function failureOf(error: StateFailure, scope: Scope): Failure {
  const { enteredEventId } = currentVisit(scope);
  return {
    error: error.error,
    cause: failureCause(error, { stateName: scope.stateName, enteredEventId }),
    isFatal: error.isFatal,
  };
}

export function currentVisit(scope: Scope): VisitRecord {
  if (scope.visit === undefined) throw new Error(`Scope in ${scope.stateName} has not entered it`);
  return scope.visit;
}
