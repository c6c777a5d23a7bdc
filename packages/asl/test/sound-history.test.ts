import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryEvent } from '@riposte/asl';
import { expectEndedHistory } from '@riposte/testkit';

/** An event that follows the one of that id; ids count from 1. */
type Line = readonly [type: HistoryEvent['type'], previousEventId: number];

const inline: readonly Line[] = [
  ['ExecutionStarted', 0],
  ['MapStateEntered', 0],
  ['MapStateStarted', 2],
  ['MapIterationStarted', 3],
  ['PassStateEntered', 4],
  ['PassStateExited', 5],
  ['MapIterationSucceeded', 6],
  ['MapIterationStarted', 6],
  ['PassStateEntered', 8],
  ['PassStateExited', 9],
  ['MapIterationSucceeded', 10],
  ['MapStateSucceeded', 11],
  ['MapStateExited', 11],
  ['ExecutionSucceeded', 13],
];
const failing: readonly Line[] = [
  ...inline.slice(0, 5),
  ['PassStateExited', 5],
  ['FailStateEntered', 6],
  ['MapIterationFailed', 7],
  ['MapStateFailed', 7],
  ['ExecutionFailed', 9],
];
const parallel: readonly Line[] = [
  ['ExecutionStarted', 0],
  ['ParallelStateEntered', 0],
  ['ParallelStateStarted', 2],
  ['PassStateEntered', 3],
  ['PassStateExited', 4],
  ['ParallelStateSucceeded', 5],
  ['ParallelStateExited', 5],
  ['ExecutionSucceeded', 7],
];
const distributed: readonly Line[] = [
  ['ExecutionStarted', 0],
  ['MapStateEntered', 0],
  ['MapStateStarted', 2],
  ['MapRunStarted', 3],
  ['MapRunSucceeded', 4],
  ['MapStateSucceeded', 5],
  ['MapStateExited', 4],
  ['ExecutionSucceeded', 7],
];

test('histories of branches and iterations as the service writes them are sound', () => {
  for (const lines of [inline, failing, parallel, distributed]) expectEndedHistory(historyOf(lines));
});

const broken: [string, readonly Line[], id: number, follows: number, RegExp][] = [
  ['an iteration in a used slot follows the end of the one before', inline, 8, 7, /H5: event 8/],
  ['an iteration follows a state of one that goes on', failingAfterStart(), 7, 6, /H7: event 7/],
  ['a Map state succeeds after a state', inline, 12, 10, /H5: event 12/],
  ['a Map state is left after a state', inline, 13, 10, /H5: event 13/],
  ['a Map state is left after its success', inline, 13, 12, /H4: event 13/],
  ['a Map state fails after the note on its iteration', failing, 9, 8, /H4: event 9/],
  ['a Map state fails after a state that was left', failing, 9, 6, /H5: event 9/],
  ['a Parallel state succeeds after its start', parallel, 6, 3, /H5: event 6/],
  ['a Parallel state is left after its start', parallel, 7, 3, /H5: event 7/],
  ['a Parallel state is left after its success', parallel, 7, 6, /H4: event 7/],
  ['a distributed Map state succeeds after the start of its run', distributed, 6, 4, /H5: event 6/],
  ['a distributed Map state is left after the end of its run', distributed, 7, 5, /H4: event 7/],
];
for (const [what, lines, id, follows, refusal] of broken)
  test(`not sound: ${what}`, () => {
    const events = lines.map((line, index): Line => (index + 1 === id ? [line[0], follows] : line));
    assert.throws(() => expectEndedHistory(historyOf(events)), refusal);
  });

/** The second iteration starts when the first has left a state and not yet ended. */
function failingAfterStart(): readonly Line[] {
  return [...inline.slice(0, 6), ['MapIterationStarted', 6], ['FailStateEntered', 7], ['ExecutionFailed', 8]];
}

function historyOf(lines: readonly Line[]): HistoryEvent[] {
  return lines.map(([type, previousEventId], index) => ({
    id: index + 1,
    previousEventId,
    timestamp: 0,
    type,
    ...(type.endsWith('StateEntered') && { stateEnteredEventDetails: { name: nameOf(type) } }),
    ...(type.endsWith('StateExited') && { stateExitedEventDetails: { name: nameOf(type) } }),
  }));
}

function nameOf(type: string): string {
  return type.replace(/State(Entered|Exited)$/, '');
}
