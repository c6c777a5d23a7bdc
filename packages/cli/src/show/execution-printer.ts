import type { ExecutionStreamMessage } from '@riposte/server';
import { oneLine, seconds, type Style, styled, type Terminal } from '../terminal.ts';
import { describeCall } from './describe-call.ts';
import { readableCause } from './readable-cause.ts';
import { type HistoryEvent, isInside, outward, StateVisits, type Visit } from './state-visits.ts';

/** Details are JSON of the service's own shapes; only texts are shown. */
function text(event: HistoryEvent, details: `${string}EventDetails`, member: string): string | undefined {
  const value = event[details]?.[member];
  return typeof value === 'string' || typeof value === 'number' ? oneLine(String(value)) : undefined;
}

const OPENED = /^(Task|Pass|Choice|Wait|Succeed|Fail|Map|Parallel)StateEntered$/;
const CLOSED = /^(Task|Pass|Choice|Wait|Succeed|Map|Parallel)StateExited$/;
/** These do not name what was cancelled: they follow the failure that did it. */
const ABORTED = /^(?:(?:Task|Wait|Map|Parallel)State|MapIteration|MapRun)Aborted$/;
const INSTANT = new Set(['Pass', 'Choice', 'Succeed']);
const TIME_WIDTH = 8;
const ENDS: Record<string, { style: Style; words: string }> = {
  ExecutionSucceeded: { style: 'green', words: '✓ SUCCEEDED' },
  ExecutionFailed: { style: 'red', words: '✗ FAILED' },
  ExecutionTimedOut: { style: 'red', words: '✗ TIMED OUT' },
  ExecutionAborted: { style: 'yellow', words: '■ ABORTED' },
};
const FAILURES: Record<string, `${string}EventDetails`> = {
  TaskFailed: 'taskFailedEventDetails',
  TaskTimedOut: 'taskTimedOutEventDetails',
  LambdaFunctionFailed: 'lambdaFunctionFailedEventDetails',
  LambdaFunctionTimedOut: 'lambdaFunctionTimedOutEventDetails',
  EvaluationFailed: 'evaluationFailedEventDetails',
  MapRunFailed: 'mapRunFailedEventDetails',
};

/** Turns the stream of one execution into lines for a terminal, each with the time since it started. */
export class ExecutionPrinter {
  readonly #terminal: Terminal;
  readonly #startMs: number;
  readonly #visits = new StateVisits();
  /** The exit of a state whose error was caught. Told with the next event, which says where it goes. */
  #caught: { event: HistoryEvent; visit: Visit } | undefined;

  constructor(terminal: Terminal, startMs: number) {
    this.#terminal = terminal;
    this.#startMs = startMs;
  }

  print(message: ExecutionStreamMessage): void {
    if (message.type !== 'events') this.#printCaught();
    switch (message.type) {
      case 'events':
        for (const event of message.events) this.#printEvent(event);
        break;
      case 'call':
        // Told when it has ended, which is not when it began: without a time.
        this.#below(`· ${describeCall(message.call, this.#terminal)}`);
        break;
      case 'child':
        this.#line(message.execution.startDate, `  ↳ started ${oneLine(message.execution.executionArn)}`);
        break;
      case 'end':
        break;
    }
  }

  #printEvent(event: HistoryEvent): void {
    const visit = this.#visits.of(event);
    const { timestamp, type } = event;
    const opened = OPENED.exec(type);
    this.#printCaught(event, opened ? visit : undefined);
    if (opened && visit) {
      // What takes no time is told once, when it is done.
      if (!INSTANT.has(opened[1] ?? '')) this.#mark(timestamp, 'blue', '▶', visit);
    } else if (CLOSED.test(type) && visit) this.#printExit(event, visit);
    else if (type in FAILURES && visit) this.#printFailure(event, visit);
    else if ((type === 'TaskScheduled' || type === 'LambdaFunctionScheduled') && visit)
      this.#printNextAttempt(timestamp, visit);
    else if ((type === 'ParallelStateStarted' || type === 'MapStateStarted') && visit)
      this.#printContainerStart(event, visit);
    else if ((type === 'ParallelStateFailed' || type === 'MapStateFailed') && visit)
      this.#printContainerFailure(event, visit);
    else if (ABORTED.test(type)) this.#printCancelled(event, this.#visits.before(event)?.within);
    else if (type === 'ExecutionRedriven') this.#printRedrive(event);
    else if (type in ENDS) this.#printEnd(event);
  }

  #printExit(event: HistoryEvent, visit: Visit): void {
    this.#visits.close(visit);
    if (visit.failure === undefined) this.#mark(event.timestamp, 'green', '✓', visit);
    else this.#caught = { event, visit };
  }

  #printCaught(next?: HistoryEvent, entered?: Visit): void {
    if (this.#caught === undefined) return;
    const { event, visit } = this.#caught;
    this.#caught = undefined;
    const goes = entered && next?.previousEventId === event.id ? `, next is ${oneLine(entered.label)}` : '';
    this.#mark(event.timestamp, 'yellow', '!', visit, `${visit.failure} was caught${goes}`);
  }

  #printFailure(event: HistoryEvent, visit: Visit): void {
    const details = FAILURES[event.type]!; // asked for only where it is in the table
    const error = text(event, details, 'error') ?? 'failed';
    visit.failure = error;
    const { message, place } = readableCause(event[details]?.['cause']);
    this.#mark(event.timestamp, 'red', '✗', visit, `${error}${message === '' ? '' : `, ${message}`}`);
    for (const line of place) this.#below(line);
  }

  /** The first attempt is told by the state's entry, which a redrive does not repeat. */
  #printNextAttempt(atMs: number, visit: Visit): void {
    if (visit.isRedriven) this.#mark(atMs, 'blue', '▶', visit);
    else if (visit.failure !== undefined) this.#mark(atMs, 'yellow', '↻', visit, 'tried again');
    visit.isRedriven = false;
    delete visit.failure;
  }

  /** Where a Map or Parallel is tried again, the history does not say that it failed. */
  #printContainerStart(event: HistoryEvent, container: Visit): void {
    this.#adoptFailure(event, container);
    this.#printCancelled(event, container);
    this.#printNextAttempt(event.timestamp, container);
  }

  #printContainerFailure(event: HistoryEvent, container: Visit): void {
    this.#printCancelled(event, container);
    container.hasFailed = true;
    // One that failed by itself has said so.
    if (container.failure !== undefined) return;
    this.#adoptFailure(event, container);
    this.#mark(event.timestamp, 'red', '✗', container, container.failure);
  }

  /** A Map or Parallel fails with the error of the state in it that failed; of a Fail state the history has none. */
  #adoptFailure(event: HistoryEvent, container: Visit): void {
    const failed = outward(this.#visits.before(event), ({ within }) => within === container);
    if (failed) container.failure = failed.failure ?? `failure of ${oneLine(failed.label)}`;
  }

  /** All that ran beside what failed, in the same Map or Parallel. */
  #printCancelled(event: HistoryEvent, container: Visit | undefined): void {
    if (container === undefined) return;
    const failed = outward(this.#visits.before(event), ({ within }) => within === container);
    for (const visit of this.#visits.open()) {
      if (!isInside(visit, container)) continue;
      this.#visits.close(visit);
      if (visit !== failed && !INSTANT.has(visit.type))
        this.#mark(event.timestamp, 'yellow', '■', visit, 'cancelled');
    }
  }

  #printRedrive(event: HistoryEvent): void {
    for (const visit of this.#visits.open()) {
      visit.isRedriven = visit.failure !== undefined;
      visit.hasFailed = false;
      delete visit.failure;
    }
    const count = text(event, 'executionRedrivenEventDetails', 'redriveCount') ?? '';
    const at = new Date(event.timestamp).toISOString();
    this.#line(event.timestamp, `${styled(this.#terminal, 'bold', `↻ REDRIVEN, redrive ${count}`)} at ${at}`);
  }

  #printEnd(event: HistoryEvent): void {
    const { style, words } = ENDS[event.type]!; // asked for only where it is in the table
    const error = text(event, 'executionFailedEventDetails', 'error') ?? '';
    const cause = text(event, 'executionFailedEventDetails', 'cause') ?? '';
    this.#line(event.timestamp, `${styled(this.#terminal, style, words)} ${error} ${cause}`.trimEnd());
  }

  #mark(atMs: number, style: Style, glyph: string, visit: Visit, words?: string): void {
    const told = `${oneLine(visit.label)}${words === undefined ? '' : `: ${words}`}`;
    this.#line(atMs, `${styled(this.#terminal, style, glyph)} ${told}`);
  }

  #below(words: string): void {
    this.#terminal.out(`${' '.repeat(TIME_WIDTH)}      ${words}`);
  }

  #line(atMs: number, words: string): void {
    const elapsed = seconds(Math.max(0, atMs - this.#startMs)).padStart(TIME_WIDTH);
    this.#terminal.out(`${styled(this.#terminal, 'dim', elapsed)}  ${words}`);
  }
}
