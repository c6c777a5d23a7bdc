import type { DeclaredResource } from '../read/template.ts';
import { copyMarks, memberOf, moveMark, placeIn, type Value, type ValueMap } from '../read/value.ts';
import { boolean, conform, integer, members, oneOf, text } from '../resolve/shape.ts';
import { TemplateError, type Place } from '../template-error.ts';
import { deadLetterConfig, deadLettersFor } from './dead-letters.ts';
import { arnOf, generated, trustOf } from './generated.ts';

/** Members of the event that the schedule has under the same name. */
const PASSED_ON =
  'Name ScheduleExpression ScheduleExpressionTimezone Description StartDate EndDate GroupName State FlexibleTimeWindow'.split(
    ' ',
  );
const shape = members(
  {
    ScheduleExpression: text,
    ScheduleExpressionTimezone: text,
    Name: text,
    OmitName: boolean,
    Description: text,
    StartDate: text,
    EndDate: text,
    GroupName: text,
    State: oneOf('ENABLED', 'DISABLED'),
    FlexibleTimeWindow: members({ Mode: text, MaximumWindowInMinutes: integer }, ['Mode']),
    Input: text,
    RoleArn: text,
    DeadLetterConfig: deadLetterConfig,
    RetryPolicy: members({ MaximumRetryAttempts: integer, MaximumEventAgeInSeconds: integer }),
  },
  ['ScheduleExpression'],
);

/** What a schedule starts, and what its role needs for that. */
export interface ScheduleTarget {
  arn: Value;
  action: string;
  /** SAM's ending of the name of the role's policy. */
  policySuffix: string;
}

/**
 * What SAM makes of an event of type ScheduleV2: the schedule, its role unless one is given, and a dead-letter queue
 * that is asked for. The role, not a policy of the queue, lets dead letters pass.
 * @param written  the event's Properties, at `at`
 * @throws TemplateError
 * @see samtranslator/model/eventsources/scheduler.py
 */
export function scheduleFor(
  origin: DeclaredResource,
  logicalId: string,
  event: { written: Value; place: Place; at: Place },
  target: ScheduleTarget,
): DeclaredResource[] {
  const { place, at } = event;
  const properties = conform(event.written, shape, at) as ValueMap; // a members shape yields a map
  const omitsName = memberOf(properties, 'OmitName') === true;
  if (omitsName && Object.hasOwn(properties, 'Name'))
    throw new TemplateError(placeIn(at, properties, 'OmitName'), {
      problem: 'The event has both Name and OmitName',
      fix: 'Give one of them',
    });
  const schedule: ValueMap = copyMarks(properties, {
    ...(!omitsName && { Name: logicalId }),
    FlexibleTimeWindow: { Mode: 'OFF' },
  });
  for (const name of PASSED_ON) take(properties, name, schedule);
  const { config, resources } = deadLettersFor(origin, logicalId, properties, at);
  const givenRole = memberOf(properties, 'RoleArn');
  const roleId = `${logicalId}Role`;
  const oneTarget: ValueMap = {
    Arn: target.arn,
    RoleArn: givenRole ?? arnOf(roleId),
    ...(config && { DeadLetterConfig: config }),
  };
  for (const name of ['Input', 'RetryPolicy']) take(properties, name, oneTarget);
  schedule['Target'] = oneTarget;
  const made = generated(origin, logicalId, 'AWS::Scheduler::Schedule', schedule);
  return [
    { ...made, place, propertiesPlace: at },
    ...(givenRole === undefined ? [roleOf(origin, roleId, logicalId, target, config?.['Arn'])] : []),
    ...resources.filter(({ type }) => type !== 'AWS::SQS::QueuePolicy'),
  ];
}

function take(from: ValueMap, name: string, into: ValueMap): void {
  const value = memberOf(from, name);
  if (value === undefined) return;
  into[name] = value;
  moveMark(from, name, into, name);
}

function roleOf(
  origin: DeclaredResource,
  roleId: string,
  logicalId: string,
  { arn, action, policySuffix }: ScheduleTarget,
  queueArn: Value | undefined,
): DeclaredResource {
  const policy = (suffix: string, Action: string, Resource: Value): ValueMap => ({
    PolicyName: `${logicalId}${suffix}`.slice(0, 128),
    PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] },
  });
  return generated(origin, roleId, 'AWS::IAM::Role', {
    AssumeRolePolicyDocument: trustOf('scheduler.amazonaws.com'),
    Policies: [
      policy(policySuffix, action, arn),
      ...(queueArn === undefined ? [] : [policy('SQSPolicy', 'sqs:SendMessage', queueArn)]),
    ],
  });
}
