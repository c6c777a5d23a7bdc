import { isJsonObject, type Json, type JsonObject } from '@riposte/asl';
import { sdkAction } from '../sdk/actions.ts';
import { capitalised, memberName } from '../sdk/names.ts';
import { parseTaskResource, type TaskResource } from '../tasks/resource.ts';
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
 * @returns what is wrong, in the words of TestState; undefined for a possible result, and where the shape of the
 *   answer is not known
 */
export function mockedResultProblem(resource: string, result: Json, mode: Mode): string | undefined {
  const answer = answerOf(parseTaskResource(resource));
  if (!answer?.model) return undefined;
  if (!isJsonObject(result)) return 'Result must be a JSON object';
  const { model, nameOf, free } = answer;
  return structureProblem({ model, mode, nameOf }, model.root, result, free);
}

interface Answer {
  model: AnswerModel | undefined;
  /** How members are called. */
  nameOf: (member: string) => string;
  /** Top-level members that may hold anything. */
  free: readonly string[];
}

/** Those optimised integrations whose answer is the API's own. */
const OPTIMISED = new Set(['dynamodb', 'events', 'lambda', 'sns', 'sqs', 'states']);

function answerOf(resource: TaskResource | undefined): Answer | undefined {
  if (resource?.kind !== 'integration') return undefined;
  const { service, action, pattern, isSdk } = resource;
  // What a token brings is whatever its holder sends.
  if (pattern === 'waitForTaskToken') return undefined;
  if (isSdk) return { model: sdkModel(service, action), nameOf: memberName, free: [] };
  // `.sync` answers with what it polls; `.sync:2` shows JSON texts in it as what they hold.
  if (service === 'states' && pattern !== 'request-response')
    return {
      model: answerModel(service, 'DescribeExecution'),
      nameOf: capitalised,
      free: pattern === 'sync:2' ? ['Input', 'Output'] : [],
    };
  if (pattern !== 'request-response' || !OPTIMISED.has(service)) return undefined;
  // The function's answer is shown as what it holds.
  const free = service === 'lambda' ? ['Payload'] : [];
  return { model: answerModel(service, capitalised(action)), nameOf: capitalised, free };
}

/** What is written down of a service goes before what its client knows. */
function sdkModel(key: string, action: string): AnswerModel | undefined {
  const found = sdkAction(key, action);
  if (found.kind !== 'known') return undefined;
  return answerModel(found.service.service, found.operation.name) ?? sdkAnswerModel(found.operation);
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
