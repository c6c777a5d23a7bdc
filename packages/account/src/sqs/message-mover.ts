import type { Clock, Ids } from '@riposte/engine';
import type { AccountStore } from '../ports/account-store.ts';
import { PAUSE_MS, Rounds } from '../rounds.ts';
import { moveMessages } from './move-messages.ts';
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

/** How fast a task has gone. */
interface Pace {
  /** When its next messages may be moved. */
  dueAtMs: number;
  /** What came in the last second, the oldest first. Empty without MaxNumberOfMessagesPerSecond. */
  recent: { atMs: number; count: number }[];
}

/**
 * Moves messages out of dead-letter queues, a few a transaction, the running tasks in turn. With
 * MaxNumberOfMessagesPerSecond no more come in any second, save that a restart does not know when the last ones came.
 * A task that the store refuses is tried again later and holds up no other.
 */
export function createMessageMover(options: MessageMoverOptions): MessageMover {
  const { store, clock, report = () => {} } = options;
  /** By the id of the task. */
  const paces = new Map<string, Pace>();
  const rounds = new Rounds({ clock, look: moveInTurn, failed });

  function failed(error: unknown): void {
    report(
      `Messages of dead-letter queues could not be moved: ${error instanceof Error ? error.message : String(error)} They are tried again in ${PAUSE_MS / 1000} seconds.`,
    );
  }

  async function moveInTurn(): Promise<number | undefined> {
    const running = await store.read(runningMoveTasks);
    const ended = new Set(paces.keys());
    for (const task of running) {
      if (!rounds.isOpen) return undefined;
      const pace = paces.get(task.taskId) ?? { dueAtMs: 0, recent: [] };
      if (pace.dueAtMs > clock.now() || (await moveSome(task, pace))) {
        paces.set(task.taskId, pace);
        ended.delete(task.taskId);
      } else ended.add(task.taskId);
    }
    for (const taskId of ended) paces.delete(taskId);
    return paces.size === 0 ? undefined : Math.min(...[...paces.values()].map(({ dueAtMs }) => dueAtMs));
  }

  /** @returns whether the task goes on */
  async function moveSome({ queueId, taskId, perSecond = Infinity }: MoveTask, pace: Pace): Promise<boolean> {
    const begunAtMs = clock.now();
    pace.recent = pace.recent.filter(({ atMs }) => atMs > begunAtMs - SECOND_MS);
    const room = perSecond - pace.recent.reduce((sum, { count }) => sum + count, 0);
    let count: number;
    try {
      count = await store.transaction((transaction) => {
        const task = runningMoveTask(transaction, queueId);
        if (task?.taskId !== taskId) return 0; // cancelled meanwhile, or gone with its queue
        return moveMessages(transaction, task, { ...options, nowMs: clock.now(), messagesMax: room });
      });
    } catch (error) {
      failed(error);
      pace.dueAtMs = clock.now() + PAUSE_MS;
      return true;
    }
    const nowMs = clock.now();
    if (perSecond !== Infinity) pace.recent.push({ atMs: nowMs, count });
    const [oldest] = pace.recent;
    pace.dueAtMs = oldest && count >= room ? oldest.atMs + SECOND_MS : nowMs;
    return count > 0;
  }

  return rounds;
}

const SECOND_MS = 1000;
