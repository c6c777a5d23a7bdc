import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { evaluateExpression, parseDefinition, step } from '@riposte/asl';
import type { Decision, Environment, EvaluationRequest, Json } from '@riposte/asl';
import { environment, EXECUTION, machineOf, START_MS } from './support/drive.ts';

interface Case {
  expression: string;
  input?: Json;
  gives?: Json;
  /** The end of the cause. */
  fails?: string;
}

const cases = JSON.parse(readFileSync(join(import.meta.dirname, 'cases', 'jsonata.json'), 'utf8')) as Case[];

function evaluate(
  expression: string,
  input: Json = {},
  world: Partial<Environment> = {},
  Assign: Json = {},
): Promise<Decision> {
  const machine = machineOf({
    QueryLanguage: 'JSONata',
    StartAt: 'B',
    States: {
      B: { Type: 'Pass', Assign, Next: 'P' },
      P: { Type: 'Pass', Output: `{% ${expression} %}`, End: true },
    },
  });
  return step(
    machine,
    { ...EXECUTION, input: JSON.stringify(input) },
    { records: new Map(), nextEventId: 1 },
    { type: 'start' },
    { ...environment(START_MS), ...world },
  );
}

async function output(...given: Parameters<typeof evaluate>): Promise<string> {
  const { outcome } = await evaluate(...given);
  if (outcome?.status === 'SUCCEEDED') return outcome.output;
  throw new Error(outcome?.status === 'FAILED' ? outcome.cause : outcome?.status);
}

/** A generator whose every draw is another. */
function draws(): () => number {
  let drawn = 0;
  return () => (drawn++ * 0.618_033_988_75) % 1;
}

describe('an expression', () => {
  for (const { expression, input = {}, gives, fails } of cases) {
    const says = fails ?? JSON.stringify(gives);
    test(`${expression.slice(0, 100)} over ${JSON.stringify(input)}: ${says}`, async () => {
      const { outcome } = await evaluate(expression, input);
      if (fails === undefined)
        assert.deepEqual(outcome, { status: 'SUCCEEDED', output: JSON.stringify(gives) });
      else
        assert.deepEqual(outcome, {
          status: 'FAILED',
          error: 'States.QueryEvaluationError',
          cause: `An error occurred while executing the state 'P' (entered at the event id #4). The JSONata expression '${expression}' specified for the field 'Output' ${fails}`,
        });
    });
  }

  test('gives the same again from the same chance, here and in another thread, and another from another', async () => {
    const expression =
      '{"r": [$random(), $random()], "u": {"a": $uuid(), "b": $uuid()}, "s": $shuffle([1..20]), "n": $now()}';
    const here = await output(expression, {}, { uniform: draws() });
    const again = await output(expression, {}, { uniform: draws() });
    const elsewhere = await output(
      expression,
      {},
      { uniform: draws(), evaluate: (request) => evaluateExpression(structuredClone(request)) },
    );
    const other = await output(expression, {}, { uniform: () => 0.25 });
    assert.equal(again, here);
    assert.equal(elsewhere, here);
    assert.notEqual(other, here);
    const { r, u } = JSON.parse(here) as { r: number[]; u: Record<string, string> };
    assert.notEqual(r[0], r[1]);
    assert.notEqual(u['a'], u['b']);
  });

  test('draws no chance when it asks for none', async () => {
    const drawn: number[] = [];
    await output('$sum([1, 2])', {}, { uniform: () => drawn.push(1) && 0 });
    assert.deepEqual(drawn, []);
  });

  test('leaves the input as it was, whatever it does with it', async () => {
    const input = { list: [{ n: 1 }], one: [7] };
    const definition = {
      QueryLanguage: 'JSONata',
      StartAt: 'A',
      States: {
        A: {
          Type: 'Pass',
          Output: '{% $states.input ~> |list|{"n": 2}| %}',
          Assign: { was: '{% $states.input.one[] %}', kept: '{% $states.input %}' },
          Next: 'B',
        },
        B: { Type: 'Pass', Output: '{% [$states.input.list.n, $kept.list.n, $was] %}', End: true },
      },
    };
    const { outcome } = await step(
      machineOf(definition),
      { ...EXECUTION, input: JSON.stringify(input) },
      { records: new Map(), nextEventId: 1 },
      { type: 'start' },
      environment(START_MS),
    );
    assert.deepEqual(outcome, { status: 'SUCCEEDED', output: '[2,1,7]' });
  });

  test('can have a variable named like a function of the language', async () => {
    assert.equal(
      await output('$sum & $fromMillis & $now()[0]', {}, {}, { sum: 'a', fromMillis: 'b' }),
      '"ab2026-01-01T00:00:00.000Z"',
    );
  });
});

test('no text between the marks is thrown at, when it is read or when it runs', async () => {
  const uniform = draws();
  const pick = <T>(list: readonly T[]): T => list[Math.floor(uniform() * list.length)]!; // not empty
  const parts = cases
    .map(({ expression }) => expression)
    .filter((expression) => expression.length < 80)
    .flatMap((expression) => expression.split(/(?=[$([{.,])/));
  for (let round = 0; round < 1_500; round++) {
    const expression = Array.from({ length: 1 + Math.floor(uniform() * 5) }, () => pick(parts)).join('');
    const State = { Type: 'Pass', Output: `{% ${expression} %}`, End: true };
    const definition = { QueryLanguage: 'JSONata', StartAt: 'P', States: { P: State } };
    const { machine } = parseDefinition(JSON.stringify(definition));
    if (machine === undefined) continue;
    const { outcome } = await step(
      machine,
      { ...EXECUTION, input: '{"a":[1,{"b":2}]}' },
      { records: new Map(), nextEventId: 1 },
      { type: 'start' },
      environment(START_MS),
    );
    assert.ok(outcome?.status === 'SUCCEEDED' || outcome?.status === 'FAILED', expression);
  }
});

describe('evaluated in place', () => {
  const places: [expression: string, isInPlace: boolean][] = [
    ['$states.input.list[x > 1]^(>x).{"a": x & "b"}', true],
    ['$map($states.input.list, function($v) { $uppercase($v) })', true],
    ['[1..100]', true],
    ['$contains("abc", "b")', false],
    ['$match("abc", /b/)', false],
    ['$states.input.list ~> $sort()', false],
    ['[1..$states.input.n]', false],
    ['$reduce([1, 2], $append)', false],
    ['($p := $pad; $p("", 5))', false],
    ['$join(["a", "b"], $states.input.by)', false],
  ];
  for (const [expression, isInPlace] of places)
    test(`${isInPlace ? 'is' : 'is not'} ${expression}`, async () => {
      const sent: EvaluationRequest[] = [];
      await output(
        expression,
        { list: [{ x: 1 }, { x: 2 }], n: 2, by: ',' },
        {
          evaluate: (request) => {
            sent.push(request);
            return Promise.resolve({ type: 'value', value: null });
          },
        },
      ).catch(() => undefined);
      assert.equal(sent.length, isInPlace ? 0 : 1);
    });

  test('is what turns out to be much work only until that is seen; elsewhere gets no more than it names', async () => {
    const sent: EvaluationRequest[] = [];
    const evaluate = (request: EvaluationRequest) => {
      sent.push(request);
      return evaluateExpression(request);
    };
    const list = Array.from({ length: 80 }, (_, n) => n);
    const sums = '$count($states.input.list.($a := $; $states.input.list.($a + $ + $x)))';
    assert.equal(await output(sums, { list }, { evaluate }, { x: 1, y: 2 }), '6400');
    assert.deepEqual(sent, [
      { expression: sums, bindings: { states: { input: { list } }, x: 1 }, nowMs: START_MS },
    ]);
  });

  test('is no more of one decision than of one expression', async () => {
    let sent = 0;
    const evaluate = (request: EvaluationRequest) => {
      sent++;
      return evaluateExpression(request);
    };
    const list = Array.from({ length: 300 }, (_, n) => n);
    const State = (Next: string) => ({
      Type: 'Pass',
      Assign: { a: '{% $sum($states.input.(list.($ + 1))) %}' },
      Next,
    });
    const names = Array.from({ length: 50 }, (_, n) => `S${n}`);
    const States = Object.fromEntries(names.map((name, n) => [name, State(names[n + 1] ?? 'Last')]));
    const definition = {
      QueryLanguage: 'JSONata',
      StartAt: 'S0',
      States: { ...States, Last: { Type: 'Succeed' } },
    };
    const { outcome } = await step(
      machineOf(definition),
      { ...EXECUTION, input: JSON.stringify({ list }) },
      { records: new Map(), nextEventId: 1 },
      { type: 'start' },
      { ...environment(START_MS), evaluate },
    );
    assert.equal(outcome?.status, 'SUCCEEDED');
    assert.ok(sent > 20 && sent < 50, `${sent} of 50 were evaluated elsewhere`);
  });
});
