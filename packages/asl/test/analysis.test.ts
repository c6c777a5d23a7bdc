import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '@riposte/asl';
import { parseDefinition, variableReferences } from '@riposte/asl';

function referencesOf(states: Record<string, Json>, queryLanguage?: string): Record<string, string[]> {
  const definition = { ...(queryLanguage && { QueryLanguage: queryLanguage }), StartAt: 'A', States: states };
  return variableReferences(JSON.stringify(definition));
}

describe('variables that states read', () => {
  it('stand in paths, templates and intrinsic calls, each once and in order', () => {
    const references = referencesOf({
      A: {
        Type: 'Task',
        InputPath: '$given.part[0]',
        Parameters: {
          'b.$': "States.Format('{}', $zone, States.UUID())",
          c: { 'd.$': '$alpha' },
          e: '$plain',
        },
        ResultSelector: { 'f.$': '$alpha' },
        TimeoutSecondsPath: '$patience',
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B', Assign: { 'g.$': '$caughtBefore' } }],
      },
      B: {
        Type: 'Pass',
        Result: { 'h.$': '$never' },
        Parameters: { 'i.$': '$$.Execution.Id', 'j.$': '$.k' },
      },
    });
    assert.deepEqual(references, { A: ['alpha', 'caughtBefore', 'given', 'patience', 'zone'] });
  });

  it('stand in the rules of a Choice, however deep', () => {
    const rule = { Not: { And: [{ Variable: '$left', NumericEqualsPath: '$right' }] }, Next: 'B' };
    assert.deepEqual(referencesOf({ A: { Type: 'Choice', Choices: [rule] } }), { A: ['left', 'right'] });
  });

  it('are those of inner states under the names of these', () => {
    const references = referencesOf({
      A: {
        Type: 'Map',
        ItemsPath: '$list',
        ItemProcessor: {
          StartAt: 'Inner',
          States: { Inner: { Type: 'Pass', Parameters: { 'x.$': '$inner' } } },
        },
      },
    });
    assert.deepEqual(references, { A: ['list'], Inner: ['inner'] });
  });

  const expressions: [string, string, string[]][] = [
    ['what states bring is no variable', '$states.input.a & $states.context.b', []],
    ['functions of the language are none', '$sum($map($numbers, $abs))', ['numbers']],
    ['a name bound in the expression is its own', '($x := $start; $x + $y)', ['start', 'y']],
    ['a name is free before it is bound', '($x := $x; $x)', ['x']],
    [
      'parameters of a function are its own',
      '$map($items, function($i) { $i * $factor })',
      ['factor', 'items'],
    ],
    ['a function may call itself', '($f := function($n) { $n < 1 ? 0 : $f($n - 1) }; $f($depth))', ['depth']],
    ['items and positions of a path are its own', '$list@$l#$i.($l + $i)', ['list']],
    ['a binding ends with its block', '(($a := 1; $a); $a)', ['a']],
  ];
  for (const [name, expression, names] of expressions)
    it(`in JSONata: ${name}`, () => {
      const references = referencesOf(
        { A: { Type: 'Pass', Output: { v: `{% ${expression} %}` } } },
        'JSONata',
      );
      assert.deepEqual(references, names.length === 0 ? {} : { A: names });
    });

  it('may hide a function of the language, where the machine assigns such a name', () => {
    const assigning = { Type: 'Pass', Assign: { count: 1 }, Output: '{% $count %}' };
    assert.deepEqual(referencesOf({ A: assigning }, 'JSONata'), { A: ['count'] });
  });
});

function warningsOf(state: Record<string, Json>): string[] {
  const { machine, diagnostics } = parseDefinition(JSON.stringify({ StartAt: 'A', States: { A: state } }));
  assert.ok(machine !== undefined, JSON.stringify(diagnostics));
  return diagnostics.map(({ severity, code, location }) => `${severity} ${code} ${location}`);
}

describe('warnings', () => {
  const cases: [string, Record<string, Json>, string[]][] = [
    [
      'a path or a call under a plain name of a template',
      {
        Type: 'Pass',
        Parameters: { a: '$.b', c: [{ d: 'States.UUID()' }], e: 'plain', 'f.$': '$.g' },
        End: true,
      },
      ['NO_DOLLAR /States/A/Parameters/a', 'NO_DOLLAR /States/A/Parameters/c[0]/d'],
    ],
    [
      'a path in a field that takes plain text',
      { Type: 'Fail', Error: '$.error', Cause: 'because' },
      ['NO_PATH /States/A/Error'],
    ],
    [
      'a path as the operand of a comparison',
      {
        Type: 'Choice',
        Choices: [{ And: [{ Variable: '$.a', StringEquals: '$.b' }], Next: 'A' }],
        Default: 'A',
      },
      ['NO_PATH /States/A/Choices[0]/And[0]/StringEquals'],
    ],
    [
      'a path in the Result of a Pass',
      { Type: 'Pass', Result: { list: [{ 'a.$': '$.b' }] }, End: true },
      ['PASS_RESULT_IS_STATIC /States/A/Result'],
    ],
    ['nothing', { Type: 'Pass', Comment: '$.a', Result: '$5', Parameters: { price: '$5' }, End: true }, []],
  ];
  for (const [name, state, expected] of cases)
    it(`are given for ${name}`, () => {
      if (state['Type'] === 'Choice') {
        const { diagnostics } = parseDefinition(
          JSON.stringify({ StartAt: 'A', States: { A: state, B: { Type: 'Succeed' } } }),
        );
        const found = diagnostics.filter(({ severity }) => severity === 'WARNING');
        return assert.deepEqual(
          found.map(({ code, location }) => `${code} ${location}`),
          expected,
        );
      }
      assert.deepEqual(
        warningsOf(state),
        expected.map((warning) => `WARNING ${warning}`),
      );
    });
});
