import { graphsOf, statesOf } from '../check/graphs.ts';
import { isDynamicKey, plainKey } from '../data/templates.ts';
import type { Json, JsonObject } from '@riposte/json';
import { isJsonObject, parseJson, setMember } from '@riposte/json';
import { expressionIn } from '../jsonata/syntax.ts';
import { jsonataVariables, pathVariables } from './expression-variables.ts';

/** What a state holds that is not evaluated, or is a state's own. */
const NOT_EVALUATED = new Set(['Branches', 'ItemProcessor', 'Iterator', 'Comment', 'Result', 'Type', 'Next']);
/** Payload templates of JSONPath mode: expressions stand under names that end in `.$`. */
const TEMPLATES = new Set([
  'Assign',
  'BatchInput',
  'Credentials',
  'ItemSelector',
  'Parameters',
  'ResultSelector',
]);

/**
 * The variables that each state of a definition reads, as DescribeStateMachine tells them: names in order, states
 * without any left out. Expressions that cannot be read count for nothing.
 * @param definition  JSON text that was checked before
 */
export function variableReferences(definition: string): Record<string, string[]> {
  const machine = parseJson(definition);
  if (!isJsonObject(machine)) return {};
  const states = graphsOf(machine, 'STANDARD').flatMap(statesOf);
  const assigned = new Set(states.flatMap(({ state }) => assignedNames(state)));
  const references: JsonObject = {};
  for (const { name, state } of states) {
    const language = state['QueryLanguage'] ?? machine['QueryLanguage'];
    const names = new Set<string>();
    if (language === 'JSONata') jsonataFields(state, assigned, names);
    else pathFields(state, names);
    if (names.size > 0) setMember(references, name, [...names].sort());
  }
  return references as Record<string, string[]>; // just made so
}

/** Fields that hold a path end in `Path`; a Choice names its operand `Variable`. */
function pathFields(fields: Json, names: Set<string>): void {
  if (Array.isArray(fields)) for (const item of fields) pathFields(item, names);
  if (!isJsonObject(fields)) return;
  for (const [field, value] of Object.entries(fields)) {
    if (NOT_EVALUATED.has(field)) continue;
    if (TEMPLATES.has(field)) template(value, names);
    else if (typeof value !== 'string') pathFields(value, names);
    else if (field === 'Variable' || field.endsWith('Path')) add(pathVariables(value), names);
  }
}

function template(value: Json, names: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) template(item, names);
  if (!isJsonObject(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (isDynamicKey(key) && typeof item === 'string') add(pathVariables(item), names);
    else template(item, names);
  }
}

function jsonataFields(value: Json, assigned: ReadonlySet<string>, names: Set<string>): void {
  if (typeof value === 'string') {
    const expression = expressionIn(value);
    if (expression !== undefined) add(jsonataVariables(expression, assigned), names);
  } else if (Array.isArray(value)) for (const item of value) jsonataFields(item, assigned, names);
  else if (isJsonObject(value))
    for (const [field, item] of Object.entries(value))
      if (!NOT_EVALUATED.has(field)) jsonataFields(item, assigned, names);
}

function assignedNames(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(assignedNames);
  if (!isJsonObject(value)) return [];
  const { Assign: assign, Choices: choices = null, Catch: catchers = null } = value;
  const own = isJsonObject(assign) ? Object.keys(assign).map(plainKey) : [];
  return [...own, ...assignedNames(choices), ...assignedNames(catchers)];
}

function add(found: ReadonlySet<string>, names: Set<string>): void {
  for (const name of found) names.add(name);
}
