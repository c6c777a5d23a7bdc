import { matches } from '@riposte/patterns';
import { validationError } from './constraints.ts';
import { readObject } from './envelope/json-object.ts';
import { checkPattern } from './rules/rules.ts';

const NEEDED = ['id', 'account', 'source', 'time', 'region', 'detail-type'];

/**
 * @throws ServiceError InvalidEventPatternException, or ValidationException when the event is not one
 */
export function testEventPattern(pattern: string, event: string): boolean {
  const parsed = parseEvent(event);
  return matches(checkPattern(pattern), parsed);
}

function parseEvent(text: string): unknown {
  const read = readObject(text);
  if ('problem' in read) throw validationError('Parameter Event is not valid.');
  const event = read.object;
  const missing = NEEDED.find((member) => !Object.hasOwn(event, member));
  if (missing !== undefined)
    throw validationError(`Parameter Event is not valid. Reason: ${missing} is a required argument.`);
  return event;
}
