import type { JsonObject } from '@riposte/json';
import type { Machine } from '../machine.ts';
import type { Diagnostic } from './diagnostic.ts';
import { Findings } from './diagnostic.ts';
import { readDocument } from './document.ts';
import type { FieldTable } from './fields.ts';
import { checkFields } from './fields.ts';
import type { Graph } from './graphs.ts';
import { checkContainer, checkInnerGraph, graphsOf, statesOf } from './graphs.ts';
import { integer, object, oneOf, text } from './kinds.ts';
import type { Integrations } from './integrations.ts';
import { checkLabels, checkNames } from './names.ts';
import type { ResourceRules } from './resources.ts';
import { checkState } from './states.ts';
import { checkTransitions } from './transitions.ts';
import { checkVariables } from './variables.ts';

const MACHINE: FieldTable = {
  'States*': object,
  'StartAt*': text,
  Comment: text,
  QueryLanguage: oneOf('JSONPath', 'JSONata'),
  TimeoutSeconds: integer(1, 99_999_999),
  Version: oneOf('1.0'),
};

/** What came of reading a definition. */
export interface ParsedDefinition {
  /** Present if, and only if, no diagnostic is an ERROR. */
  machine?: Machine;
  diagnostics: Diagnostic[];
}

interface ParseOptions {
  type?: 'STANDARD' | 'EXPRESS';
  /** Default: whatever AWS has. */
  integrations?: Integrations;
}

/** The name that the service gives to a state without a machine. */
export const STATE_ALONE = 'StateName';

/** Reads and checks a definition. Never throws: what is wrong is in the diagnostics, in the service's words. */
export function parseDefinition(text: string, options: ParseOptions = {}): ParsedDefinition {
  const findings = new Findings();
  const document = readDocument(text, findings);
  if (document === undefined) return { diagnostics: findings.diagnostics };
  return checked(document, options, false, findings);
}

/** Reads and checks one state alone, as a machine of just that state; where it leads is not looked at. */
export function parseState(text: string): ParsedDefinition {
  const findings = new Findings();
  const state = readDocument(text, findings);
  if (state === undefined) return { diagnostics: findings.diagnostics };
  return checked({ StartAt: STATE_ALONE, States: { [STATE_ALONE]: state } }, {}, true, findings);
}

function checked(
  document: JsonObject,
  options: ParseOptions,
  isAlone: boolean,
  findings: Findings,
): ParsedDefinition {
  const { type = 'STANDARD', integrations } = options;
  checkMachine(document, { type, ...(integrations && { integrations }) }, isAlone, findings);
  const { diagnostics } = findings;
  if (diagnostics.some(({ severity }) => severity === 'ERROR')) return { diagnostics };
  return { machine: { ...(document as unknown as Machine), type }, diagnostics }; // the checks have shown that it is one
}

function checkMachine(
  document: JsonObject,
  rules: ResourceRules,
  isAlone: boolean,
  findings: Findings,
): void {
  checkFields(document, MACHINE, '', findings);
  const language = document['QueryLanguage'] === 'JSONata' ? 'JSONata' : 'JSONPath';
  const graphs = graphsOf(document, rules.type);
  for (const graph of graphs) checkGraph(graph, language, rules, findings);
  checkNames(graphs, findings);
  checkLabels(graphs, findings);
  checkVariables(graphs, findings);
  for (const graph of graphs)
    if (hasStates(graph) && !(isAlone && graph.at === '')) checkTransitions(graph, findings);
}

function checkGraph(
  graph: Graph,
  language: 'JSONPath' | 'JSONata',
  rules: ResourceRules,
  findings: Findings,
): void {
  if (graph.at !== '') checkInnerGraph(graph, findings);
  const states = graph.object['States'];
  if (states === undefined || typeof states !== 'object' || states === null || Array.isArray(states)) return;
  if (Object.keys(states).length === 0) findings.schema('Value cannot be empty', `${graph.at}/States`);
  for (const [name, state] of Object.entries(states))
    checkState(state, language, { ...rules, type: graph.runs.type }, `${graph.at}/States/${name}`, findings);
  for (const { state, at } of statesOf(graph)) checkContainer(state, at, findings);
}

function hasStates(graph: Graph): boolean {
  return statesOf(graph).length > 0;
}
