import { ServiceError } from '@riposte/engine';
import type { AccountReading } from '../ports/account-store.ts';
import type { AccountOperation, CallContext } from '../ports/operation.ts';
import { parseArn } from '../arn.ts';
import { checkRange, invalidParameter } from './errors.ts';
import { listMoveTasks, putMoveTask, runningMoveTask, type MoveTask } from './move-task-records.ts';
import { queueOfArn } from './queue-address.ts';
import type { QueueRecord } from './records.ts';
import { sourcesOf } from './redrive-policy.ts';
import { forgetExpired } from './retention.ts';

const PER_SECOND_MAX = 500;
const RESULTS_MAX = 10;

/** The parts that the operations on one dead-letter queue have in common. */
const onSource = {
  service: 'sqs',
  resourceArn: (context: CallContext, { SourceArn }: { SourceArn: string }, reading: AccountReading) =>
    sourceQueue(reading, context, SourceArn).queueArn,
  resourcePolicy: (context: CallContext, { SourceArn }: { SourceArn: string }, reading: AccountReading) =>
    sourceQueue(reading, context, SourceArn).attributes.Policy,
} as const;

interface StartInput {
  SourceArn: string;
  DestinationArn?: string;
  MaxNumberOfMessagesPerSecond?: number;
}

/**
 * Refusals in the words that were recorded of SQS: https://github.com/localstack/localstack,
 * tests/aws/services/sqs/test_sqs_move_task.snapshot.json. The messages are moved by `createMessageMover`.
 */
export const startMessageMoveTask: AccountOperation<StartInput, { TaskHandle: string }> = {
  ...onSource,
  name: 'StartMessageMoveTask',
  access: 'write',
  /** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html */
  furtherActions(context, { SourceArn, DestinationArn }, reading) {
    const taking = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
    const destinations =
      DestinationArn === undefined
        ? sourcesOf(reading, sourceQueue(reading, context, SourceArn)).map(({ queueArn }) => queueArn)
        : [DestinationArn];
    return [
      ...taking.map((action) => ({ action, resourceArn: SourceArn })),
      ...destinations.map((resourceArn) => ({ action: 'sqs:SendMessage', resourceArn })),
    ];
  },
  touched: (_, { SourceArn, DestinationArn }) =>
    [SourceArn, DestinationArn]
      .filter((arn) => arn !== undefined)
      .map((name) => ({ type: 'AWS::SQS::Queue', name })),
  handle(transaction, context, { SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond: perSecond }) {
    const source = sourceQueue(transaction, context, SourceArn);
    checkRange('MaxNumberOfMessagesPerSecond', perSecond, 1, PER_SECOND_MAX);
    if (sourcesOf(transaction, source).length === 0)
      throw invalidParameter('Source queue must be configured as a Dead Letter Queue.');
    if (DestinationArn !== undefined && !queueOfArn(transaction, context, DestinationArn))
      throw noSuchResource('DestinationArn');
    if (DestinationArn === SourceArn)
      throw invalidParameter('Source queue and destination queue must not be the same.');
    if (runningMoveTask(transaction, source.id))
      throw invalidParameter(
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      );
    forgetExpired(transaction, source, context.nowMs);
    const task: MoveTask = {
      taskId: context.ids.uuid(),
      queueId: source.id,
      sourceArn: source.queueArn,
      ...(DestinationArn !== undefined && { destinationArn: DestinationArn }),
      ...(perSecond !== undefined && { perSecond }),
      status: 'RUNNING',
      startedAtMs: context.nowMs,
      messagesToMove: transaction.messages.count(source.id, context.nowMs).visible,
      messagesMoved: 0,
    };
    putMoveTask(transaction, task);
    return { TaskHandle: handleOf(task) };
  },
};

export const cancelMessageMoveTask: AccountOperation<
  { TaskHandle: string },
  { ApproximateNumberOfMessagesMoved: number }
> = {
  service: 'sqs',
  name: 'CancelMessageMoveTask',
  access: 'write',
  resourceArn: (context, { TaskHandle }, reading) =>
    sourceQueue(reading, context, readHandle(TaskHandle).sourceArn).queueArn,
  resourcePolicy: (context, { TaskHandle }, reading) =>
    sourceQueue(reading, context, readHandle(TaskHandle).sourceArn).attributes.Policy,
  handle(transaction, context, { TaskHandle }) {
    const { taskId, sourceArn } = readHandle(TaskHandle);
    const source = sourceQueue(transaction, context, sourceArn);
    const task = listMoveTasks(transaction, source.id).find((one) => one.taskId === taskId);
    if (!task) throw new ServiceError('ResourceNotFoundException', 'Task does not exist.', 404);
    if (task.status !== 'RUNNING') throw invalidParameter('Only active tasks can be cancelled.');
    putMoveTask(transaction, { ...task, status: 'CANCELLED' });
    return { ApproximateNumberOfMessagesMoved: task.messagesMoved };
  },
};

export const listMessageMoveTasks: AccountOperation<
  { SourceArn: string; MaxResults?: number },
  { Results: object[] }
> = {
  ...onSource,
  name: 'ListMessageMoveTasks',
  access: 'read',
  handle(transaction, context, { SourceArn, MaxResults = 1 }) {
    const source = sourceQueue(transaction, context, SourceArn);
    checkRange('MaxResults', MaxResults, 1, RESULTS_MAX);
    return { Results: listMoveTasks(transaction, source.id).slice(0, MaxResults).map(shown) };
  },
};

function shown(task: MoveTask): object {
  const { status, sourceArn, destinationArn, perSecond, failureReason } = task;
  return {
    ...(status === 'RUNNING' && { TaskHandle: handleOf(task) }),
    Status: status,
    SourceArn: sourceArn,
    ...(destinationArn !== undefined && { DestinationArn: destinationArn }),
    ...(perSecond !== undefined && { MaxNumberOfMessagesPerSecond: perSecond }),
    ApproximateNumberOfMessagesMoved: task.messagesMoved,
    ApproximateNumberOfMessagesToMove: task.messagesToMove,
    ...(failureReason !== undefined && { FailureReason: failureReason }),
    StartedTimestamp: task.startedAtMs,
  };
}

/** @throws ServiceError InvalidParameterValue, ResourceNotFoundException */
function sourceQueue(reading: AccountReading, context: CallContext, arn: string): QueueRecord {
  if (parseArn(arn)?.service !== 'sqs') throw invalidParameter('Value for parameter SourceArn is invalid.');
  const queue = queueOfArn(reading, context, arn);
  if (!queue) throw noSuchResource('SourceArn');
  return queue;
}

function noSuchResource(parameter: string): ServiceError {
  return new ServiceError(
    'ResourceNotFoundException',
    `The resource that you specified for the ${parameter} parameter doesn't exist.`,
    404,
  );
}

/** In SQS's own form. */
function handleOf({ taskId, sourceArn }: Pick<MoveTask, 'taskId' | 'sourceArn'>): string {
  return Buffer.from(JSON.stringify({ taskId, sourceArn })).toString('base64');
}

/** @throws ServiceError InvalidParameterValue */
function readHandle(handle: string): { taskId: string; sourceArn: string } {
  try {
    const { taskId, sourceArn } = JSON.parse(Buffer.from(handle, 'base64').toString()) as Record<
      string,
      unknown
    >;
    if (typeof taskId === 'string' && typeof sourceArn === 'string') return { taskId, sourceArn };
  } catch {
    // no JSON in it: refused like JSON of another form
  }
  throw invalidParameter('Value for parameter TaskHandle is invalid.');
}
