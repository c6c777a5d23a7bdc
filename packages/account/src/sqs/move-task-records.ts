import type { AccountReading, AccountTransaction } from '../ports/account-store.ts';

/** A task that moves messages out of a dead-letter queue: type `sqs:move-task`. */
export interface MoveTask {
  taskId: string;
  /** The dead-letter queue, `<region>/<name>`. */
  queueId: string;
  sourceArn: string;
  /** Absent: each message goes back to the queue that it came from. */
  destinationArn?: string;
  /** Absent: as fast as the disk takes it. */
  perSecond?: number;
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  startedAtMs: number;
  /** When it started. */
  messagesToMove: number;
  messagesMoved: number;
  failureReason?: string;
}

const TASKS = 'sqs:move-task';
/** By queue: the key of the one task that runs. So what runs is found without looking through what has ended. */
const RUNNING = 'sqs:running-move-task';
/** As many of a queue are told; older ones are forgotten. */
const TASKS_KEPT = 10;

/** In order of their start: no name of a queue has a slash. */
function keyOf({ queueId, startedAtMs, taskId }: MoveTask): string {
  return `${tasksOf(queueId)}${String(startedAtMs).padStart(15, '0')}/${taskId}`;
}

function tasksOf(queueId: string): string {
  return `${queueId}/`;
}

/** The newest first. */
export function listMoveTasks(reading: AccountReading, queueId: string): MoveTask[] {
  return reading.list<MoveTask>(TASKS, tasksOf(queueId)).toReversed();
}

/** Of every queue. */
export function runningMoveTasks(reading: AccountReading): MoveTask[] {
  return reading
    .list<string>(RUNNING)
    .map((key) => reading.get<MoveTask>(TASKS, key))
    .filter((task) => task !== undefined);
}

export function runningMoveTask(reading: AccountReading, queueId: string): MoveTask | undefined {
  const key = reading.get<string>(RUNNING, queueId);
  return key === undefined ? undefined : reading.get<MoveTask>(TASKS, key);
}

export function putMoveTask(transaction: AccountTransaction, task: MoveTask): void {
  transaction.put(TASKS, keyOf(task), task);
  if (task.status === 'RUNNING') transaction.put(RUNNING, task.queueId, keyOf(task));
  else transaction.delete(RUNNING, task.queueId);
  for (const old of listMoveTasks(transaction, task.queueId).slice(TASKS_KEPT))
    transaction.delete(TASKS, keyOf(old));
}

/** They go with their queue, one that runs too. */
export function forgetMoveTasks(transaction: AccountTransaction, queueId: string): void {
  for (const task of listMoveTasks(transaction, queueId)) transaction.delete(TASKS, keyOf(task));
  transaction.delete(RUNNING, queueId);
}
