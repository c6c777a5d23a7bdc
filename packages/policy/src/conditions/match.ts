import type { Condition } from '../document.ts';
import type { ContextValue } from '../request.ts';
import { conditionOperators, type Surroundings } from './operators.ts';

/** Whether every condition of a statement holds; the values of one condition are alternatives. */
export function conditionsHold(conditions: readonly Condition[], surroundings: Surroundings): boolean {
  return conditions.every((condition) => conditionHolds(condition, surroundings));
}

function conditionHolds(condition: Condition, surroundings: Surroundings): boolean {
  const operator = conditionOperators[condition.operator];
  if (!operator) throw new RangeError(`${condition.operator} is no condition operator`);
  const value = surroundings.context[condition.key.toLowerCase()];

  if (condition.operator === 'Null') {
    const absent = String(value === undefined);
    return condition.values.some((wanted) => operator.fits(absent, wanted, surroundings));
  }
  const actual = valuesOf(value);
  const fits = (one: string): boolean =>
    condition.values.some((wanted) => operator.fits(one, wanted, surroundings)) !== operator.negated;

  // An empty list is an absent key: ForAllValues is true of it, ForAnyValue is not.
  if (condition.set === 'ForAllValues') return actual.every(fits);
  if (actual.length === 0) return condition.ifExists || (condition.set === undefined && operator.negated);
  if (condition.set === 'ForAnyValue') return actual.some(fits);
  return operator.negated ? actual.every(fits) : actual.some(fits);
}

function valuesOf(value: ContextValue | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'object' ? value : [String(value)];
}
