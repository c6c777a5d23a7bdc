import type { Json, JsonObject } from '@riposte/json';
import { isJsonObject, setMember } from '@riposte/json';
import type { Evaluation } from './evaluation.ts';
import { evaluateExpression } from './evaluation.ts';

const DYNAMIC = '.$';

/** Whether a template's key asks for its value to be evaluated. */
export function isDynamicKey(key: string): boolean {
  return key.endsWith(DYNAMIC);
}

/** The key that a template's key becomes. */
export function plainKey(key: string): string {
  return isDynamicKey(key) ? key.slice(0, -DYNAMIC.length) : key;
}

/**
 * Fills in a payload template (Parameters, ResultSelector, ItemSelector, Assign): a value under a key that ends in
 * `.$` is evaluated, everything else is copied.
 * @throws StateFailure States.Runtime or States.IntrinsicFailure
 */
export function fillTemplate(template: Json, evaluation: Evaluation): Json {
  if (Array.isArray(template)) return template.map((item) => fillTemplate(item, evaluation));
  if (!isJsonObject(template)) return template;
  const filled: JsonObject = {};
  for (const [key, value] of Object.entries(template)) {
    const isExpression = isDynamicKey(key) && typeof value === 'string';
    setMember(
      filled,
      plainKey(key),
      isExpression ? evaluateExpression(value, key, evaluation) : fillTemplate(value, evaluation),
    );
  }
  return filled;
}
