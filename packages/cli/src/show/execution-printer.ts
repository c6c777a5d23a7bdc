import type { ExecutionStreamMessage } from '@riposte/server';
import { printable, seconds, styled, type Terminal } from '../terminal.ts';
import { describeCall } from './describe-call.ts';

type HistoryEvent = Extract<ExecutionStreamMessage, { type: 'events' }>['events'][number];

/** Details are JSON of the service's own shapes; only texts are shown. */
function text(event: HistoryEvent, details: `${string}EventDetails`, member: string): string | undefined {
  const value = event[details]?.[member];
  return typeof value === 'string' || typeof value === 'number' ? printable(String(value)) : undefined;
}

const OPENED = /^(Task|Pass|Choice|Wait|Succeed|Fail|Map|Parallel)StateEntered$/;
const CLOSED = /^(Task|Pass|Choice|Wait|Succeed|Map|Parallel)StateExited$/;
const FAILURES: Record<string, `${string}EventDetails`> = {
  TaskFailed: 'taskFailedEventDetails',
  TaskTimedOut: 'taskTimedOutEventDetails',
  LambdaFunctionFailed: 'lambdaFunctionFailedEventDetails',
  LambdaFunctionTimedOut: 'lambdaFunctionTimedOutEventDetails',
  EvaluationFailed: 'evaluationFailedEventDetails',
};

/** Turns the stream of one execution into lines for a terminal, each with the time since it started. */
export class ExecutionPrinter {
  readonly #terminal: Terminal;
  readonly #startMs: number;
  /** Attempts that failed since the state was entered, by state: tells a retry from a first try. */
  readonly #failed = new Map<string, string>();
  #stateOf = new Map<number, string>();

  constructor(terminal: Terminal, startMs: number) {
    this.#terminal = terminal;
    this.#startMs = startMs;
  }

  print(message: ExecutionStreamMessage): void {
    switch (message.type) {
      case 'events':
        for (const event of message.events) this.#printEvent(event);
        break;
      case 'call':
        this.#line(message.call.timeMs, `    · ${describeCall(message.call, this.#terminal)}`);
        break;
      case 'child':
        this.#line(message.execution.startDate, `  ↳ started ${printable(message.execution.executionArn)}`);
        break;
      case 'end':
        break;
    }
  }

  #printEvent(event: HistoryEvent): void {
    const state = this.#stateFor(event);
    const { timestamp, type } = event;
    if (OPENED.test(type)) this.#line(timestamp, `${styled(this.#terminal, 'blue', '▶')} ${state}`);
    else if (CLOSED.test(type)) this.#printExit(event, state);
    else if (type in FAILURES) this.#printFailure(event, state);
    else if (type === 'TaskScheduled' || type === 'LambdaFunctionScheduled') this.#printRetry(event, state);
    else if (type === 'MapIterationStarted')
      this.#line(
        timestamp,
        styled(
          this.#terminal,
          'dim',
          `  item ${text(event, 'mapIterationStartedEventDetails', 'index') ?? ''} of ${state}`,
        ),
      );
    else if (type === 'ExecutionSucceeded')
      this.#line(timestamp, styled(this.#terminal, 'green', '✓ SUCCEEDED'));
    else if (type === 'ExecutionFailed') {
      const error = text(event, 'executionFailedEventDetails', 'error') ?? '';
      const cause = text(event, 'executionFailedEventDetails', 'cause') ?? '';
      this.#line(timestamp, `${styled(this.#terminal, 'red', '✗ FAILED')} ${error} ${cause}`.trimEnd());
    } else if (type === 'ExecutionAborted' || type === 'ExecutionTimedOut')
      this.#line(
        timestamp,
        styled(this.#terminal, 'yellow', type === 'ExecutionAborted' ? '■ ABORTED' : '✗ TIMED OUT'),
      );
  }

  #printExit(event: HistoryEvent, state: string): void {
    const failure = this.#failed.get(state);
    this.#failed.delete(state);
    if (failure === undefined)
      this.#line(event.timestamp, `${styled(this.#terminal, 'green', '✓')} ${state}`);
    else
      this.#line(event.timestamp, `${styled(this.#terminal, 'yellow', '!')} ${state}: ${failure} was caught`);
  }

  #printFailure(event: HistoryEvent, state: string): void {
    const details = FAILURES[event.type]!; // asked for only where it is in the table
    const error = text(event, details, 'error') ?? 'failed';
    this.#failed.set(state, error);
    const cause = readableCause(text(event, details, 'cause') ?? '');
    this.#line(
      event.timestamp,
      `${styled(this.#terminal, 'red', '✗')} ${state}: ${error}${cause === '' ? '' : `, ${cause}`}`,
    );
  }

  #printRetry(event: HistoryEvent, state: string): void {
    if (!this.#failed.has(state)) return;
    this.#failed.delete(state);
    this.#line(event.timestamp, `${styled(this.#terminal, 'yellow', '↻')} ${state}: tried again`);
  }

  /** Events between entry and exit do not name their state: it is found along the chain of previous events. */
  #stateFor(event: HistoryEvent): string {
    const named =
      text(event, 'stateEnteredEventDetails', 'name') ?? text(event, 'stateExitedEventDetails', 'name');
    const state = named ?? this.#stateOf.get(event.previousEventId) ?? '';
    this.#stateOf.set(event.id, state);
    return state;
  }

  #line(atMs: number, words: string): void {
    const elapsed = seconds(Math.max(0, atMs - this.#startMs)).padStart(8);
    this.#terminal.out(`${styled(this.#terminal, 'dim', elapsed)}  ${words}`);
  }
}

/** Of a function's error object the message is enough for one line. */
function readableCause(cause: string): string {
  try {
    const parsed: unknown = JSON.parse(cause);
    if (typeof parsed === 'object' && parsed !== null && 'errorMessage' in parsed)
      return String(parsed.errorMessage);
  } catch {
    // plain text
  }
  return cause.length > 300 ? `${cause.slice(0, 300)}…` : cause;
}
