import type { Clock, Ids } from '@riposte/engine';
import type { AccountStore } from '../ports/account-store.ts';
import { PAUSE_MS, Rounds } from '../rounds.ts';
import { atATime, moveMessages } from './move-messages.ts';
import { runningMoveTask, runningMoveTasks, type MoveTask } from './move-task-records.ts';

/** What a message mover works with. */
interface MessageMoverOptions {
  store: Pick<AccountStore, 'read' | 'transaction'>;
  clock: Clock;
  ids: Ids;
  /** Twelve digits. */
  account: string;
  /** Takes one sentence for people when the store refuses. */
  report?: (line: string) => void;
}

/** Carries out StartMessageMoveTask, from `start` to `close`. */
interface MessageMover {
  /** Takes up what is on disk: tasks of an earlier run of the server go on where they stood. */
  start(): void;
  /** A task was started. */
  wake(): void;
  /** Moves nothing more and resolves when what is under way is on disk. */
  close(): Promise<void>;
}

/**
 * Moves messages out of dead-letter queues, a few a transaction, the running tasks in turn. With
 * MaxNumberOfMessagesPerSecond no more come in any second, save that a restart does not know when the last ones came.
 */
export function createMessageMover(options: MessageMoverOptions): MessageMover {
  const { store, clock, report = () => {} } = options;
  /** When the next messages of a task may be moved; at once where nothing is said. */
  let dueAtMs = new Map<string, number>();
  const rounds = new Rounds({
    clock,
    look: moveInTurn,
    failed: (error) =>
      report(
        `Messages of dead-letter queues could not be moved: ${error instanceof Error ? error.message : String(error)} They are tried again in ${PAUSE_MS / 1000} seconds.`,
      ),
  });

  async function moveInTurn(): Promise<number | undefined> {
    const next = new Map<string, number>();
    for (const task of await store.read(runningMoveTasks)) {
      if (!rounds.isOpen) return undefined;
      const waitsUntilMs = dueAtMs.get(task.taskId) ?? 0;
      if (waitsUntilMs > clock.now()) next.set(task.taskId, waitsUntilMs);
      else if (await moveSome(task)) next.set(task.taskId, clock.now() + pauseMs(task));
    }
    dueAtMs = next;
    return next.size === 0 ? undefined : Math.min(...next.values());
  }

  /** @returns whether the task goes on */
  async function moveSome({ queueId, taskId }: MoveTask): Promise<boolean> {
    return store.transaction((transaction) => {
      const task = runningMoveTask(transaction, queueId);
      if (task?.taskId !== taskId) return false; // cancelled meanwhile, or gone with its queue
      return moveMessages(transaction, task, { ...options, nowMs: clock.now() }) > 0;
    });
  }

  return rounds;
}

/** Between the messages of one transaction and the next ones. */
function pauseMs(task: MoveTask): number {
  return task.perSecond === undefined ? 0 : (atATime(task) * 1000) / task.perSecond;
}
