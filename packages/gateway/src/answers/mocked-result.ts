import { isJsonObject, type Json, type JsonObject } from '@riposte/asl';
import { parseTaskResource, type TaskResource } from '../tasks/resource.ts';
import { answerModel, type AnswerModel, type AnswerShape } from './shapes.ts';

/** STRICT: what is required is there, and all that is there fits. PRESENT: the latter alone. */
type Mode = 'STRICT' | 'PRESENT';

interface Check {
  model: AnswerModel;
  mode: Mode;
}

/**
 * Whether a service could answer a Task so. Members that the service's model does not have are let pass.
 * @returns what is wrong, in the words of TestState; undefined for a possible result, and where the shape of the
 *   answer is not known
 */
export function mockedResultProblem(resource: string, result: Json, mode: Mode): string | undefined {
  const answer = answerOf(parseTaskResource(resource));
  const model = answer && answerModel(answer.service, answer.operation);
  if (!answer || !model) return undefined;
  if (!isJsonObject(result)) return 'Result must be a JSON object';
  return structureProblem({ model, mode }, model.root, result, answer.free);
}

interface Answer {
  service: string;
  operation: string;
  /** Top-level members that may hold anything. */
  free: readonly string[];
}

/** Keys of `aws-sdk:` resources that are not signing names. */
const SDK_SERVICES: Readonly<Record<string, string>> = { sfn: 'states', eventbridge: 'events' };

/** Those optimised integrations whose answer is the API's own. */
const OPTIMISED = new Set(['dynamodb', 'events', 'lambda', 'sns', 'sqs', 'states']);

function answerOf(resource: TaskResource | undefined): Answer | undefined {
  if (resource?.kind !== 'integration') return undefined;
  const { service, action, pattern, isSdk } = resource;
  const operation = action.charAt(0).toUpperCase() + action.slice(1);
  // What a token brings is whatever its holder sends.
  if (pattern === 'waitForTaskToken') return undefined;
  if (isSdk) return { service: SDK_SERVICES[service] ?? service, operation, free: [] };
  // `.sync` answers with what it polls; `.sync:2` shows JSON texts in it as what they hold.
  if (service === 'states' && pattern !== 'request-response')
    return {
      service,
      operation: 'DescribeExecution',
      free: pattern === 'sync:2' ? ['Input', 'Output'] : [],
    };
  if (pattern !== 'request-response' || !OPTIMISED.has(service)) return undefined;
  // The function's answer is shown as what it holds.
  return { service, operation, free: service === 'lambda' ? ['Payload'] : [] };
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
    check.mode === 'STRICT' ? shape.required?.find((name) => !given.has(upperFirst(name))) : undefined;
  if (missing !== undefined) return `Required field '${upperFirst(missing)}' is missing`;
  for (const [name, of] of Object.entries(shape.members)) {
    const field = upperFirst(name);
    const item = given.get(field);
    if (item === undefined || free.includes(field)) continue;
    const problem = valueProblem(check, check.model.shape(of), item, field);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function valueProblem(check: Check, shape: AnswerShape, value: Json, field: string): string | undefined {
  const noun = NOUNS[shape.type];
  if (!hasType(shape.type, value)) return `Field '${field}' must be ${noun}`;
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

const NOUNS: Record<AnswerShape['type'], string> = {
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  list: 'an array',
  map: 'an object',
  structure: 'an object',
};

function hasType(type: AnswerShape['type'], value: Json): boolean {
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

function upperFirst(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
