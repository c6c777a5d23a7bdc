import assert from 'node:assert/strict';
import type { HistoryEvent, Json } from '@riposte/asl';

const START = 'ExecutionStarted';
const END = /^Execution(Succeeded|Failed|Aborted|TimedOut)$/;
const EXITED = /^(\w+)StateExited$/;
/** Ends by whoever watches the execution from outside: they follow no event. */
const FOLLOWS_NOTHING = new Set([START, 'ExecutionAborted', 'ExecutionTimedOut']);

/** Events that are told beside a thread and that none of its later events follows. */
const BESIDE = new Set([
  'MapStateSucceeded',
  'ParallelStateSucceeded',
  'MapRunSucceeded',
  'MapRunAborted',
  'MapIterationFailed',
  'MapIterationAborted',
  'TaskStateAborted',
  'WaitStateAborted',
  'MapStateAborted',
  'ParallelStateAborted',
]);

const SCHEDULED = (kind: string) =>
  new RegExp(
    `^(TaskStateEntered|EvaluationFailed|ExecutionRedriven|${kind}\\w*(Failed|TimedOut|Succeeded))$`,
  );
const LEFT = /^(\w+StateExited|EvaluationFailed|ExecutionRedriven|ParallelStateStarted|MapIterationStarted)$/;

/**
 * What makes a state with branches fail: the failing event itself, never the note about the iteration; the Entered of
 * a state, within or this one, whose own data failed; the last event within when the result could not be shaped.
 */
const FAILING = (kind: string, lastWithin: string) =>
  new RegExp(
    `^(\\w+(Failed|TimedOut)|\\w+StateEntered|${kind}StateStarted|${lastWithin}|ExecutionRedriven)$`,
  );
const STATE_LEFT = /^\w+StateExited$/;

/** What an event of a type may follow. Types that are not here may follow anything that is not beside a thread. */
const FOLLOWS: Readonly<Record<string, RegExp>> = {
  LambdaFunctionScheduled: SCHEDULED('LambdaFunction'),
  LambdaFunctionStarted: /^LambdaFunctionScheduled$/,
  LambdaFunctionSucceeded: /^LambdaFunctionStarted$/,
  LambdaFunctionFailed: /^LambdaFunctionStarted$/,
  LambdaFunctionTimedOut: /^LambdaFunctionStarted$/,
  TaskScheduled: SCHEDULED('Task'),
  TaskStarted: /^TaskScheduled$/,
  TaskSubmitted: /^TaskStarted$/,
  TaskSucceeded: /^Task(Started|Submitted)$/,
  TaskFailed: /^Task(Started|Submitted)$/,
  TaskTimedOut: /^Task(Started|Submitted)$/,
  ActivityScheduled: SCHEDULED('Activity'),
  ActivityStarted: /^ActivityScheduled$/,
  ActivitySucceeded: /^Activity(Scheduled|Started)$/,
  ActivityFailed: /^Activity(Scheduled|Started)$/,
  ActivityTimedOut: /^Activity(Scheduled|Started)$/,
  PassStateExited: /^(PassStateEntered|ExecutionRedriven)$/,
  ChoiceStateExited: /^(ChoiceStateEntered|ExecutionRedriven)$/,
  WaitStateExited: /^(WaitStateEntered|ExecutionRedriven)$/,
  SucceedStateExited: /^(SucceedStateEntered|ExecutionRedriven)$/,
  ParallelStateSucceeded: STATE_LEFT,
  ParallelStateFailed: FAILING('Parallel', '\\w+StateExited'),
  ParallelStateExited: /^(\w+StateExited|ParallelStateFailed|EvaluationFailed|ExecutionRedriven)$/,
  MapIterationStarted: /^(MapStateStarted|\w+StateExited|ExecutionRedriven)$/,
  MapIterationSucceeded: STATE_LEFT,
  MapStateSucceeded: /^(MapIterationSucceeded|MapStateStarted|MapRunSucceeded|ExecutionRedriven)$/,
  MapStateFailed: FAILING('Map', 'MapIterationSucceeded'),
  MapStateExited:
    /^(MapIterationSucceeded|MapStateStarted|MapStateFailed|MapRunStarted|MapRunRedriven|EvaluationFailed|ExecutionRedriven)$/,
  MapRunStarted: /^MapStateStarted$/,
  MapRunSucceeded: /^(MapRunStarted|MapRunRedriven)$/,
  MapRunFailed: /^(MapRunStarted|MapRunRedriven)$/,
};

/**
 * What holds in every history, whatever the machine and whatever happened. Every whole history that was recorded of
 * the service holds it, save those from before November 2024 in which MapStateExited of a distributed Map follows
 * MapRunSucceeded (conformance/not-passing.md): H4 refuses these.
 *
 * Throws AssertionError, which names the rule and the event.
 *
 * H1  Ids are dense from 1, times do not go back.
 * H2  There is one start, first, and one end, last; after an end only a redrive goes on.
 * H3  Every event follows an earlier one. Only the start, the first state, an evaluation that failed as the first
 *     state was entered, and ends from outside follow none.
 * H4  No event follows one that is told beside a thread, save the end of a Map state that follows its Map Run's.
 * H5  An event follows what its type allows: Started follows Scheduled, an answer follows Started or Submitted, …
 * H6  Who goes back from a state's Exited comes to its Entered; a visit ends once.
 * H7  An iteration that takes over a slot follows the last state of one that has succeeded.
 */
export function expectSoundHistory(events: readonly HistoryEvent[]): void {
  for (const [index, event] of events.entries()) {
    const place = `event ${event.id} ${event.type}`;
    assert.equal(event.id, index + 1, `H1: ${place} has the id ${index + 1}`);
    const before = events[index - 1];
    assert.ok(event.timestamp >= (before?.timestamp ?? 0), `H1: ${place} is no earlier than the one before`);
    assert.equal(event.type === START, index === 0, `H2: ${place} is not in the place of the start`);
    if (before !== undefined && END.test(before.type))
      assert.equal(event.type, 'ExecutionRedriven', `H2: ${place} comes after the end`);
    expectLink(events, event, place);
  }
  expectVisits(events);
}

/** As `expectSoundHistory`, of an execution that is no longer open: the last event must be an end. */
export function expectEndedHistory(events: readonly HistoryEvent[]): void {
  expectSoundHistory(events);
  assert.match(events.at(-1)?.type ?? 'nothing', END, 'H2: the last event is an end');
}

function expectLink(events: readonly HistoryEvent[], event: HistoryEvent, place: string): void {
  const { previousEventId } = event;
  assert.ok(previousEventId >= 0 && previousEventId < event.id, `H3: ${place} follows an earlier one`);
  if (previousEventId === 0) {
    const isFirst = event.id === 2 && event.type.endsWith('StateEntered');
    const isBesideFirst = event.type === 'EvaluationFailed' && events[1]?.previousEventId === 0;
    assert.ok(isFirst || isBesideFirst || FOLLOWS_NOTHING.has(event.type), `H3: ${place} follows something`);
    return;
  }
  assert.ok(!FOLLOWS_NOTHING.has(event.type), `H3: ${place} follows nothing`);
  const previous = events[previousEventId - 1]!; // ids are dense
  const follows = `${place} follows ${previous.id} ${previous.type}`;
  const endsMapRun = event.type === 'MapStateSucceeded' && previous.type === 'MapRunSucceeded';
  assert.ok(!BESIDE.has(previous.type) || endsMapRun, `H4: ${follows}`);
  const allowed = event.type.endsWith('StateEntered') ? LEFT : FOLLOWS[event.type];
  if (allowed !== undefined) assert.match(previous.type, allowed, `H5: ${follows}`);
  // A slot is free once its iteration has ended: both follow the last state that the iteration left.
  if (event.type === 'MapIterationStarted' && STATE_LEFT.test(previous.type)) {
    const ended = events
      .slice(previous.id, event.id - 1)
      .some((other) => other.type === 'MapIterationSucceeded' && other.previousEventId === previous.id);
    assert.ok(ended, `H7: ${follows}, with which an iteration ended`);
  }
}

function expectVisits(events: readonly HistoryEvent[]): void {
  const left = new Set<number>();
  for (const event of events) {
    if (!EXITED.test(event.type)) continue;
    const place = `event ${event.id} ${event.type}`;
    const entered = enteredBefore(events, event, left);
    assert.ok(entered !== undefined, `H6: ${place} leads back to its Entered`);
    assert.ok(!left.has(entered.id), `H6: ${place} ends the visit of event ${entered.id} again`);
    left.add(entered.id);
  }
}

function enteredBefore(
  events: readonly HistoryEvent[],
  exited: HistoryEvent,
  left: ReadonlySet<number>,
): HistoryEvent | undefined {
  const type = exited.type.replace('Exited', 'Entered');
  const name = nameOf(exited);
  const isEntered = (event: HistoryEvent) => event.type === type && nameOf(event) === name;
  for (let at: HistoryEvent | undefined = exited; at !== undefined;) {
    if (isEntered(at)) return at;
    // A redrive joins all threads in one event: from there it is one of the visits that stood open before.
    if (at.type === 'ExecutionRedriven')
      return events.slice(0, at.id).findLast((event) => isEntered(event) && !left.has(event.id));
    const { id, previousEventId }: HistoryEvent = at;
    if (at.type === 'EvaluationFailed') {
      // It may stand beside Entered instead of behind it.
      const sibling = events
        .slice(previousEventId, id - 1)
        .findLast((other) => other.previousEventId === previousEventId && isEntered(other));
      if (sibling !== undefined) return sibling;
    }
    at = events[previousEventId - 1];
  }
  return undefined;
}

function nameOf(event: HistoryEvent): Json | undefined {
  return (event.stateEnteredEventDetails ?? event.stateExitedEventDetails)?.['name'];
}
