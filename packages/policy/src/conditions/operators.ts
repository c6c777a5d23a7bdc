import { arnMatches, compileGlob, globMatches, resolveVariables } from '../wildcards.ts';
import type { RequestContext } from '../request.ts';
import { addressInRange } from './addresses.ts';

/** What a comparison may look at beside its two values. */
export interface Surroundings {
  context: RequestContext;
  /** Whether `${…}` is a variable: from version 2012-10-17 on. */
  variables: boolean;
}

export interface ConditionOperator {
  /** `StringNotEquals` and its like: true when no policy value fits, and when the key is absent. */
  negated: boolean;
  /** One value of the request against one of the policy. */
  fits(actual: string, wanted: string, surroundings: Surroundings): boolean;
}

const text =
  (compare: (actual: string, wanted: string) => boolean): ConditionOperator['fits'] =>
  (actual, wanted, { context, variables }) => {
    const resolved = resolveVariables(wanted, context, variables);
    return resolved !== undefined && compare(actual, resolved);
  };

const equals = text((actual, wanted) => actual === wanted);
const equalsIgnoreCase = text((actual, wanted) => actual.toLowerCase() === wanted.toLowerCase());

const like: ConditionOperator['fits'] = (actual, wanted, { context, variables }) => {
  const glob = compileGlob(wanted, context, variables);
  return glob !== undefined && globMatches(glob, actual);
};

const arnLike: ConditionOperator['fits'] = (actual, wanted, { context, variables }) => {
  const glob = compileGlob(wanted, context, variables);
  return glob !== undefined && arnMatches(glob, actual);
};

/** A value that is no number, or no date, fits nothing. */
const ordered =
  (read: (value: string) => number, compare: (difference: number) => boolean): ConditionOperator['fits'] =>
  (actual, wanted) => {
    const difference = read(actual) - read(wanted);
    return !Number.isNaN(difference) && compare(difference);
  };

function readNumber(value: string): number {
  return value.trim() === '' ? Number.NaN : Number(value);
}

/** ISO 8601 text or epoch seconds, in milliseconds. */
function readDate(value: string): number {
  return /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value);
}

const is = (fits: ConditionOperator['fits']): ConditionOperator => ({ negated: false, fits });
const isNot = (fits: ConditionOperator['fits']): ConditionOperator => ({ negated: true, fits });

/**
 * Every condition operator but `Null`'s own rule about absence.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export const conditionOperators: Readonly<Record<string, ConditionOperator>> = {
  StringEquals: is(equals),
  StringNotEquals: isNot(equals),
  StringEqualsIgnoreCase: is(equalsIgnoreCase),
  StringNotEqualsIgnoreCase: isNot(equalsIgnoreCase),
  StringLike: is(like),
  StringNotLike: isNot(like),
  NumericEquals: is(ordered(readNumber, (difference) => difference === 0)),
  NumericNotEquals: isNot(ordered(readNumber, (difference) => difference === 0)),
  NumericLessThan: is(ordered(readNumber, (difference) => difference < 0)),
  NumericLessThanEquals: is(ordered(readNumber, (difference) => difference <= 0)),
  NumericGreaterThan: is(ordered(readNumber, (difference) => difference > 0)),
  NumericGreaterThanEquals: is(ordered(readNumber, (difference) => difference >= 0)),
  DateEquals: is(ordered(readDate, (difference) => difference === 0)),
  DateNotEquals: isNot(ordered(readDate, (difference) => difference === 0)),
  DateLessThan: is(ordered(readDate, (difference) => difference < 0)),
  DateLessThanEquals: is(ordered(readDate, (difference) => difference <= 0)),
  DateGreaterThan: is(ordered(readDate, (difference) => difference > 0)),
  DateGreaterThanEquals: is(ordered(readDate, (difference) => difference >= 0)),
  Bool: is(equalsIgnoreCase),
  // Base64 text is canonical, so equal bytes are equal text.
  BinaryEquals: is(equals),
  IpAddress: is(addressInRange),
  NotIpAddress: isNot(addressInRange),
  // The two pairs of ARN operators do the same.
  ArnEquals: is(arnLike),
  ArnNotEquals: isNot(arnLike),
  ArnLike: is(arnLike),
  ArnNotLike: isNot(arnLike),
  Null: is(equalsIgnoreCase),
};
