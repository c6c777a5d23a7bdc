import { ServiceError } from '@riposte/engine';
import { InvalidSchedule, isTimeZone, parseSchedulerExpression } from '@riposte/patterns';
import { parseArn } from '../arns.ts';
import { Constraints, validationError } from '../constraints.ts';
import type { Schedule, ScheduleInput, ScheduleTarget } from '../ports/scheduler.ts';

const NAME = { pattern: /^[0-9a-zA-Z\-_.]+$/, text: '^[0-9a-zA-Z-_.]+$' };
/** No FIFO queue has a name like that, and none takes the dead letters of schedules. */
const DEAD_LETTER_QUEUE = {
  pattern: /^arn:aws(-[a-z]+)?:sqs:[a-z0-9-]+:\d{12}:[a-zA-Z0-9\-_]+$/,
  text: String.raw`arn:aws(-[a-z]+)?:sqs:[a-z0-9\-]+:\d{12}:[a-zA-Z0-9\-_]+`,
};
const ROLE = /^arn:aws[a-zA-Z-]*:iam::\d{12}:role\/[\w+=,.@\-/]+$/;
const INPUT_BYTES_MAX = 262_144;

export function checkName(name: string, member: string): void {
  new Constraints().name(name, member, 64, NAME).enforce();
}

/** @throws ServiceError ValidationException */
export function checkSchedule(input: ScheduleInput): void {
  const { FlexibleTimeWindow: window, Target: target } = input;
  new Constraints()
    .name(input.Name, 'name', 64, NAME)
    .name(input.GroupName ?? 'default', 'groupName', 64, NAME)
    .length(input.ScheduleExpression, 'scheduleExpression', { min: 1, max: 256 })
    .length(input.ScheduleExpressionTimezone, 'scheduleExpressionTimezone', { min: 1, max: 50 })
    .length(input.Description, 'description', { max: 512 })
    .length(input.ClientToken, 'clientToken', { min: 1, max: 64 })
    .oneOf(input.State, 'state', ['ENABLED', 'DISABLED'])
    .oneOf(input.ActionAfterCompletion, 'actionAfterCompletion', ['NONE', 'DELETE'])
    .oneOf(window.Mode, 'flexibleTimeWindow.mode', ['OFF', 'FLEXIBLE'])
    .range(window.MaximumWindowInMinutes, 'flexibleTimeWindow.maximumWindowInMinutes', 1, 1440)
    .length(target.Arn, 'target.arn', { min: 1, max: 1600 })
    .length(target.RoleArn, 'target.roleArn', { min: 1, max: 1600 })
    .matches(target.DeadLetterConfig?.Arn, 'target.deadLetterConfig.arn', DEAD_LETTER_QUEUE)
    .range(target.RetryPolicy?.MaximumRetryAttempts, 'target.retryPolicy.maximumRetryAttempts', 0, 185)
    .range(
      target.RetryPolicy?.MaximumEventAgeInSeconds,
      'target.retryPolicy.maximumEventAgeInSeconds',
      60,
      86_400,
    )
    .enforce();
  if (input.KmsKeyArn !== undefined)
    throw validationError('KmsKeyArn is not supported: this server has no customer managed keys.');
  checkExpression(input.ScheduleExpression);
  if (input.ScheduleExpressionTimezone !== undefined && !isTimeZone(input.ScheduleExpressionTimezone))
    throw validationError(`Invalid ScheduleExpressionTimezone ${input.ScheduleExpressionTimezone}.`);
  if (window.Mode === 'FLEXIBLE' && window.MaximumWindowInMinutes === undefined)
    throw validationError('MaximumWindowInMinutes must be provided when Mode is FLEXIBLE.');
  if (window.Mode === 'OFF' && window.MaximumWindowInMinutes !== undefined)
    throw validationError('MaximumWindowInMinutes cannot be provided when Mode is OFF.');
  checkTarget(target);
}

/** How long ago a schedule may start that is made now. */
const STARTED_MAX_MS = 5 * 60_000;

/**
 * Start and end of a schedule that runs more than once; of one that runs once the service ignores them.
 * @param before  the schedule that is changed: dates that it has already are not judged anew (a guess)
 * @throws ServiceError ValidationException. The text on a start that has passed is the service's (getmoto/moto, pull
 *   request 8172); the other two, and that an end may not have passed, are guesses.
 * @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
 */
export function checkDates(
  { ScheduleExpression, StartDate, EndDate }: ScheduleInput,
  nowMs: number,
  before?: Schedule,
): void {
  if (parseSchedulerExpression(ScheduleExpression).kind === 'at') return;
  const startMs = StartDate?.getTime();
  const endMs = EndDate?.getTime();
  if (startMs !== undefined && endMs !== undefined && startMs >= endMs)
    throw validationError('The StartDate you specify must come before the EndDate.');
  if (startMs !== undefined && startMs !== before?.StartDate?.getTime() && startMs < nowMs - STARTED_MAX_MS)
    throw validationError('The StartDate you specify cannot be earlier than 5 minutes ago.');
  if (endMs !== undefined && endMs !== before?.EndDate?.getTime() && endMs <= nowMs)
    throw validationError('The EndDate you specify cannot be in the past.');
}

/** @throws ServiceError ValidationException */
export function checkExpression(expression: string): void {
  try {
    parseSchedulerExpression(expression);
  } catch (error) {
    if (!(error instanceof InvalidSchedule)) throw error;
    throw new ServiceError('ValidationException', `Invalid Schedule Expression ${expression}.`, 400, {
      cause: error,
    });
  }
}

/** Actions that only read: the service refuses them as universal targets. */
const READING =
  /^(get|describe|list|poll|receive|search|scan|query|select|read|lookup|discover|validate|batchGet|batchDescribe|batchRead|transactGet|adminGet|adminList|testMigration|retrieve|testConnection|translateDocument|isAuthorized|invokeModel)/;

function checkTarget(target: ScheduleTarget): void {
  if (!ROLE.test(target.RoleArn)) throw validationError(`Invalid RoleArn ${target.RoleArn}.`);
  if (Buffer.byteLength(target.Input ?? '') > INPUT_BYTES_MAX)
    throw validationError(`Target input is longer than ${INPUT_BYTES_MAX} bytes.`);
  const universal = /^arn:aws[a-z-]*:scheduler:::aws-sdk:([a-z0-9]+):([a-zA-Z0-9]+)$/.exec(target.Arn);
  if (universal) {
    if (READING.test(universal[2] ?? ''))
      throw validationError(`The action ${universal[2]} only reads; EventBridge Scheduler does not call it.`);
    checkJson(target, 'a universal target');
    return;
  }
  const kind = kindOf(target.Arn);
  if (kind === undefined)
    throw validationError(
      `The target ${target.Arn} is of a kind that Riposte does not support. Supported are state machines, functions, topics, queues, event buses and universal targets (arn:aws:scheduler:::aws-sdk:service:action).`,
    );
  if (kind === 'queue' && target.Arn.endsWith('.fifo'))
    throw validationError(`The target ${target.Arn} is a FIFO queue. This server has standard queues only.`);
  if (target.SqsParameters?.MessageGroupId !== undefined)
    throw validationError('SqsParameters is not supported: this server has neither FIFO nor fair queues.');
  if (kind === 'state machine' || kind === 'event bus') checkJson(target, `a target of kind ${kind}`);
  if ((kind === 'event bus') !== (target.EventBridgeParameters !== undefined))
    throw validationError(
      kind === 'event bus'
        ? 'EventBridgeParameters must be provided for a target that is an event bus.'
        : 'EventBridgeParameters can only be provided for a target that is an event bus.',
    );
}

function checkJson({ Input }: ScheduleTarget, what: string): void {
  if (Input === undefined) return;
  try {
    JSON.parse(Input);
  } catch (error) {
    throw new ServiceError('ValidationException', `The Input of ${what} must be JSON.`, 400, {
      cause: error,
    });
  }
}

function kindOf(arn: string): string | undefined {
  const parsed = parseArn(arn);
  switch (parsed?.service) {
    case 'states':
      return parsed.resource.startsWith('stateMachine:') ? 'state machine' : undefined;
    case 'lambda':
      return parsed.resource.startsWith('function:') ? 'function' : undefined;
    case 'events':
      return parsed.resource.startsWith('event-bus/') ? 'event bus' : undefined;
    case 'sns':
      return 'topic';
    case 'sqs':
      return 'queue';
    default:
      return undefined;
  }
}
