import { INPUT_BYTES_MAX, InputTooLarge, transformInput, UndeliverableInput } from '@riposte/patterns';
import type { EventEnvelope } from '../ports/event-service.ts';
import type { ClaimedDelivery } from '../ports/event-store.ts';
import type { Target } from '../ports/targets.ts';

/**
 * Parameters of a target may be paths into the event, each as a whole value. One that leads nowhere is empty.
 * @throws InputTooLarge when all together would be larger than an input may be
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-dynamic-targets-intro.html, dynamic path parameters
 */
export function withPathsResolved(delivery: Pick<ClaimedDelivery, 'target' | 'event'>): Target {
  const { target } = delivery;
  if (!target.HttpParameters) return target;
  const { event } = delivery; // read only where it is needed
  const { PathParameterValues, HeaderParameters, QueryStringParameters } = target.HttpParameters;
  let bytes = 0;
  const bounded = (value: string) => {
    const text = resolved(value, event);
    bytes += Buffer.byteLength(text);
    if (bytes > INPUT_BYTES_MAX) throw new InputTooLarge('What the HttpParameters stand for');
    return text;
  };
  const all = (values: Record<string, string>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, bounded(value)]));
  return {
    ...target,
    HttpParameters: {
      ...(PathParameterValues && { PathParameterValues: PathParameterValues.map(bounded) }),
      ...(HeaderParameters && { HeaderParameters: all(HeaderParameters) }),
      ...(QueryStringParameters && { QueryStringParameters: all(QueryStringParameters) }),
    },
  };
}

/** A text comes without quotes, anything else as JSON. */
function resolved(value: string, event: EventEnvelope): string {
  if (!value.startsWith('$.')) return value;
  try {
    const json = transformInput({ InputPath: value }, event, NO_RULE);
    return json.startsWith('"') ? (JSON.parse(json) as string) : json; // JSON of a text
  } catch (error) {
    if (error instanceof UndeliverableInput) return '';
    throw error;
  }
}

/** Paths know nothing of rules. */
const NO_RULE = { ruleArn: '', ruleName: '', ingestionTime: '' };
