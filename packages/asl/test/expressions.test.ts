/** Paths, intrinsic functions, choice rules and result paths, each through a machine of one or two states. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Json, Outcome } from '@riposte/asl';
import { parseDefinition } from '@riposte/asl';
import { drive } from './support/drive.ts';

function casesOf<T>(name: string): T[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'cases', `${name}.json`), 'utf8')) as T[];
}

/** The output of a machine that has this one state. */
async function runState(state: Record<string, Json>, input: Json): Promise<Outcome | undefined> {
  const definition = { StartAt: 'S', States: { S: { Type: 'Pass', End: true, ...state } } };
  return (await drive({ definition, input: JSON.stringify(input) })).outcome;
}

function outputOf(outcome: Outcome | undefined): Json {
  assert.equal(outcome?.status, 'SUCCEEDED', JSON.stringify(outcome));
  return outcome?.status === 'SUCCEEDED' ? (JSON.parse(outcome.output) as Json) : null;
}

function isRefused(state: Record<string, Json>): boolean {
  const definition = { StartAt: 'S', States: { S: { Type: 'Pass', End: true, ...state } } };
  return parseDefinition(JSON.stringify(definition)).machine === undefined;
}

function failure(cause: string): Outcome {
  return {
    status: 'FAILED',
    error: 'States.Runtime',
    cause: `An error occurred while executing the state 'S' (entered at the event id #2). ${cause}`,
  };
}

interface PathCase {
  path: string;
  document?: Json;
  gives?: Json;
  fails?: string;
  refused?: true;
}

describe('a path', () => {
  for (const { path, document = null, gives, fails, refused } of casesOf<PathCase>('paths')) {
    const name = `${path} in ${JSON.stringify(document)}`;
    if (refused === true) test(`${path} is refused`, () => assert.ok(isRefused({ InputPath: path })));
    else if (fails !== undefined)
      test(`${name} fails`, async () => {
        assert.deepEqual(await runState({ InputPath: path }, document), failure(fails));
      });
    else
      test(`${name} is ${JSON.stringify(gives)}`, async () => {
        assert.deepEqual(outputOf(await runState({ InputPath: path }, document)), gives);
      });
  }

  test('that ends past an array is null in a template', async () => {
    assert.deepEqual(outputOf(await runState({ Parameters: { 'x.$': '$.a[3]' } }, { a: [1] })), { x: null });
  });
});

interface IntrinsicCase {
  call: string;
  input?: Json;
  gives?: Json;
  fails?: true;
  refused?: true;
}

describe('an intrinsic function', () => {
  for (const { call, input = null, gives, fails, refused } of casesOf<IntrinsicCase>('intrinsics')) {
    const state = { Parameters: { 'x.$': call } };
    if (refused === true) test(`${call} is refused`, () => assert.ok(isRefused(state)));
    else if (fails === true)
      test(`${call} fails on ${JSON.stringify(input)}`, async () => {
        const outcome = await runState(state, input);
        assert.equal(outcome?.status === 'FAILED' && outcome.error, 'States.IntrinsicFailure');
      });
    else
      test(`${call} is ${JSON.stringify(gives)}`, async () => {
        assert.deepEqual(outputOf(await runState(state, input)), { x: gives });
      });
  }

  test('MathRandom with a seed gives the same number again, within its bounds', async () => {
    const once = outputOf(await runState({ Parameters: { 'x.$': 'States.MathRandom(5, 9, 42)' } }, {}));
    const again = outputOf(await runState({ Parameters: { 'x.$': 'States.MathRandom(5, 9, 42)' } }, {}));
    assert.deepEqual(once, again);
    assert.ok([5, 6, 7, 8].includes((once as { x: number }).x));
  });

  test('refuses to hash more than 10,000 characters', async () => {
    const outcome = await runState({ Parameters: { 'x.$': "States.Hash($, 'MD5')" } }, 'x'.repeat(10_001));
    assert.equal(outcome?.status === 'FAILED' && outcome.error, 'States.IntrinsicFailure');
  });
});

interface ChoiceCase {
  rule: Record<string, Json>;
  passes?: Json[];
  not?: Json[];
  fails?: Json[];
}

describe('a choice rule', () => {
  const answerOf = async (rule: Record<string, Json>, input: Json): Promise<Outcome | undefined> => {
    const definition = {
      StartAt: 'S',
      States: {
        S: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' },
        Yes: { Type: 'Pass', Result: true, End: true },
        No: { Type: 'Pass', Result: false, End: true },
      },
    };
    return (await drive({ definition, input: JSON.stringify(input) })).outcome;
  };
  for (const { rule, passes = [], not = [], fails = [] } of casesOf<ChoiceCase>('choices')) {
    for (const [inputs, answer] of [
      [passes, true],
      [not, false],
    ] as const)
      for (const input of inputs)
        test(`${JSON.stringify(rule)} is ${answer} for ${JSON.stringify(input)}`, async () => {
          assert.equal(outputOf(await answerOf(rule, input)), answer);
        });
    for (const input of fails)
      test(`${JSON.stringify(rule)} fails for ${JSON.stringify(input)}`, async () => {
        const outcome = await answerOf(rule, input);
        assert.match(
          (outcome?.status === 'FAILED' && outcome.cause) || '',
          /Invalid path '\$\.[vw]': The choice state's condition path references an invalid value\.$/,
        );
      });
  }
});

interface ResultPathCase {
  input: Json;
  path: string | null;
  result: Json;
  gives?: Json;
  fails?: string;
}

describe('a result path', () => {
  for (const { input, path, result, gives, fails } of casesOf<ResultPathCase>('result-paths')) {
    const state = { Result: result, ResultPath: path };
    test(`${path} puts ${JSON.stringify(result)} into ${JSON.stringify(input)}`, async () => {
      const outcome = await runState(state, input);
      if (fails === undefined) assert.deepEqual(outputOf(outcome), gives);
      else assert.deepEqual(outcome, failure(fails));
    });
  }
});

describe('data flow', () => {
  test('goes InputPath, Parameters, ResultPath into the raw input, OutputPath', async () => {
    const outcome = await runState(
      {
        InputPath: '$.order',
        Parameters: { 'id.$': '$.id', fixed: '$.id', 'me.$': '$$.State.Name' },
        ResultPath: '$.seen',
        OutputPath: "$['seen','keep']",
      },
      { order: { id: 7 }, keep: true },
    );
    assert.deepEqual(outputOf(outcome), [{ id: 7, fixed: '$.id', me: 'S' }, true]);
  });

  test('takes null as InputPath or OutputPath for an empty object', async () => {
    assert.deepEqual(outputOf(await runState({ InputPath: null }, { a: 1 })), {});
    assert.deepEqual(outputOf(await runState({ OutputPath: null }, { a: 1 })), {});
  });

  test('leaves what stands in Result alone', async () => {
    const result = { 'a.$': '$.b', c: '$.d' };
    assert.deepEqual(outputOf(await runState({ Result: result }, {})), result);
  });

  test('shows the context object', async () => {
    assert.deepEqual(outputOf(await runState({ InputPath: '$$' }, { a: 1 })), {
      Execution: {
        Id: 'arn:aws:states:us-east-1:000000000000:execution:orders:run-1',
        Input: { a: 1 },
        StartTime: '2026-01-01T00:00:00.000Z',
        Name: 'run-1',
        RoleArn: 'arn:aws:iam::000000000000:role/orders',
        RedriveCount: 0,
      },
      StateMachine: {
        Id: 'arn:aws:states:us-east-1:000000000000:stateMachine:orders',
        Name: 'orders',
      },
      State: { Name: 'S', EnteredTime: '2026-01-01T00:00:00.000Z' },
    });
  });
});
