/** Numbers as the service prints them: texts go in, and what comes out is compared as text. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatDiagnostics, parseDefinition, parseJson, step, withPlainNumbers } from '@riposte/asl';
import { environment, EXECUTION, START_MS } from './support/drive.ts';

interface NumberCase {
  what: string;
  /** Fields of the one state besides those of a Pass, JSON text. */
  state?: string;
  input: string;
  gives: string;
}

const cases = JSON.parse(
  readFileSync(join(import.meta.dirname, 'cases', 'numbers.json'), 'utf8'),
) as NumberCase[];

for (const { what, state = '{}', input, gives } of cases)
  test(what, async () => {
    const fields = state.includes('"Type"')
      ? state
      : `{"Type":"Pass","Next":"Yes",${state.slice(1)}`.replace(',}', '}');
    const definition = `{"StartAt":"S","States":{"S":${fields},"Yes":{"Type":"Succeed"}}}`;
    const { machine, diagnostics } = parseDefinition(definition);
    assert.ok(machine !== undefined, formatDiagnostics(diagnostics));
    const snapshot = { records: new Map(), nextEventId: 1 };
    const { outcome } = await step(
      machine,
      { ...EXECUTION, input },
      snapshot,
      { type: 'start' },
      environment(START_MS),
    );
    assert.deepEqual(outcome, { status: 'SUCCEEDED', output: gives });
  });

test('settings of a definition are numbers whatever they look like', () => {
  const retry = { ErrorEquals: ['States.ALL'], BackoffRate: 'RATE', IntervalSeconds: 3 };
  const task = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Retry: [retry], End: true };
  const text = JSON.stringify({ StartAt: 'S', States: { S: task } });
  const { machine, diagnostics } = parseDefinition(text.replace('"RATE"', '2.0'));
  assert.ok(machine !== undefined, formatDiagnostics(diagnostics));
  assert.match(JSON.stringify(machine), /"BackoffRate":2,/);
});

test('for JSONata numbers are plain', () => {
  assert.deepEqual(withPlainNumbers(parseJson('{"a":[1.0,2]}')), { a: [1, 2] });
});

test('values without such numbers are handed on, not copied', () => {
  const value = parseJson('{"a":[1,2,{"b":0.5}]}');
  assert.equal(withPlainNumbers(value), value);
});
