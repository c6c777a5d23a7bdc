import type { Clock } from '../ports/clock.ts';
import type { Claim, Effect, Store } from '../ports/store.ts';
import { claimTimers } from './due-work.ts';
import type { Retries } from './retries.ts';

const ABANDONED_PER_ROUND = 100;

export interface RecoveryOptions {
  store: Store;
  clock: Clock;
  retries: Retries;
  lease: () => Claim;
  /** Takes a timer that is due to its execution. */
  fire: (timer: Effect) => Promise<unknown>;
  /** Takes the end of an execution, should it have ended, to the steps that wait for it. */
  answerParents: (childArn: string) => Promise<unknown>;
  stop: (executionArn: string) => Promise<unknown>;
  /** Resolves when the children are stopped that no step waits for any more. */
  orphansStopped: () => Promise<void>;
  isClosed: () => boolean;
}

/**
 * Settles what time has decided while no server ran, so that nothing is handed out again that has no use any more:
 *
 * 1 Ends of children are told to the steps that wait for them: they came before the server ended.
 * 2 Time that is up: timeouts, heartbeats, waits.
 * 3 Children that nobody waits for any more are stopped, and what they had started.
 *
 * Each step is tried once here; what fails is tried again beside everything else.
 */
export async function settleOverdue(options: RecoveryOptions): Promise<void> {
  const { store, clock, retries, lease, fire, answerParents, orphansStopped } = options;
  const awaited = await store.waitingFor();
  const childArns = new Set(awaited.map(({ parked }) => parked?.childArn).filter((arn) => arn !== undefined));
  await Promise.all(Array.from(childArns, (childArn) => tried(options, () => answerParents(childArn))));
  await stopAbandoned(options);
  await retries.untilDone(() => store.abortLostItems(clock.now()));
  const overdue: Effect[] = [];
  await retries.untilDone(async () => {
    const dueMs = await store.nextDueMs('timer', lease().worker);
    if (dueMs !== undefined && dueMs <= clock.now()) await claimTimers(store, lease(), clock.now(), overdue);
  });
  await Promise.all(overdue.map((timer) => tried(options, () => fire(timer))));
  do {
    await stopAbandoned(options);
    await orphansStopped();
  } while (!options.isClosed() && (await store.abandonedChildren(1)).length > 0);
}

/** Children whose Map Run has ended. */
async function stopAbandoned(options: RecoveryOptions): Promise<void> {
  const { store, retries, stop, isClosed } = options;
  for (;;) {
    const abandoned = await store.abandonedChildren(ABANDONED_PER_ROUND);
    if (abandoned.length === 0 || isClosed()) return;
    await retries.untilDone(() => Promise.all(abandoned.map((executionArn) => stop(executionArn))));
  }
}

/** Resolves after the first attempt. */
function tried({ retries }: RecoveryOptions, attempt: () => Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  return Promise.race([retries.untilDone(() => attempt().finally(resolve)), promise]);
}
