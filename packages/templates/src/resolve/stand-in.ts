import type { Value } from '../read/value.ts';
import type { Scope } from './functions.ts';

/**
 * Stands for what only a resource, once made, will tell. It has the form of what stands in most such places: the ARN
 * of a function, which a Task may have as its Resource. Those who check a text with it must not refuse what another
 * text in its place could mend.
 */
const STAND_IN = 'arn:aws:lambda:us-east-1:000000000000:function:known-when-applied-';
const DIGITS = 6;
const STAND_INS = new RegExp(`${STAND_IN}(\\d{${DIGITS}})`, 'g');

/** What stands for the values of a template's resources: each has a text of its own, as two keys of a map are two. */
export interface StandIns {
  known: Scope['resource'];
  /** The same values in another form. A function that cuts or encodes its text makes something else of each. */
  otherwise: Scope['resource'];
}

export function standIns(): StandIns {
  const numbers = new Map<string, string>();
  const numberOf = (logicalId: string, attribute: string | undefined): string => {
    const name = JSON.stringify([logicalId, attribute]);
    const number = numbers.get(name) ?? String(numbers.size).padStart(DIGITS, '0');
    numbers.set(name, number);
    return number;
  };
  return {
    known: (logicalId, attribute) => STAND_IN + numberOf(logicalId, attribute),
    otherwise: (logicalId, attribute) => otherForm(numberOf(logicalId, attribute)),
  };
}

function otherForm(number: string): string {
  return `known${number}`;
}

/** Whether what was made of stand-ins still holds them whole. */
export function isWhole(known: Value, otherwise: Value): boolean {
  const inOtherForm = JSON.stringify(known).replaceAll(STAND_INS, (_, number: string) => otherForm(number));
  return inOtherForm === JSON.stringify(otherwise);
}

/** Whether the value has, somewhere in its text, a part that is not known yet. */
export function isStandIn(value: Value | undefined): boolean {
  return typeof value === 'string' && value.includes(STAND_IN);
}

/** The text with another in place of each stand-in. */
export function withStandInsAs(text: string, form: string): string {
  return text.replaceAll(STAND_INS, () => form);
}
