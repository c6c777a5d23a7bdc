import type { DeclaredResource } from '../read/template.ts';
import { isMap, memberOf, placeIn, type ValueMap } from '../read/value.ts';
import { members, oneOf, text } from '../resolve/shape.ts';
import { TemplateError, type Place } from '../template-error.ts';
import { arnOf, generated } from './generated.ts';

/** A queue that is there, or one that SAM makes. */
export const deadLetterConfig = members({ Arn: text, Type: oneOf('SQS'), QueueLogicalId: text });

/** Where a rule's undelivered events go, and what SAM makes for that. */
export interface DeadLetters {
  /** For the rule's target. */
  config?: ValueMap;
  /** The queue and the policy that lets the rule send to it. */
  resources: DeclaredResource[];
}

/**
 * @param ruleId  logical id of the rule
 * @param event   properties of the event, conforming to a shape with `deadLetterConfig`
 * @throws TemplateError unless there is either an Arn or a Type
 */
export function deadLettersFor(
  origin: DeclaredResource,
  ruleId: string,
  event: ValueMap,
  place: Place,
): DeadLetters {
  const given = memberOf(event, 'DeadLetterConfig');
  if (!isMap(given)) return { resources: [] };
  const hasArn = Object.hasOwn(given, 'Arn');
  if (hasArn === Object.hasOwn(given, 'Type'))
    throw new TemplateError(placeIn(place, event, 'DeadLetterConfig'), {
      problem: `The dead-letter queue has ${hasArn ? 'both an Arn and a Type' : 'neither an Arn nor a Type'}`,
      fix: 'Give the Arn of a queue, or Type: SQS to have one made',
    });
  if (hasArn) return { config: { Arn: given['Arn'] ?? null }, resources: [] };
  const named = memberOf(given, 'QueueLogicalId');
  const queueId = typeof named === 'string' ? named : `${ruleId}Queue`;
  const statement = {
    Action: 'sqs:SendMessage',
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Resource: arnOf(queueId),
    Condition: { ArnEquals: { 'aws:SourceArn': arnOf(ruleId) } },
  };
  return {
    config: { Arn: arnOf(queueId) },
    resources: [
      generated(origin, queueId, 'AWS::SQS::Queue', {}),
      generated(origin, `${ruleId}QueuePolicy`, 'AWS::SQS::QueuePolicy', {
        PolicyDocument: { Version: '2012-10-17', Statement: [statement] },
        Queues: [{ Ref: queueId }],
      }),
    ],
  };
}
