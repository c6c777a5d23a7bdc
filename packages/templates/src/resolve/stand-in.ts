import type { Value } from '../read/value.ts';
import type { Scope } from './functions.ts';

/**
 * Stands for what only a resource, once made, will tell. It has the form of what stands in most such places: the ARN
 * of a function, which a Task may have as its Resource. Those who check a text with it must not refuse what another
 * text in its place could mend.
 */
export const STAND_IN = 'arn:aws:lambda:us-east-1:000000000000:function:known-when-applied';

export const standIns: Scope['resource'] = () => STAND_IN;

/** Whether the value has, somewhere in its text, a part that is not known yet. */
export function isStandIn(value: Value | undefined): boolean {
  return typeof value === 'string' && value.includes(STAND_IN);
}
