import { redriveMapRun } from './map-runs.ts';
import { standAtStart } from './moves.ts';
import { EXECUTION_TIMEOUT_TIMER, ROOT } from './scopes.ts';
import type { Turn } from './turn.ts';

/**
 * Takes an execution up again where it ended. What ended well stays; every innermost scope that stands in a state
 * begins that state's work again, with new attempts, new clocks and new retries. Parallel and Map states thus run
 * again only what of them had not ended; so does a distributed Map, whose Map Run is redriven.
 */
export function redrive(turn: Turn): void {
  const { environment, machine } = turn;
  const redrivenEventId = emitRedriven(turn);
  if (machine.TimeoutSeconds !== undefined)
    turn.command({
      type: 'start-timer',
      timerId: EXECUTION_TIMEOUT_TIMER,
      atMs: environment.nowMs + machine.TimeoutSeconds * 1000,
    });
  // Its input could not be read when it was started.
  if (turn.findScope(ROOT) === undefined) return standAtStart(turn, redrivenEventId);
  const ready = new Set(turn.ready);
  for (const key of turn.scopeNames()) {
    if (turn.findJoin(key) !== undefined) continue;
    const { visit, ...scope } = turn.scope(key);
    if (visit?.awaits === 'map-run' && visit.mapRun && visit.mapRun.isSpent !== true) {
      redriveMapRun(turn, key, redrivenEventId, visit.mapRun);
      continue;
    }
    if (visit !== undefined)
      turn.saveScope(key, { ...scope, lastEventId: redrivenEventId, visit: { ...visit, retryCounts: [] } });
    if (!ready.has(key)) turn.ready.push(key);
  }
}

/** @returns the event's id */
export function emitRedriven(turn: Turn): number {
  return turn.emit('ExecutionRedriven', turn.lastEventId, { redriveCount: turn.execution.redriveCount });
}
