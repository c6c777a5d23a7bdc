import assert from 'node:assert/strict';
import test from 'node:test';
import { ExecutionPrinter } from '../src/show/execution-printer.ts';

type Message = Parameters<ExecutionPrinter['print']>[0];
type HistoryEvent = Extract<Message, { type: 'events' }>['events'][number];

function printed(events: readonly HistoryEvent[]): string[] {
  const lines: string[] = [];
  const terminal = {
    out: (line: string) => lines.push(line),
    err: (line: string) => lines.push(line),
    colour: false,
    isInteractive: false,
  };
  new ExecutionPrinter(terminal, 0).print({ type: 'events', events });
  return lines;
}

const entered: HistoryEvent = {
  id: 1,
  previousEventId: 0,
  timestamp: 0,
  type: 'TaskStateEntered',
  stateEnteredEventDetails: { name: 'Call' },
};

function failedWith(error: string, cause: string): HistoryEvent {
  return {
    id: 2,
    previousEventId: 1,
    timestamp: 1500,
    type: 'LambdaFunctionFailed',
    lambdaFunctionFailedEventDetails: { error, cause },
  };
}

/** Sets a terminal's title, its colour, and the direction of writing. */
const HOSTILE = 'boom \u001B[31mRED\u001B]0;title\u0007 \u202Etxt.exe';

test('what a function says of its failure cannot steer the terminal, plain or hidden in JSON', () => {
  for (const cause of [HOSTILE, JSON.stringify({ errorMessage: HOSTILE })]) {
    const [, line = ''] = printed([entered, failedWith(HOSTILE, cause)]);
    assert.match(line, /^ {2}1\.50 s {2}✗ Call: boom /);
    assert.doesNotMatch(line, /[\p{Cc}\p{Bidi_Control}]/u);
  }
});

test('a cause of any length takes one line of bounded length', () => {
  const [, line = ''] = printed([entered, failedWith('Error', 'x'.repeat(100_000))]);
  assert.ok(line.length < 400, `${line.length} characters`);
});

test('the place that the trace of a syntax error begins with is told below it, and no other trace', () => {
  const causeOf = (trace: readonly unknown[]) =>
    JSON.stringify({
      errorType: 'Runtime.UserCodeSyntaxError',
      errorMessage: "SyntaxError: Unexpected token ';'",
      trace,
    });
  const title = "Runtime.UserCodeSyntaxError: SyntaxError: Unexpected token ';'";
  const told = (trace: readonly unknown[]) =>
    printed([entered, failedWith('Runtime.UserCodeSyntaxError', causeOf(trace))]).slice(1);
  assert.deepEqual(told(['lib/bad.mjs:2', `export ${HOSTILE} = ;`, '       ^', title, '    at a.cjs:1:1']), [
    "  1.50 s  ✗ Call: Runtime.UserCodeSyntaxError, SyntaxError: Unexpected token ';'",
    '              lib/bad.mjs:2',
    '              export boom �[31mRED�]0;title� �txt.exe = ;',
    '                     ^',
  ]);
  assert.equal(told([title, '    at a.cjs:1:1']).length, 1);
  assert.equal(told([1, 'no title']).length, 1);
});

test('what a redrive does again is not told as a retry', () => {
  const lines = printed([
    entered,
    failedWith('Boom', 'no'),
    {
      id: 3,
      previousEventId: 2,
      timestamp: 1500,
      type: 'ExecutionFailed',
      executionFailedEventDetails: { error: 'Boom' },
    },
    {
      id: 4,
      previousEventId: 3,
      timestamp: 61_500,
      type: 'ExecutionRedriven',
      executionRedrivenEventDetails: { redriveCount: 1 },
    },
    { id: 5, previousEventId: 4, timestamp: 61_500, type: 'LambdaFunctionScheduled' },
    { ...failedWith('Boom', 'no'), id: 6, previousEventId: 5, timestamp: 62_000 },
    { id: 7, previousEventId: 6, timestamp: 63_000, type: 'LambdaFunctionScheduled' },
  ]);
  assert.deepEqual(
    lines.map((line) => line.slice(10)),
    [
      '▶ Call',
      '✗ Call: Boom, no',
      '✗ FAILED Boom',
      '↻ REDRIVEN, redrive 1 at 1970-01-01T00:01:01.500Z',
      '▶ Call',
      '✗ Call: Boom, no',
      '↻ Call: tried again',
    ],
  );
});

/** A history in the words of the recorded ones: `id <previous seconds type name= index= error=`. */
function history(text: string): HistoryEvent[] {
  return rows(text).map((line) => {
    const [id = '', previous = '', atSeconds = '', type = '', ...members] = line.split(' ');
    const details = Object.fromEntries(members.map((member) => member.split('=')));
    const kind = type.replace(/^\w+State(?=Entered$|Exited$)/, 'State');
    const name = `${kind[0]?.toLowerCase()}${kind.slice(1)}EventDetails`;
    const event: HistoryEvent = {
      id: Number(id),
      previousEventId: Number(previous.slice(1)),
      timestamp: Number(atSeconds.slice(0, -1)) * 1000,
      type,
    };
    return members.length === 0 ? event : Object.assign(event, { [name]: details });
  });
}

const rows = (text: string) => text.trim().split(/\n */);
const told = (text: string) => printed(history(text)).map((line) => line.trim().replace(' s  ', ' '));

test('a Parallel that failed and was caught is told so, and what it cancelled', () => {
  const lines = told(`
    1 <0 0s ExecutionStarted
    2 <0 0s ParallelStateEntered name=Both
    3 <2 0s ParallelStateStarted
    4 <3 0s TaskStateEntered name=Check
    5 <4 0s TaskScheduled
    6 <3 0s WaitStateEntered name=Before
    7 <6 1s WaitStateExited name=Before
    8 <7 1s WaitStateEntered name=Pause
    9 <5 2s TaskFailed error=Refused
    10 <9 2s TaskStateAborted
    11 <9 2s WaitStateAborted
    12 <9 2s ParallelStateFailed
    13 <12 2s ParallelStateExited name=Both
    14 <13 2s WaitStateEntered name=TellFailed
    15 <14 3s WaitStateExited name=TellFailed
    16 <15 3s ExecutionSucceeded`);
  assert.deepEqual(
    lines,
    rows(`
    0.00 ▶ Both
    0.00 ▶ Check
    0.00 ▶ Before
    1.00 ✓ Before
    1.00 ▶ Pause
    2.00 ✗ Check: Refused
    2.00 ■ Pause: cancelled
    2.00 ✗ Both: Refused
    2.00 ! Both: Refused was caught, next is TellFailed
    2.00 ▶ TellFailed
    3.00 ✓ TellFailed
    3.00 ✓ SUCCEEDED`),
  );
});

test('a Map in a Parallel fails through both, each iteration told by its item', () => {
  const lines = told(`
    1 <0 0s ExecutionStarted
    2 <0 0s ParallelStateEntered name=Both
    3 <2 0s ParallelStateStarted
    4 <3 0s MapStateEntered name=Each
    5 <4 0s MapStateStarted
    6 <5 0s MapIterationStarted name=Each index=0
    7 <5 0s MapIterationStarted name=Each index=1
    8 <3 0s MapStateEntered name=Other
    9 <8 0s MapStateStarted
    10 <9 0s MapIterationStarted name=Other index=0
    11 <6 0s TaskStateEntered name=Work
    12 <7 0s TaskStateEntered name=Work
    13 <10 0s WaitStateEntered name=Hang
    14 <12 1s TaskFailed error=Refused
    15 <14 1s MapIterationFailed name=Each index=1
    16 <14 1s TaskStateAborted
    17 <14 1s MapIterationAborted name=Each index=0
    18 <14 1s TaskStateAborted
    19 <14 1s MapStateFailed
    20 <19 1s WaitStateAborted
    21 <19 1s MapStateAborted
    22 <19 1s ParallelStateFailed
    23 <22 1s ParallelStateExited name=Both
    24 <23 1s TaskStateEntered name=Tell`);
  assert.deepEqual(
    lines.slice(6),
    rows(`
    1.00 ✗ Work[1]: Refused
    1.00 ■ Work[0]: cancelled
    1.00 ✗ Each: Refused
    1.00 ■ Other: cancelled
    1.00 ■ Hang[0]: cancelled
    1.00 ✗ Both: Refused
    1.00 ! Both: Refused was caught, next is Tell
    1.00 ▶ Tell`),
  );
});

test('a Map that is tried again is told so, and one that ends well is left as one that did', () => {
  const lines = told(`
    1 <0 0s ExecutionStarted
    2 <0 0s MapStateEntered name=Each
    3 <2 0s MapStateStarted
    4 <3 0s MapIterationStarted name=Each index=0
    5 <4 0s FailStateEntered name=Stop
    6 <5 0s MapIterationFailed name=Each index=0
    7 <5 2s MapStateStarted
    8 <7 2s MapIterationStarted name=Each index=0
    9 <8 2s TaskStateEntered name=Work
    10 <9 3s TaskStateExited name=Work
    11 <10 3s MapIterationSucceeded name=Each index=0
    12 <11 3s MapStateSucceeded
    13 <11 3s MapStateExited name=Each
    14 <13 3s TaskStateEntered name=After`);
  assert.deepEqual(
    lines,
    rows(`
    0.00 ▶ Each
    0.00 ▶ Stop[0]
    2.00 ↻ Each: tried again
    2.00 ▶ Work[0]
    3.00 ✓ Work[0]
    3.00 ✓ Each
    3.00 ▶ After`),
  );
});

test('a failure without an error in the history is named by its state', () => {
  const lines = told(`
    1 <0 0s ExecutionStarted
    2 <0 0s ParallelStateEntered name=Both
    3 <2 0s ParallelStateStarted
    4 <3 0s FailStateEntered name=Stop
    5 <4 0s ParallelStateFailed
    6 <5 0s ParallelStateExited name=Both
    7 <6 0s TaskStateEntered name=Tell`);
  assert.deepEqual(
    lines.slice(2, 4),
    rows(`
    0.00 ✗ Both: failure of Stop
    0.00 ! Both: failure of Stop was caught, next is Tell`),
  );
});

test('a Map that fails by itself is told once, with its own error', () => {
  const failed = told(`
    1 <0 0s ExecutionStarted
    2 <0 0s MapStateEntered name=Each
    3 <2 0s MapStateStarted
    4 <3 0s MapRunStarted
    5 <4 1s MapRunFailed error=States.ItemReaderFailed
    6 <5 1s MapStateFailed
    7 <6 1s MapStateExited name=Each
    8 <7 1s TaskStateEntered name=Tell`);
  assert.deepEqual(
    failed.slice(1, 3),
    rows(`
    1.00 ✗ Each: States.ItemReaderFailed
    1.00 ! Each: States.ItemReaderFailed was caught, next is Tell`),
  );
  // Its evaluation fails beside its entry: both follow the same event.
  const evaluated = told(`
    1 <0 0s ExecutionStarted
    2 <0 0s MapStateEntered name=Each
    3 <0 0s EvaluationFailed error=States.QueryEvaluationError state=Each
    4 <3 0s MapStateFailed
    5 <4 0s MapStateExited name=Each
    6 <5 0s TaskStateEntered name=Tell`);
  assert.deepEqual(
    evaluated.slice(1, 3),
    rows(`
    0.00 ✗ Each: States.QueryEvaluationError
    0.00 ! Each: States.QueryEvaluationError was caught, next is Tell`),
  );
});

test('a Parallel that a redrive runs again is not told as tried again, and its second failure is its own', () => {
  const attempt = (first: number, after: number, error: string) => `
    ${first} <${after} 0s ParallelStateStarted
    ${first + 1} <${first} 0s TaskStateEntered name=Check
    ${first + 2} <${first + 1} 0s TaskScheduled
    ${first + 3} <${first + 2} 0s TaskFailed error=${error}
    ${first + 4} <${first + 3} 0s TaskStateAborted
    ${first + 5} <${first + 3} 0s ParallelStateFailed
    ${first + 6} <${first + 5} 0s ExecutionFailed error=${error}`;
  const lines = told(`
    1 <0 0s ExecutionStarted
    2 <0 0s ParallelStateEntered name=Both${attempt(3, 2, 'First')}
    10 <9 0s ExecutionRedriven redriveCount=1${attempt(11, 10, 'Second')}`);
  const attempts = lines.map((line) => line.replace('0.00 ', '').replace(/ at 1970.*/, ''));
  assert.deepEqual(
    attempts,
    rows(`
    ▶ Both
    ▶ Check
    ✗ Check: First
    ✗ Both: First
    ✗ FAILED First
    ↻ REDRIVEN, redrive 1
    ▶ Both
    ▶ Check
    ✗ Check: Second
    ✗ Both: Second
    ✗ FAILED Second`),
  );
});
