import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExpressionThreads } from '../src/host/expression-threads.ts';
import { createWorld, machine } from './world.ts';

const TIMEOUT = 'Expression evaluation timeout: Check for infinite loop';
const MEMORY = 'Expression evaluation memory limit exceeded: Check for excessive memory usage';
const STACK =
  'Stack overflow error: Check for non-terminating recursive function.  Consider rewriting as tail-recursive. Depth=101 max=100';

const hostile: Record<string, { expression: string; message: string }> = {
  'a pattern that backtracks without end': {
    expression: `$match("${'a'.repeat(40)}!", /^(?=a)(a+)+$/)`,
    message: TIMEOUT,
  },
  'a recursion without end': {
    expression: '($f := function($n) { 1 + $f($n) }; $f(1))',
    message: STACK,
  },
  'a loop without end': { expression: '($f := function($n) { $f($n) }; $f(1))', message: TIMEOUT },
  'a text of a hundred million characters': { expression: '$pad("", 1e8)', message: MEMORY },
  'an array that doubles': {
    expression: '($f := function($a) { $f($append($a, $a)) }; $f([1]))',
    message: MEMORY,
  },
  'a text that doubles': { expression: '($f := function($a) { $f($a & $a) }; $f("x"))', message: MEMORY },
  'a range of ten million': { expression: '[1..1e7]', message: MEMORY },
};

test('every hostile expression ends at a bound, and the host goes on meanwhile', async (t) => {
  const threads = new ExpressionThreads();
  const hasty = new ExpressionThreads({ deadlineMs: 300 });
  t.after(() => Promise.all([threads.close(), hasty.close()]));
  for (const [name, { expression, message }] of Object.entries(hostile)) {
    let turns = 0;
    const turning = setInterval(() => turns++, 1);
    const evaluator = message === TIMEOUT ? hasty : threads;
    const reply = await evaluator.evaluate({ expression, bindings: {}, nowMs: 0 });
    clearInterval(turning);
    assert.deepEqual(reply, { type: 'error', message }, name);
    if (message === TIMEOUT) assert.ok(turns > 0, `${name}: the host stood still`);
  }
  const after = await threads.evaluate({ expression: '$hash("a", "MD5")', bindings: {}, nowMs: 0 });
  assert.deepEqual(after, { type: 'value', value: '0cc175b9c0f1b6a831c399e269772661' });
});

test('one hostile expression does not hold up another, and closing answers what still waits', async () => {
  const threads = new ExpressionThreads();
  const loop = { expression: '($f := function($n) { $f($n) }; $f(1))', bindings: {}, nowMs: 0 };
  const endless = threads.evaluate(loop);
  const quick = await threads.evaluate({ expression: '$pad($x, 3)', bindings: { x: 'a' }, nowMs: 0 });
  assert.deepEqual(quick, { type: 'value', value: 'a  ' });
  const others = [threads.evaluate(loop), threads.evaluate(loop)];
  await threads.close();
  for (const reply of await Promise.all([endless, ...others])) assert.deepEqual(reply, { type: 'internal' });
});

test('a hostile expression fails its own execution alone', async (t) => {
  const world = await createWorld(t);
  const definition = (Output: string) => ({
    QueryLanguage: 'JSONata',
    StartAt: 'P',
    States: { P: { Type: 'Pass', Output, End: true } },
  });
  const text = `${'a'.repeat(40)}!`;
  const hostileArn = await world.begin(
    'hostile',
    definition('{% $match($states.input, /^(?=a)(a+)+$/) %}'),
    text,
  );
  const quietArn = await world.begin('quiet', definition('{% $replace($states.input, /a+/, "b") %}'), text);
  await world.settle();
  const failed = await world.host.describeExecution(hostileArn);
  assert.equal(failed.status, 'FAILED');
  assert.equal(failed.error, 'States.QueryEvaluationError');
  assert.equal(
    failed.cause,
    `An error occurred while executing the state 'P' (entered at the event id #2). The JSONata expression '$match($states.input, /^(?=a)(a+)+$/)' specified for the field 'Output' threw an error during evaluation: ${TIMEOUT}`,
  );
  assert.equal((await world.host.describeExecution(quietArn)).output, '"b!"');
  assert.deepEqual(world.problems, []);
});

test('data nested more deeply than the host’s stack fail the expression that reads them', async (t) => {
  const world = await createWorld(t);
  const pass = { Type: 'Pass', Output: '{% $string($states.input) %}', End: true };
  const { stateMachineArn } = await machine(world.host, 'deep', {
    QueryLanguage: 'JSONata',
    StartAt: 'Deep',
    States: { Deep: pass },
  });
  const input = `${'{"b":'.repeat(3000)}1${'}'.repeat(3000)}`;
  const { executionArn } = await world.host.startExecution({ stateMachineArn, input });
  await world.settle();
  const { error, cause } = await world.host.describeExecution(executionArn);
  assert.equal(error, 'States.QueryEvaluationError');
  assert.match(cause ?? '', /Stack overflow error: Check for non-terminating recursive function\./);
});
