import { EXECUTION_TIMEOUT_TIMER } from './scopes.ts';
import type { Turn } from './turn.ts';

/**
 * Takes an execution up again where it ended. What ended well stays; every innermost scope that stands in a state
 * begins that state's work again, with new attempts, new clocks and new retries. Parallel and Map states thus run
 * again only what of them had not ended.
 */
export function redrive(turn: Turn): void {
  const { execution, environment, machine } = turn;
  const redrivenEventId = turn.emit('ExecutionRedriven', turn.lastEventId, {
    redriveCount: execution.redriveCount,
  });
  if (machine.TimeoutSeconds !== undefined)
    turn.command({
      type: 'start-timer',
      timerId: EXECUTION_TIMEOUT_TIMER,
      atMs: environment.nowMs + machine.TimeoutSeconds * 1000,
    });
  for (const key of turn.scopeNames()) {
    if (turn.findJoin(key) !== undefined) continue;
    const { visit, ...scope } = turn.scope(key);
    if (visit === undefined) {
      if (!turn.ready.includes(key)) turn.ready.push(key);
      continue;
    }
    turn.saveScope(key, { ...scope, lastEventId: redrivenEventId, visit: { ...visit, retryCounts: [] } });
    turn.agenda.push({ do: 'begin', scope: key });
  }
}
