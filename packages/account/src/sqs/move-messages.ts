import type { Ids } from '@riposte/engine';
import type { AccountTransaction } from '../ports/account-store.ts';
import type { QueueMessage } from '../ports/queue-messages.ts';
import { putMoveTask, type MoveTask } from './move-task-records.ts';
import { queueOfArn } from './queue-address.ts';
import { numberOf, type QueueRecord } from './records.ts';
import { forgetExpired } from './retention.ts';

/** Of one transaction: a message may have a mebibyte. */
const MESSAGES_MAX = 10;

interface Surroundings {
  account: string;
  ids: Ids;
  nowMs: number;
}

interface Move extends Surroundings {
  /** At least one; no more than ten go in one transaction, whatever it says. */
  messagesMax: number;
}

/**
 * Moves the next messages of a running task and writes down how far it is, in one transaction: a crash neither loses a
 * message nor makes it two. It moves what could be received when the task started and is still there, the longest
 * waiting first; so one that comes back as a dead letter meanwhile is not moved again, and every task ends.
 * @returns how many were moved; the task has ended when it is none
 */
export function moveMessages(transaction: AccountTransaction, task: MoveTask, around: Move): number {
  const { queueId, startedAtMs } = task;
  const source = transaction.get<QueueRecord>('sqs:queue', queueId);
  if (!source) return end(transaction, task, NO_QUEUE);
  forgetExpired(transaction, source, around.nowMs);
  const limit = Math.min(around.messagesMax, MESSAGES_MAX);
  const messages = transaction.messages.visible(queueId, Math.min(startedAtMs, around.nowMs), limit);
  if (messages.length === 0) return end(transaction, task);
  let moved = 0;
  for (const message of messages) {
    const arn = task.destinationArn ?? message.deadLetterSourceArn;
    if (arn === undefined) return end(transaction, counted(task, moved), 'CouldNotDetermineMessageSource');
    const region = queueId.slice(0, queueId.indexOf('/'));
    const destination = queueOfArn(transaction, { account: around.account, region }, arn);
    if (!destination) return end(transaction, counted(task, moved), NO_QUEUE);
    move(transaction, message, destination, around);
    moved += 1;
  }
  putMoveTask(transaction, counted(task, moved));
  return moved;
}

/** As recorded of SQS, tests/aws/services/sqs/test_sqs_move_task.snapshot.json of localstack/localstack. */
const NO_QUEUE = 'AWS.SimpleQueueService.NonExistentQueue';

function counted(task: MoveTask, moved: number): MoveTask {
  return { ...task, messagesMoved: task.messagesMoved + moved };
}

function end(transaction: AccountTransaction, task: MoveTask, failureReason?: string): 0 {
  putMoveTask(
    transaction,
    failureReason === undefined
      ? { ...task, status: 'COMPLETED' }
      : { ...task, status: 'FAILED', failureReason },
  );
  return 0;
}

/**
 * A new message: its id, its age and its count of receives begin anew, its content and its sender stay.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
 */
function move(
  transaction: AccountTransaction,
  { queue, sequence, body, attributes, traceHeader, senderId }: QueueMessage,
  destination: QueueRecord,
  { ids, nowMs }: Surroundings,
): void {
  transaction.messages.delete(queue, sequence);
  transaction.messages.add({
    queue: destination.id,
    messageId: ids.uuid(),
    body,
    attributes,
    ...(traceHeader !== undefined && { traceHeader }),
    senderId,
    sentAtMs: nowMs,
    visibleAtMs: nowMs + numberOf(destination, 'DelaySeconds') * 1000,
    receiveCount: 0,
  });
}
