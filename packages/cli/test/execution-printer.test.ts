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
