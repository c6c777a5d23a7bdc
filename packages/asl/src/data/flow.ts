import { outputLimitFailure, runtimeFailure } from '../errors/failure.ts';
import type { Json, JsonObject } from '@riposte/json';
import { isPayloadTooLarge } from '../limits.ts';
import type { Visit } from '../states/handler.ts';
import { readPathField } from './evaluation.ts';
import type { StatesExtras } from './jsonata.ts';
import { fillJsonata } from './jsonata.ts';
import { applyResultPath } from './result-path.ts';
import { fillTemplate } from './templates.ts';

/** The fields that data pass through, in this order. In JSONata mode these are Arguments, Output and Assign alone. */
export interface FlowFields {
  InputPath?: string | null;
  Parameters?: Json;
  Arguments?: Json;
  ResultSelector?: Json;
  ResultPath?: string | null;
  OutputPath?: string | null;
  Output?: Json;
  Assign?: JsonObject;
}

/** What a state leaves behind. */
export interface Left {
  output: Json;
  assigned?: JsonObject;
}

/** The state input as InputPath shows it. Paths may also start at the context object or a variable. */
export async function effectiveInput(fields: FlowFields, visit: Visit): Promise<Json> {
  if (visit.language === 'JSONata') return visit.input;
  const input = readThrough(fields.InputPath, visit.input, visit);
  visit.observe?.('afterInputPath', input);
  return input;
}

/** What the state works on: Parameters filled in over the effective input, or Arguments. */
export async function workInput(fields: FlowFields, visit: Visit): Promise<Json> {
  const input = await effectiveInput(fields, visit);
  const filled = await (visit.language === 'JSONata' ? fillArguments : fillParameters)(fields, visit, input);
  if (filled !== input && isPayloadTooLarge(filled)) throw outputLimitFailure(visit.stateName);
  return filled;
}

async function fillParameters({ Parameters }: FlowFields, visit: Visit, input: Json): Promise<Json> {
  const filled = Parameters === undefined ? input : fillTemplate(Parameters, visit.evaluation(input));
  visit.observe?.('afterParameters', filled);
  return filled;
}

async function fillArguments({ Arguments }: FlowFields, visit: Visit, input: Json): Promise<Json> {
  const filled = Arguments === undefined ? input : await fillJsonata(Arguments, 'Arguments', visit);
  visit.observe?.('afterArguments', filled);
  return filled;
}

/**
 * From the raw result to the output: ResultSelector, ResultPath into the raw state input, OutputPath; or Output, which
 * sees the result as `$states.result`. Assign beside them.
 */
export async function leaveWithResult(fields: FlowFields, visit: Visit, result: Json): Promise<Left> {
  if (visit.language === 'JSONata') return leaveJsonata(fields, '', visit, result, { result });
  const selected =
    fields.ResultSelector === undefined
      ? result
      : fillTemplate(fields.ResultSelector, visit.evaluation(result));
  visit.observe?.('afterResultSelector', selected);
  const placed = applyResultPath(visit.input, fields.ResultPath, selected);
  visit.observe?.('afterResultPath', placed);
  return leave(fields, visit, placed, result);
}

/**
 * OutputPath or Output, and Assign.
 * @param assignFrom  what `$` means inside Assign
 */
export async function leave(fields: FlowFields, visit: Visit, value: Json, assignFrom: Json): Promise<Left> {
  if (visit.language === 'JSONata') return leaveJsonata(fields, '', visit, value);
  const assigned = await assign(fields.Assign, visit, assignFrom);
  const output = readThrough(fields.OutputPath, value, visit);
  return assigned === undefined ? { output } : { output, assigned };
}

/**
 * Output and Assign of a JSONata state, of a Choice rule or of a catcher.
 * @param place  what stands before the names of these fields in a location, e.g. `Catch[0]/`
 * @param value  the output without an Output
 */
export async function leaveJsonata(
  { Output, Assign }: { Output?: Json; Assign?: JsonObject },
  place: string,
  visit: Visit,
  value: Json,
  extras: StatesExtras = {},
): Promise<Left> {
  const assigned = Assign && ((await fillJsonata(Assign, `${place}Assign`, visit, extras)) as JsonObject); // as above
  checkAssigned(assigned);
  const output = Output === undefined ? value : await fillJsonata(Output, `${place}Output`, visit, extras);
  return assigned === undefined ? { output } : { output, assigned };
}

/** New values of variables; all of them are computed from the old values. */
export async function assign(
  template: JsonObject | undefined,
  visit: Visit,
  document: Json,
): Promise<JsonObject | undefined> {
  if (template === undefined) return undefined;
  const assigned = fillTemplate(template, visit.evaluation(document)) as JsonObject; // an object fills to an object
  checkAssigned(assigned);
  return assigned;
}

function checkAssigned(assigned: JsonObject | undefined): void {
  if (assigned !== undefined && isPayloadTooLarge(assigned))
    throw runtimeFailure('The variables assigned exceed the maximum number of bytes service limit.');
}

function readThrough(path: string | null | undefined, value: Json, visit: Visit): Json {
  if (path === undefined) return value;
  return path === null ? {} : readPathField(path, visit.evaluation(value));
}
