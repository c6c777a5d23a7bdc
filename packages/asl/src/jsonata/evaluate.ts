import type { Json } from '@riposte/json';
import { Bounds, EvaluationError, timeExceeded, memoryExceeded, WorkExceeded } from './bounds.ts';
import type { Compiled } from './compile.ts';
import { compile } from './compile.ts';
import { asksForChance } from './functions.ts';
import type { Chance, Hash } from './guard.ts';
import { EVALUATING } from './guard.ts';
import { seedFrom, uniformsFrom } from './prng.ts';
import { jsonOf, UnsupportedResult } from './result.ts';

/** One evaluation. Plain data: it can be sent to another thread, and made again with the same reply. */
export interface EvaluationRequest extends Chance {
  /** Text between `{%` and `%}`. */
  expression: string;
  /** By name without `$`. */
  bindings: Record<string, Json>;
}

/** What came of an evaluation. Plain data, as the request is. */
export type EvaluationReply =
  | { type: 'value'; value: Json }
  | { type: 'undefined' }
  /** A function or a regular expression. */
  | { type: 'unsupported' }
  /** Errors of the language have a code, those of the service's limits have none. */
  | { type: 'error'; code?: string; message: string }
  /** Neither: something went wrong in the evaluator. */
  | { type: 'internal' };

/** Reply of whoever ended an evaluation because it took longer than it may. */
export const evaluationTimedOut: EvaluationReply = { type: 'error', message: timeExceeded().message };
/** Reply of whoever ended an evaluation because it took more memory than it may. */
export const evaluationOutOfMemory = {
  type: 'error',
  message: memoryExceeded().message,
} satisfies EvaluationReply;

/** Nodes that one decision may evaluate in place, where others wait: 30 to 50 ms at 2 µs each. */
const WORK_IN_PLACE_MAX = 20_000;
/** Nodes that may be evaluated where there is neither another place nor a deadline. */
const WORK_MAX = 1_000_000;

/**
 * Evaluates an expression to the end, however long it takes. Native steps are not bounded: this is for a thread that
 * can be killed, or for an expression that cannot stall.
 */
export async function evaluateExpression(request: EvaluationRequest, hash?: Hash): Promise<EvaluationReply> {
  return attempt(compile(request.expression), request, hash, Number.POSITIVE_INFINITY);
}

/** In place, by host: a host is made for each decision. */
const workDone = new WeakMap<EvaluationHost, number>();

/** Where evaluations get their time, their chance, and a place for what might stall. */
export interface EvaluationHost {
  nowMs: number;
  uniform(): number;
  hash?: Hash;
  evaluate?(request: EvaluationRequest): Promise<EvaluationReply>;
}

/**
 * Evaluates in place what is quick, and hands everything else to the host's own evaluator.
 * @param lookUp  of a variable, or of `states`; asked for what the expression names only
 */
export async function evaluate(
  expression: string,
  lookUp: (name: string, members: ReadonlySet<string> | undefined) => Json | undefined,
  host: EvaluationHost,
): Promise<EvaluationReply> {
  const compiled = compile(expression);
  const bindings: Record<string, Json> = {};
  for (const name of compiled.variables) {
    const value = lookUp(name, compiled.statesMembers);
    if (value !== undefined) bindings[name] = value;
  }
  const request: EvaluationRequest = {
    expression,
    bindings,
    nowMs: host.nowMs,
    ...(asksForChance(compiled.variables) && { seed: seedFrom(() => host.uniform()) }),
  };
  if (host.evaluate === undefined) return attempt(compiled, request, host.hash, WORK_MAX);
  if (compiled.mayStall) return host.evaluate(request);
  const workLeft = WORK_IN_PLACE_MAX - (workDone.get(host) ?? 0);
  if (workLeft <= 0) return host.evaluate(request);
  const elsewhere = host.evaluate.bind(host, request);
  return attempt(compiled, request, host.hash, workLeft, elsewhere, (work) => {
    workDone.set(host, (workDone.get(host) ?? 0) + work);
  });
}

/** @param elsewhere  takes over when the work is more than is allowed here */
async function attempt(
  compiled: Compiled,
  request: EvaluationRequest,
  hash: Hash | undefined,
  workMax: number,
  elsewhere = (): Promise<EvaluationReply> => Promise.resolve(evaluationTimedOut),
  done: (work: number) => void = () => {},
): Promise<EvaluationReply> {
  const evaluating = {
    bounds: new Bounds(workMax),
    nowMs: request.nowMs,
    uniform: uniformsFrom(request.seed ?? [0, 0, 0, 0]),
    hash,
  };
  try {
    const result = await compiled.evaluate({ ...request.bindings, [EVALUATING]: evaluating });
    return result === undefined ? { type: 'undefined' } : { type: 'value', value: jsonOf(result) };
  } catch (error) {
    if (error instanceof WorkExceeded) return elsewhere();
    return failed(error);
  } finally {
    done(evaluating.bounds.work);
  }
}

/** Lengths that the host does not have, and a stack that it does not have either. */
export function beyondHost(error: RangeError): Exclude<EvaluationReply, { type: 'value' }> {
  return /call stack/.test(error.message)
    ? { type: 'error', message: 'Stack overflow error: Check for non-terminating recursive function.' }
    : evaluationOutOfMemory;
}

function failed(error: unknown): EvaluationReply {
  if (error instanceof UnsupportedResult) return { type: 'unsupported' };
  if (error instanceof EvaluationError) return { type: 'error', message: error.message };
  if (error instanceof RangeError) return beyondHost(error);
  const { code, message } = error as { code?: unknown; message?: unknown }; // the library throws plain objects
  if (typeof code === 'string') return { type: 'error', code, message: String(message) };
  return error instanceof TypeError || typeof message !== 'string'
    ? { type: 'internal' }
    : { type: 'error', message };
}
