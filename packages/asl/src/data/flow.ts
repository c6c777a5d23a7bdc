import { outputLimitFailure, runtimeFailure } from '../errors/failure.ts';
import type { Json, JsonObject } from '../json.ts';
import { isPayloadTooLarge } from '../limits.ts';
import type { Visit } from '../states/handler.ts';
import { readPathField } from './evaluation.ts';
import { applyResultPath } from './result-path.ts';
import { fillTemplate } from './templates.ts';

/** The fields that data pass through, in this order. */
export interface FlowFields {
  InputPath?: string | null;
  Parameters?: Json;
  ResultSelector?: Json;
  ResultPath?: string | null;
  OutputPath?: string | null;
  Assign?: JsonObject;
}

/** What a state leaves behind. */
export interface Left {
  output: Json;
  assigned?: JsonObject;
}

/** The state input as InputPath shows it. Paths may also start at the context object or a variable. */
export async function effectiveInput(fields: FlowFields, visit: Visit): Promise<Json> {
  const input = readThrough(fields.InputPath, visit.input, visit);
  visit.observe?.('afterInputPath', input);
  return input;
}

/** What the state works on: Parameters filled in over the effective input. */
export async function workInput(fields: FlowFields, visit: Visit): Promise<Json> {
  const input = await effectiveInput(fields, visit);
  const filled =
    fields.Parameters === undefined ? input : fillTemplate(fields.Parameters, visit.evaluation(input));
  visit.observe?.('afterParameters', filled);
  if (filled !== input && isPayloadTooLarge(filled)) throw outputLimitFailure(visit.stateName);
  return filled;
}

/** From the raw result to the output: ResultSelector, ResultPath into the raw state input, OutputPath; Assign. */
export async function leaveWithResult(fields: FlowFields, visit: Visit, result: Json): Promise<Left> {
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
 * OutputPath and Assign.
 * @param assignFrom  what `$` means inside Assign
 */
export async function leave(fields: FlowFields, visit: Visit, value: Json, assignFrom: Json): Promise<Left> {
  const assigned = await assign(fields.Assign, visit, assignFrom);
  const output = readThrough(fields.OutputPath, value, visit);
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
  if (isPayloadTooLarge(assigned))
    throw runtimeFailure('The variables assigned exceed the maximum number of bytes service limit.');
  return assigned;
}

function readThrough(path: string | null | undefined, value: Json, visit: Visit): Json {
  if (path === undefined) return value;
  return path === null ? {} : readPathField(path, visit.evaluation(value));
}
