import { describe, isMap, placeIn, type Value } from '../read/value.ts';
import { TemplateError, type Place } from '../template-error.ts';
import { asText, listOf, textOf } from './arguments.ts';
import { evaluate, type Scope } from './functions.ts';

/** Whether a condition holds: an Equals, And, Or, Not or Condition. */
export function evaluateCondition(value: Value, scope: Scope, place: Place): boolean {
  if (!isMap(value) || Object.keys(value).length !== 1)
    throw new TemplateError(place, {
      problem: `A condition is one function, and this is ${describe(value)}`,
      fix: 'Use Fn::Equals, Fn::And, Fn::Or, Fn::Not or Condition',
    });
  const [name = ''] = Object.keys(value);
  const argument = value[name] ?? null;
  const at = placeIn(place, value, name);
  const items = (least: number, most: number): boolean[] =>
    listOf(argument, name, least, most, at).map((item, index) =>
      evaluateCondition(item, scope, placeIn(at, argument as Value[], index)),
    );
  switch (name) {
    case 'Condition':
      return scope.condition(textOf(argument, 'Condition', at), at);
    case 'Fn::And':
      return items(2, 10).every(Boolean);
    case 'Fn::Or':
      return items(2, 10).some(Boolean);
    case 'Fn::Not':
      return !items(1, 1)[0];
    case 'Fn::Equals': {
      const [left, right] = listOf(evaluate(argument, scope, at) as Value, name, 2, 2, at);
      return JSON.stringify(asText(left ?? null)) === JSON.stringify(asText(right ?? null));
    }
    default:
      throw new TemplateError(at, {
        problem: `The function ${name} is not a condition`,
        fix: 'Use Fn::Equals, Fn::And, Fn::Or, Fn::Not or Condition',
      });
  }
}
