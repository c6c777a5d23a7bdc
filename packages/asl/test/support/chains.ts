import assert from 'node:assert/strict';
import type { HistoryEvent } from '@riposte/asl';

const ENDS = /^Execution(Succeeded|Failed|Aborted|TimedOut)$/;

/** An evaluation that fails on entry follows what Entered follows. */
const BESIDE_ENTERED = /^EvaluationFailed$/;

/** What holds in every history, whatever the machine. */
export function expectSound(events: readonly HistoryEvent[]): void {
  for (const [index, event] of events.entries()) {
    assert.equal(event.id, index + 1, 'ids are dense');
    assert.ok(event.previousEventId < event.id, `event ${event.id} follows an earlier one`);
    if (event.previousEventId === 0)
      assert.ok(
        event.id <= 2 || BESIDE_ENTERED.test(event.type) || ENDS.test(event.type),
        `event ${event.id} ${event.type} follows something`,
      );
    assert.equal(ENDS.test(event.type) && index < events.length - 1, false, 'nothing follows the end');
  }
}
