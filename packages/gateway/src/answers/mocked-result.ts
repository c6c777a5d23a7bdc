import { isJsonObject, type Json, type JsonObject } from '@riposte/asl';
import { ServiceError } from '@riposte/engine';
import { sdkAction } from '../sdk/actions.ts';
import { capitalised, memberName } from '../sdk/names.ts';
import { parseTaskResource, type TaskResource } from '../tasks/resource.ts';
import { optimisedAnswer } from './optimised-answers.ts';
import { sdkAnswerModel } from './sdk-shapes.ts';
import { answerModel, type AnswerModel, type AnswerShape } from './shapes.ts';

/** STRICT: what is required is there, and all that is there fits. PRESENT: the latter alone. */
type Mode = 'STRICT' | 'PRESENT';

interface Check {
  model: AnswerModel;
  mode: Mode;
  nameOf: (member: string) => string;
}

/**
 * Whether a service could answer a Task so. Members that the service's model does not have are let pass.
 * @returns what is wrong, in the words of TestState; undefined for a possible result, and where anything may be one
 * @throws ServiceError where it is not known here what the service's answers look like
 */
export function mockedResultProblem(resource: string, result: Json, mode: Mode): string | undefined {
  const answer = answerOf(parseTaskResource(resource));
  if (answer === 'anything') return undefined;
  if (!isJsonObject(result)) return 'Result must be a JSON object';
  const { model, nameOf, free } = answer;
  return structureProblem({ model, mode, nameOf }, model.root, result, free);
}

interface Answer {
  model: AnswerModel;
  /** How members are called. */
  nameOf: (member: string) => string;
  /** Top-level members that may hold anything. */
  free: readonly string[];
}

/** Functions and holders of tokens answer as they like. */
function answerOf(resource: TaskResource | undefined): Answer | 'anything' {
  if (resource?.kind !== 'integration') return 'anything';
  const { service, action, pattern, isSdk } = resource;
  if (pattern === 'waitForTaskToken') return 'anything';
  if (isSdk) return sdkAnswer(service, action);
  const found = optimisedAnswer(service, action, pattern);
  if (found === 'anything') return found;
  const model = found && answerModel(found.service, found.operation);
  if (!model)
    throw unknownAnswer(`${service}:${action}${pattern === 'request-response' ? '' : `.${pattern}`}`);
  return { model, nameOf: capitalised, free: found.free };
}

/** What is written down of a service goes before what its client knows. */
function sdkAnswer(key: string, action: string): Answer | 'anything' {
  const found = sdkAction(key, action);
  const name = `aws-sdk:${key}:${action}`;
  if (found.kind === 'not-installed')
    throw unknownAnswer(
      name,
      `Install the service's client (npm install ${found.service.packageName}), or set`,
    );
  if (found.kind === 'unknown') throw unknownAnswer(name);
  const { service, operation } = found;
  const model = answerModel(service.service, operation.name) ?? sdkAnswerModel(operation);
  return model ? { model, nameOf: memberName, free: [] } : 'anything'; // an operation that answers nothing
}

/** Not in AWS's words, which knows them all: taking the mock unchecked would claim that it had been checked. */
function unknownAnswer(name: string, remedy = 'Set'): ServiceError {
  return new ServiceError(
    'ValidationException',
    `The mocked result of '${name}' cannot be checked: what its answers look like is not known to this server. ${remedy} fieldValidationMode to NONE to have it taken as it is.`,
  );
}

function structureProblem(
  check: Check,
  shape: AnswerShape,
  value: JsonObject,
  free: readonly string[] = [],
): string | undefined {
  if (shape.type !== 'structure') return undefined;
  const given = new Map(Object.entries(value).filter(([, item]) => item !== null));
  const missing =
    check.mode === 'STRICT' ? shape.required?.find((name) => !given.has(check.nameOf(name))) : undefined;
  if (missing !== undefined) return `Required field '${check.nameOf(missing)}' is missing`;
  for (const [name, of] of Object.entries(shape.members)) {
    const field = check.nameOf(name);
    const item = given.get(field);
    if (item === undefined || free.includes(field)) continue;
    const problem = valueProblem(check, check.model.shape(of), item, field);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function valueProblem(check: Check, shape: AnswerShape, value: Json, field: string): string | undefined {
  if (shape.type === 'document') return undefined;
  if (!hasType(shape.type, value)) return `Field '${field}' must be ${NOUNS[shape.type]}`;
  const limit = limitProblem(shape, value);
  if (limit !== undefined) return `Field '${field}' ${limit}`;
  if (shape.type === 'structure' && isJsonObject(value)) return structureProblem(check, shape, value);
  if (shape.type !== 'list' && shape.type !== 'map') return undefined;
  const inner = check.model.shape(shape.of);
  for (const item of Object.values(value as object) as Json[]) {
    const problem = item === null ? undefined : valueProblem(check, inner, item, field);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const NOUNS: Record<Exclude<AnswerShape['type'], 'document'>, string> = {
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  list: 'an array',
  map: 'an object',
  structure: 'an object',
};

function hasType(type: keyof typeof NOUNS, value: Json): boolean {
  if (type === 'list') return Array.isArray(value);
  return type === 'map' || type === 'structure' ? isJsonObject(value) : typeof value === type;
}

function limitProblem({ min, max, values }: AnswerShape, value: Json): string | undefined {
  if (values && typeof value === 'string' && !values.includes(value)) return 'is not an expected value';
  if (typeof value === 'number') {
    if (min !== undefined && value < min) return 'is less than the minimum value';
    return max !== undefined && value > max ? 'exceeds the maximum value' : undefined;
  }
  const length = typeof value === 'string' ? value.length : Object.keys(Object(value)).length;
  if (min !== undefined && length < min) return 'is smaller than the minimum length';
  return max !== undefined && length > max ? 'exceeds the maximum length' : undefined;
}
