import type { ExecutionStreamMessage } from '@riposte/server';
import { oneLine, seconds, type Style, styled, type Terminal } from '../terminal.ts';
import { describeCall } from './describe-call.ts';
import { readableCause } from './readable-cause.ts';

type HistoryEvent = Extract<ExecutionStreamMessage, { type: 'events' }>['events'][number];

/** Details are JSON of the service's own shapes; only texts are shown. */
function text(event: HistoryEvent, details: `${string}EventDetails`, member: string): string | undefined {
  const value = event[details]?.[member];
  return typeof value === 'string' || typeof value === 'number' ? oneLine(String(value)) : undefined;
}

const OPENED = /^(Task|Pass|Choice|Wait|Succeed|Fail|Map|Parallel)StateEntered$/;
const CLOSED = /^(Task|Pass|Choice|Wait|Succeed|Map|Parallel)StateExited$/;
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
};

/** Where in the machine an event happened: a state, and which item of which Map it works for. */
interface Place {
  state: string;
  items: readonly { map: string; index: string }[];
}

const NOWHERE: Place = { state: '', items: [] };

/** Turns the stream of one execution into lines for a terminal, each with the time since it started. */
export class ExecutionPrinter {
  readonly #terminal: Terminal;
  readonly #startMs: number;
  /** Error of the last attempt in a state that has not been left yet: tells a retry from a first try. */
  readonly #failed = new Map<string, string>();
  /** States that had failed when the execution was redriven: what they do next is no retry. */
  readonly #redriven = new Set<string>();
  readonly #places = new Map<number, Place>();

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
    const state = this.#labelOf(event);
    const { timestamp, type } = event;
    const opened = OPENED.exec(type);
    if (opened) {
      // What takes no time is told once, when it is done.
      if (!INSTANT.has(opened[1] ?? '')) this.#mark(timestamp, 'blue', '▶', state);
    } else if (CLOSED.test(type)) this.#printExit(timestamp, state);
    else if (type in FAILURES) this.#printFailure(event, state);
    else if (type === 'TaskScheduled' || type === 'LambdaFunctionScheduled')
      this.#printNextAttempt(timestamp, state);
    else if (type === 'ExecutionRedriven') this.#printRedrive(event);
    else if (type in ENDS) this.#printEnd(event);
  }

  #printExit(timestamp: number, state: string): void {
    const failure = this.#failed.get(state);
    this.#failed.delete(state);
    if (failure === undefined) this.#mark(timestamp, 'green', '✓', state);
    else this.#mark(timestamp, 'yellow', '!', `${state}: ${failure} was caught`);
  }

  #printFailure(event: HistoryEvent, state: string): void {
    const details = FAILURES[event.type]!; // asked for only where it is in the table
    const error = text(event, details, 'error') ?? 'failed';
    this.#failed.set(state, error);
    const { message, place } = readableCause(event[details]?.['cause']);
    this.#mark(event.timestamp, 'red', '✗', `${state}: ${error}${message === '' ? '' : `, ${message}`}`);
    for (const line of place) this.#below(line);
  }

  /** The first attempt is told by the state's entry, which a redrive does not repeat. */
  #printNextAttempt(timestamp: number, state: string): void {
    if (this.#redriven.delete(state)) this.#mark(timestamp, 'blue', '▶', state);
    else if (this.#failed.delete(state)) this.#mark(timestamp, 'yellow', '↻', `${state}: tried again`);
  }

  #printRedrive(event: HistoryEvent): void {
    for (const state of this.#failed.keys()) this.#redriven.add(state);
    this.#failed.clear();
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

  /** Events between entry and exit do not name their state: it is found along the chain of previous events. */
  #labelOf(event: HistoryEvent): string {
    const before = this.#places.get(event.previousEventId) ?? NOWHERE;
    const named =
      text(event, 'stateEnteredEventDetails', 'name') ?? text(event, 'stateExitedEventDetails', 'name');
    const place: Place = { state: named ?? before.state, items: itemsOf(event, before, named) };
    this.#places.set(event.id, place);
    return place.state + place.items.map(({ index }) => `[${index}]`).join('');
  }

  #mark(atMs: number, style: Style, glyph: string, words: string): void {
    this.#line(atMs, `${styled(this.#terminal, style, glyph)} ${words}`);
  }

  #below(words: string): void {
    this.#terminal.out(`${' '.repeat(TIME_WIDTH)}      ${words}`);
  }

  #line(atMs: number, words: string): void {
    const elapsed = seconds(Math.max(0, atMs - this.#startMs)).padStart(TIME_WIDTH);
    this.#terminal.out(`${styled(this.#terminal, 'dim', elapsed)}  ${words}`);
  }
}

/** Inside of a Map one more item; when the Map itself is left, one less. */
function itemsOf(event: HistoryEvent, before: Place, named: string | undefined): Place['items'] {
  const started = event['mapIterationStartedEventDetails'];
  if (started) {
    const map = text(event, 'mapIterationStartedEventDetails', 'name') ?? '';
    const outer = before.items.filter((item) => item.map !== map);
    return [...outer, { map, index: text(event, 'mapIterationStartedEventDetails', 'index') ?? '' }];
  }
  if (event.type !== 'MapStateExited') return before.items;
  const depth = before.items.findIndex((item) => item.map === named);
  return depth < 0 ? before.items : before.items.slice(0, depth);
}
