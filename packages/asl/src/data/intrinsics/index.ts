import { intrinsicFailure } from '../../errors/failure.ts';
import type { Json } from '@riposte/json';
import type { Environment } from '../../step/contract.ts';
import { arrays } from './arrays.ts';
import { encoding } from './encoding.ts';
import type { IntrinsicFunction } from './function.ts';
import { json } from './json.ts';
import { math } from './math.ts';
import type { Argument, IntrinsicCall } from './parse.ts';
import { parseIntrinsic } from './parse.ts';
import { strings } from './strings.ts';

/** The 18 functions of JSONPath mode. */
const functions: ReadonlyMap<string, IntrinsicFunction> = new Map(
  Object.entries({ ...arrays, ...encoding, ...json, ...math, ...strings }),
);

/** Whether a text is a call, all the way down, of functions that exist with as many arguments as they take. */
export function isIntrinsic(text: string): boolean {
  try {
    return isKnownCall(parseIntrinsic(text));
  } catch {
    return false;
  }
}

function isKnownCall(call: IntrinsicCall): boolean {
  const found = functions.get(call.name);
  if (found === undefined) return false;
  const [fewest, most] = found.arity;
  const count = call.arguments.length;
  if (count < fewest || count > most) return false;
  return call.arguments.every((argument) => argument.kind !== 'call' || isKnownCall(argument.call));
}

/**
 * Carries out a call that isIntrinsic has accepted.
 * @param valueOf  evaluates an argument
 * @throws StateFailure States.IntrinsicFailure
 */
export function callIntrinsic(
  call: IntrinsicCall,
  valueOf: (argument: Argument) => Json,
  environment: Environment,
): Json {
  const found = functions.get(call.name);
  if (found === undefined) throw intrinsicFailure(`${call.name} is not an intrinsic function.`);
  const values = call.arguments.map((argument, i) =>
    i === 0 && call.name === 'States.Format' && argument.kind === 'text' ? argument.raw : valueOf(argument),
  );
  return found.run(values, { name: call.name, environment });
}
