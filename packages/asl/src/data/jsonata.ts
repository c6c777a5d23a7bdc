import { EvaluationFailure } from '../errors/failure.ts';
import type { EvaluationReply } from '../jsonata/evaluate.ts';
import { beyondHost, evaluate } from '../jsonata/evaluate.ts';
import { expressionIn } from '../jsonata/syntax.ts';
import type { Json, JsonObject } from '@riposte/json';
import { isJsonObject, setMember, stringifyJson } from '@riposte/json';
import { withPlainNumbers, withServiceNumbers } from '../number-forms.ts';
import { numberOf } from '@riposte/json';
import type { Visit } from '../states/handler.ts';

/** What `$states` holds besides `input` and `context`. */
export interface StatesExtras {
  /** In Output and Assign of Task, Parallel and Map. */
  result?: Json;
  /** In Output and Assign of a catcher. */
  errorOutput?: Json;
}

/**
 * A field in JSONata mode: every string in it that is an expression is evaluated, everything else is copied. An
 * expression that gives nothing fails, wherever it stands.
 * @param field  slash path below the state, e.g. `Choices[1]/Output`
 * @throws EvaluationFailure
 */
export async function fillJsonata(
  template: Json,
  field: string,
  visit: Visit,
  extras: StatesExtras = {},
): Promise<Json> {
  if (typeof template === 'string') {
    const expression = expressionIn(template);
    return expression === undefined ? template : evaluateField(expression, field, visit, extras);
  }
  if (Array.isArray(template)) {
    const items: Json[] = [];
    for (const [index, item] of template.entries())
      items.push(await fillJsonata(item, `${field}[${index}]`, visit, extras));
    return items;
  }
  if (!isJsonObject(template)) return template;
  const members: JsonObject = {};
  for (const [name, value] of Object.entries(template))
    setMember(members, name, await fillJsonata(value, `${field}/${name}`, visit, extras));
  return members;
}

interface Types {
  array: Json[];
  boolean: boolean;
  number: number;
  string: string;
}

/**
 * A field that must come to a value of one type.
 * @throws EvaluationFailure
 */
export async function fillTyped<T extends keyof Types>(
  type: T,
  template: Json,
  field: string,
  visit: Visit,
): Promise<Types[T]> {
  const value = await fillJsonata(template, field, visit);
  const found = typeOf(value);
  if (found === type) return (numberOf(value) ?? value) as Types[T]; // just compared
  throw new EvaluationFailure(
    `${introduction(template, field)} returned an unexpected result type. Expected '${type}', but was '${found}' for value: ${stringifyJson(value)}`,
    field,
  );
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (numberOf(value) !== undefined) return 'number';
  return Array.isArray(value) ? 'array' : typeof value;
}

const ANY_INTEGER = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };

/**
 * A number of seconds, items and the like.
 * @throws EvaluationFailure
 */
export async function fillInteger(
  template: Json,
  field: string,
  visit: Visit,
  { min, max }: { min: number; max: number } = ANY_INTEGER,
): Promise<number> {
  const value = await fillTyped('number', template, field, visit);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new EvaluationFailure(
    `The field '${field}' must be an integer from ${min} to ${max}, but was: ${value}`,
    field,
  );
}

async function evaluateField(
  expression: string,
  field: string,
  visit: Visit,
  extras: StatesExtras,
): Promise<Json> {
  const evaluation = visit.evaluation(visit.input);
  const bound = (name: string, members: ReadonlySet<string> | undefined) =>
    name === 'states'
      ? statesOf(visit, () => evaluation.context, extras, members)
      : evaluation.variable(name);
  let reply: EvaluationReply;
  try {
    reply = await evaluate(
      expression,
      (name, members) => {
        const value = bound(name, members);
        return value === undefined ? undefined : withPlainNumbers(value);
      },
      evaluation.environment,
    );
    if (reply.type === 'value') return withServiceNumbers(reply.value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    reply = beyondHost(error); // data nested more deeply than the host's stack
  }
  throw new EvaluationFailure(
    `${introduction(expression, field)} ${problemOf(reply, () => evaluation.environment.uuid())}`,
    field,
  );
}

function introduction(template: Json, field: string): string {
  const text = typeof template === 'string' ? template : stringifyJson(template);
  return `The JSONata expression '${expressionIn(text) ?? text}' specified for the field '${field}'`;
}

function problemOf(reply: Exclude<EvaluationReply, { type: 'value' }>, uuid: () => string): string {
  switch (reply.type) {
    case 'undefined':
      return 'returned nothing (undefined).';
    case 'unsupported':
      return 'returned an unsupported result type.';
    case 'internal':
      return `threw an internal error during evaluation. ${uuid()}`;
    case 'error':
      return reply.code === undefined
        ? `threw an error during evaluation: ${reply.message}`
        : `threw an error during evaluation. ${reply.code}: ${reply.message}`;
  }
}

/** `$states`, with those members that the expression may read. */
function statesOf(
  visit: Visit,
  context: () => Json,
  extras: StatesExtras,
  members: ReadonlySet<string> | undefined,
): JsonObject {
  const isRead = (name: string) => members === undefined || members.has(name);
  return {
    ...(isRead('input') && { input: visit.input }),
    ...(isRead('result') && extras.result !== undefined && { result: extras.result }),
    ...(isRead('errorOutput') && extras.errorOutput !== undefined && { errorOutput: extras.errorOutput }),
    ...(isRead('context') && { context: context() }),
  };
}
