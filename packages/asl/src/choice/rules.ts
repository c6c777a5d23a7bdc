import type { Evaluation } from '../data/evaluation.ts';
import { parsePath } from '../data/paths.ts';
import { select } from '../data/select.ts';
import { runtimeFailure } from '../errors/failure.ts';
import type { Json } from '@riposte/json';
import type { ChoiceTest } from '../machine.ts';
import { operators } from './operators.ts';

/**
 * Whether a rule's test passes. And, Or stop at the first part that decides, which is how IsPresent guards a path.
 * @throws StateFailure States.Runtime when Variable, or the path of an operand, leads to nothing
 */
export function passes(test: ChoiceTest, evaluation: Evaluation): boolean {
  if (test.And !== undefined) return test.And.every((part) => passes(part, evaluation));
  if (test.Or !== undefined) return test.Or.some((part) => passes(part, evaluation));
  if (test.Not !== undefined) return !passes(test.Not, evaluation);
  for (const [name, operand] of Object.entries(test)) {
    const operator = operators.get(name);
    if (operator === undefined) continue;
    const variable = test.Variable as string; // checked: stands beside every comparison
    if (operator.kind === 'present') return isPresent(variable, evaluation) === operand;
    const value = valueAt(variable, evaluation);
    return operator.test(
      value,
      operator.operandIsPath ? valueAt(operand as string, evaluation) : (operand as Json), // checked by its type
    );
  }
  return false;
}

function isPresent(path: string, evaluation: Evaluation): boolean {
  const found = select(parsePath(path), evaluation);
  return found.found;
}

function valueAt(path: string, evaluation: Evaluation): Json {
  const found = select(parsePath(path), evaluation);
  if (found.found) return found.value;
  throw runtimeFailure(
    `Invalid path '${path}': The choice state's condition path references an invalid value.`,
  );
}
