import { intrinsicFailure, runtimeFailure } from '../errors/failure.ts';
import type { Json } from '@riposte/json';
import { stringifyJson } from '@riposte/json';
import type { Environment } from '../step/contract.ts';
import { callIntrinsic } from './intrinsics/index.ts';
import type { Argument, IntrinsicCall } from './intrinsics/parse.ts';
import { parseIntrinsic } from './intrinsics/parse.ts';
import type { Path, PathSources } from './paths.ts';
import { parsePath } from './paths.ts';
import { select } from './select.ts';

/** What the expressions of one field may read. */
export interface Evaluation extends PathSources {
  environment: Environment;
}

/**
 * InputPath, OutputPath, ItemsPath and the other fields that hold one path.
 * @throws StateFailure States.Runtime
 */
export function readPathField(text: string, evaluation: Evaluation): Json {
  const found = select(parsePath(text), evaluation);
  if (found.found) return found.value;
  throw runtimeFailure(`Invalid path '${text}' : ${found.problem}`);
}

/**
 * A field `…Path` whose value must be an integer; texts that hold one are taken too (recorded).
 * @param field  its name without `Path`
 * @throws StateFailure States.Runtime
 */
export function integerAt(path: string, field: string, evaluation: Evaluation): number {
  const value = readPathField(path, evaluation);
  const text = typeof value === 'string' ? value : stringifyJson(value);
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  throw runtimeFailure(
    `The ${field}Path field refers to value "${text}" which is not a valid integer: ${path}`,
  );
}

/**
 * A path or an intrinsic call, as it stands under a `.$` key, in ErrorPath and in CausePath.
 * @param field  name of the field as the service prints it, e.g. `value.$`
 * @throws StateFailure States.Runtime or States.IntrinsicFailure
 */
export function evaluateExpression(text: string, field: string, evaluation: Evaluation): Json {
  return text.startsWith('$')
    ? readExpressionPath(parsePath(text), field, evaluation)
    : call(parseIntrinsic(text), field, evaluation);
}

function readExpressionPath(path: Path, field: string, evaluation: Evaluation): Json {
  const found = select(path, evaluation);
  if (found.found) return found.value;
  if (found.isPastEnd) return null; // observed: templates take an index past the end as null
  const source = path.root === '$$' ? evaluation.context : evaluation.document;
  throw runtimeFailure(
    `The JSONPath '${path.text}' specified for the field '${field}' could not be found in the input '${stringifyJson(source)}'`,
  );
}

function call(intrinsic: IntrinsicCall, field: string, evaluation: Evaluation): Json {
  try {
    return callIntrinsic(
      intrinsic,
      (argument) => valueOf(argument, field, evaluation),
      evaluation.environment,
    );
  } catch (error) {
    if (error instanceof SyntaxError) throw intrinsicFailure(error.message);
    throw error;
  }
}

function valueOf(argument: Argument, field: string, evaluation: Evaluation): Json {
  switch (argument.kind) {
    case 'text':
      return argument.text;
    case 'value':
      return argument.value;
    case 'path':
      return readExpressionPath(argument.path, field, evaluation);
    case 'call':
      return call(argument.call, field, evaluation);
  }
}
