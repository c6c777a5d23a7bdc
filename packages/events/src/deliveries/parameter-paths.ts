import { transformInput, UndeliverableInput } from '@riposte/patterns';
import type { EventEnvelope } from '../ports/event-service.ts';
import type { Target } from '../ports/targets.ts';

/**
 * Parameters of a target may be paths into the event, each as a whole value. One that leads nowhere is empty.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-dynamic-targets-intro.html, dynamic path parameters
 */
export function withPathsResolved(target: Target, event: EventEnvelope): Target {
  if (!target.HttpParameters) return target;
  const { PathParameterValues, HeaderParameters, QueryStringParameters } = target.HttpParameters;
  const all = (values: Record<string, string>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, resolved(value, event)]));
  return {
    ...target,
    HttpParameters: {
      ...(PathParameterValues && {
        PathParameterValues: PathParameterValues.map((value) => resolved(value, event)),
      }),
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
    const node: unknown = JSON.parse(json);
    return typeof node === 'string' ? node : json;
  } catch (error) {
    if (error instanceof UndeliverableInput) return '';
    throw error;
  }
}

/** Paths know nothing of rules. */
const NO_RULE = { ruleArn: '', ruleName: '', ingestionTime: '' };
