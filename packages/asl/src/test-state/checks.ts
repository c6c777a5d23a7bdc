import type { Json, JsonObject } from '@riposte/json';
import { jsonProblem } from '../json-problem.ts';
import { isJsonObject, parseJson } from '@riposte/json';
import type { State } from '../machine.ts';
import { parseResource } from '../resources.ts';
import type { StateTest } from './contract.ts';
import { invalid, StateTestRefusal } from './contract.ts';
import type { Subject } from './subject.ts';
import { innerGraphs, locate } from './subject.ts';

/**
 * Members of the request that exclude or need each other, whatever the definition is.
 * @throws StateTestRefusal
 */
export function checkMembers({ mock, revealSecrets, context, stateConfiguration }: StateTest): void {
  if (mock?.result !== undefined && mock.errorOutput !== undefined)
    throw invalid('A test mock should have only one of the following fields: [result, errorOutput].');
  if (mock !== undefined && mock.result === undefined && mock.errorOutput === undefined)
    throw invalid('A test mock must have one of the following fields: [result, errorOutput].');
  if (mock !== undefined && revealSecrets === true)
    throw invalid('TestState does not support RevealSecrets when a mock is specified.');
  if (mock !== undefined) return;
  const named: [unknown, string][] = [
    [stateConfiguration?.mapIterationFailureCount, 'MapIterationFailureCount'],
    [stateConfiguration?.mapItemReaderData, 'MapItemReaderData'],
    [stateConfiguration?.errorCausedByState, 'ErrorCausedByState'],
    [context, 'Context'],
  ];
  for (const [value, name] of named)
    if (value !== undefined)
      throw invalid(`TestState does not support ${name} when a mock is not specified.`);
}

/**
 * What can be tested with a mock, and what without.
 * @throws StateTestRefusal
 */
export function checkSubject({ state }: Subject, test: StateTest): void {
  if (test.mock !== undefined) {
    if (!['Task', 'Map', 'Parallel'].includes(state.Type))
      throw invalid(`State type '${state.Type}' is not supported when a mock is specified`);
    return checkConfiguration(state, test);
  }
  if (state.Type === 'Map' || state.Type === 'Parallel')
    throw new StateTestRefusal(
      'InvalidDefinition',
      'TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]',
    );
  if (state.Type !== 'Task') return;
  const awaited = awaitedPattern(state.Resource);
  if (awaited !== undefined)
    throw new StateTestRefusal(
      'InvalidDefinition',
      `TestState API does not support ${awaited} when a mock is not specified`,
    );
  if (test.roleArn === undefined) throw invalid('RoleArn must be specified when testing a Task state');
}

function checkConfiguration(state: State, { stateConfiguration, mock }: StateTest): void {
  const { mapIterationFailureCount, mapItemReaderData, errorCausedByState } = stateConfiguration ?? {};
  if (mapIterationFailureCount !== undefined && state.Type !== 'Map')
    throw invalid('MapIterationFailureCount is only supported for Map states.');
  if (mapItemReaderData !== undefined && !(state.Type === 'Map' && state.ItemReader !== undefined))
    throw invalid('MapItemReaderData is only supported for Map states with an ItemReader.');
  if (errorCausedByState === undefined) return;
  if (mock?.errorOutput === undefined)
    throw invalid('ErrorCausedByState is only supported when an error is mocked.');
  if (!innerGraphs(state).some((graph) => locate(graph, errorCausedByState, false)))
    throw invalid('State not found in definition');
}

/** Work that ends by an answer from outside the request. */
function awaitedPattern(arn: string): string | undefined {
  const resource = parseResource(arn);
  if (resource?.kind === 'activity') return 'activities';
  return resource?.kind === 'service' && resource.suffix !== undefined
    ? `the '${resource.suffix.replace(':2', '')}' service integration pattern`
    : undefined;
}

/** Whether a Task of this resource has a token, or a job of its own, that its context object may show. */
export function isAwaited(arn: string): boolean {
  return awaitedPattern(arn) !== undefined;
}

/**
 * The mocked result.
 * @throws StateTestRefusal
 */
export function readMockedResult(text: string, state: State): Json {
  const result = readJson(text);
  if (result === undefined) throw invalid('Mocked result must be valid JSON');
  if (state.Type === 'Map' && state.ResultWriter !== undefined) {
    if (!isJsonObject(result)) throw invalid('Mocked result must be a JSON object.');
  } else if (state.Type === 'Map' || state.Type === 'Parallel') {
    if (!Array.isArray(result)) throw invalid('Mocked result must be an array.');
    if (state.Type === 'Parallel' && result.length !== state.Branches.length)
      throw invalid('Mocked result must contain the same number of items as number of Parallel branches.');
  }
  return result;
}

/** @throws StateTestRefusal */
export function readInput(text: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    throw new StateTestRefusal(
      'InvalidExecutionInput',
      `Invalid State Machine Execution Input: '${text.trim() === '' ? 'Invalid execution input.' : jsonProblem(text, error)}'`,
    );
  }
}

/** @throws StateTestRefusal */
export function readVariables(text: string): JsonObject {
  const variables = readJson(text);
  if (!isJsonObject(variables)) throw invalid('Variables must be a valid JSON object');
  return variables;
}

export function readJson(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
