import { compilePattern, InvalidPattern } from '@riposte/patterns';
import { isMap, placeIn, type Value, type ValueMap } from '../read/value.ts';
import { withStandInsAs } from '../resolve/stand-in.ts';
import { TemplateError, type Place } from '../template-error.ts';
import { documentText } from './properties.ts';
import type { PlannedContent } from './resource-type.ts';

/** Texts of the forms that operators of patterns ask for. A value that is not known yet may be any of them. */
const FORMS = ['10.0.0.1', '10.0.0.0/8', '1'];

/** @throws TemplateError for an EventPattern that EventBridge would refuse, at the field that it is about */
export function checkEventPattern({ properties, place }: PlannedContent): void {
  const pattern = properties['EventPattern'];
  if (pattern === undefined) return;
  const text = documentText(pattern);
  const reason = reasonAgainst(text);
  if (reason === undefined) return;
  if (FORMS.some((form) => reasonAgainst(withStandInsAs(text, form)) !== reason)) return;
  throw new TemplateError(fieldOf(pattern, reason, placeIn(place, properties, 'EventPattern')), {
    problem: `The event pattern is not valid: ${reason}`,
    fix: reason.endsWith('must be an object or an array')
      ? 'Give a list of the values that match, or a map of fields'
      : 'Correct the pattern',
  });
}

/** In EventBridge's words; `undefined` when there is none. */
function reasonAgainst(text: string): string | undefined {
  try {
    compilePattern(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof InvalidPattern)) throw error;
    return error.message.replaceAll(/\s*\n\s*/g, ' ').replace(/\.$/, '');
  }
}

/** The innermost field that alone has the same against it. */
function fieldOf(pattern: Value, reason: string, place: Place): Place {
  if (!isMap(pattern)) return place;
  for (const [name, value] of Object.entries(pattern)) {
    const alone: ValueMap = { [name]: value };
    if (reasonAgainst(JSON.stringify(alone)) !== reason) continue;
    return fieldOf(value, reason, placeIn(place, pattern, name));
  }
  return place;
}
