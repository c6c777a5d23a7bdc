/**
 * What holds for every machine, definition and input. Machines, inputs and the fates of tasks come from a seed.
 * `SEED=7 npm test -- packages/asl/test/properties.test.ts` runs one seed, `RUNS=5000 …` many.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatDiagnostics,
  parseDefinition,
  parseJson,
  StateTestRefusal,
  stringifyJson,
  testState,
  variableReferences,
  type Json,
} from '@riposte/asl';
import {
  anyJson,
  Dice,
  expectEndedHistory,
  expectSoundHistory,
  expression,
  generateMachine,
  intrinsic,
  machineInput,
  mutate,
  mutateText,
  nested,
  oddText,
  path,
  property,
  taskFate,
} from '@riposte/testkit';
import {
  drive,
  environment,
  EXECUTION,
  machineOf,
  START_MS,
  type Answer,
  type Script,
} from './support/drive.ts';

/** A generated machine whose tasks answer as their fates say. */
function scripted(dice: Dice, seed: number): Script {
  const { definition, input } = generateMachine(dice);
  return { definition, input: JSON.stringify(input), answers: (task) => answerOf(seed, task) };
}

function answerOf(seed: number, { taskId, taskToken }: { taskId: string; taskToken?: string }): Answer {
  const fate = taskFate(seed, taskId);
  if (fate.kind === 'never answers') return 'silence';
  const { kind: _, submittedAfterSeconds: __, ...answer } = fate;
  return { ...answer, ...(taskToken !== undefined && { submitted: {} }) };
}

const asStored = (records: Map<string, Json>): Map<string, Json> =>
  new Map(parseJson(JSON.stringify([...records])) as [string, Json][]);

property(
  'every generated machine is accepted, ends, and its history is sound',
  150,
  async (dice, _, seed) => {
    const script = scripted(dice, seed);
    machineOf(script.definition);
    const { events, outcome } = await drive(script);
    expectEndedHistory(events);
    assert.ok(outcome !== undefined);
  },
);

property(
  'a machine run twice at the same times with the same answers decides the same',
  60,
  async (dice, _, seed) => {
    const script = scripted(dice, seed);
    assert.deepEqual(await drive(script), await drive(script));
  },
);

property(
  'a run that is stored and taken up again between two signals is the same run',
  60,
  async (dice, _, seed) => {
    const script = scripted(dice, seed);
    const isStored = dice.pick([0.1, 0.5, 1]);
    const stored = await drive(script, (records) => (dice.chance(isStored) ? asStored(records) : records));
    assert.deepEqual(stored, await drive(script));
  },
);

property('an answer or a wake-up that comes again decides nothing', 60, async (dice, _, seed) => {
  const script = scripted(dice, seed);
  assert.deepEqual(await drive({ ...script, isRepeating: true }), await drive(script));
});

test('generated machines use every state type, and end in every way', async () => {
  // A generator that drifts into machines which fail at once would make all of the above true.
  const seen = new Map<string, number>();
  for (let seed = 1; seed <= 150; seed++) {
    const { events } = await drive(scripted(new Dice(seed), seed));
    for (const type of new Set(events.map((event) => event.type))) seen.set(type, (seen.get(type) ?? 0) + 1);
  }
  for (const type of ['ExecutionSucceeded', 'ExecutionFailed', 'ExecutionTimedOut', ...WANTED])
    assert.ok((seen.get(type) ?? 0) >= 1, `${type} is seen in no run`);
  assert.ok(seen.get('ExecutionSucceeded')! > 30, `${seen.get('ExecutionSucceeded')} of 150 runs succeed`); // seen above
});

const WANTED = [
  'PassStateExited',
  'TaskStateExited',
  'ChoiceStateExited',
  'WaitStateExited',
  'ParallelStateExited',
  'MapStateExited',
  'SucceedStateExited',
  'FailStateEntered',
  'TaskTimedOut',
  'TaskSubmitted',
  'LambdaFunctionFailed',
  'EvaluationFailed',
  'MapIterationAborted',
  'WaitStateAborted',
];

property('JSON is read and written as the same values, whatever its numbers look like', 300, (dice) => {
  const text = JSON.stringify(anyJson(dice, 4), null, dice.integer(0, 2));
  const read = parseJson(text);
  assert.deepEqual(JSON.parse(stringifyJson(read)), JSON.parse(text));
  assert.equal(stringifyJson(parseJson(stringifyJson(read))), stringifyJson(read));
});

property('no definition makes the parser throw, and what it refuses it says why', 300, (dice) => {
  const text = anyDefinition(dice);
  for (const type of ['STANDARD', 'EXPRESS'] as const) {
    const { machine, diagnostics } = parseDefinition(text, { type });
    const errors = diagnostics.filter(({ severity }) => severity === 'ERROR');
    assert.equal(machine === undefined, errors.length > 0);
    assert.equal(typeof formatDiagnostics(diagnostics), 'string');
  }
});

property('which variables a definition reads can be asked of every one that is accepted', 100, (dice) => {
  const text = JSON.stringify(mutate(dice, generateMachine(dice).definition));
  if (parseDefinition(text, { type: 'STANDARD' }).machine !== undefined) variableReferences(text);
});

property('no input and no change to a definition brings the interpreter down', 150, async (dice, _, seed) => {
  const script = scripted(dice, seed);
  let { definition } = script;
  for (let tries = dice.integer(0, 30); tries > 0; tries--) {
    const mutated = mutate(dice, definition);
    if (parseDefinition(JSON.stringify(mutated), { type: 'STANDARD' }).machine) definition = mutated;
  }
  const input = dice.chance(0.1) ? nested(dice, dice.pick([100, 5000])) : JSON.stringify(anyJson(dice));
  const { events } = await drive({ ...script, definition, input });
  expectSoundHistory(events);
});

property('no path, intrinsic call or expression brings the interpreter down', 400, async (dice) => {
  let text = dice.pick([path, intrinsic, expression])(dice);
  for (let left = dice.integer(0, 3); left > 0; left--) text = mutateText(dice, text);
  const state = dice.pick<object>([
    { Type: 'Pass', Parameters: { 'value.$': text } },
    { Type: 'Pass', InputPath: text },
    { Type: 'Pass', ResultPath: text, Result: 1 },
    { Type: 'Pass', Assign: { 'value.$': text } },
    { Type: 'Pass', QueryLanguage: 'JSONata', Output: `{%${text.replaceAll(/^\{%|%\}$/g, '')}%}` },
  ]);
  const definition = { StartAt: 'P', States: { P: { ...state, End: true } } } as Json;
  if (parseDefinition(JSON.stringify(definition)).machine === undefined) return;
  const { events } = await drive({ definition, input: JSON.stringify(machineInput(dice)) });
  expectEndedHistory(events);
});

property('a state by itself is reported on or refused, whatever it is and is given', 200, async (dice) => {
  const { States: states } = generateMachine(dice).definition as { States: Record<string, Json> };
  let state = dice.pick(Object.values(states));
  for (let left = dice.integer(0, 2); left > 0; left--) state = mutate(dice, state);
  const mock = dice.pick([
    {},
    { mock: { result: JSON.stringify(anyJson(dice)) } },
    { mock: { errorOutput: {} } },
  ]);
  const request = {
    definition: JSON.stringify(state),
    roleArn: EXECUTION.roleArn,
    input: dice.chance(0.9) ? JSON.stringify(machineInput(dice)) : oddText(dice),
    ...mock,
  };
  const world = {
    environment: environment(START_MS),
    execution: EXECUTION,
    runTask: async () => ({ kind: 'succeeded' as const, output: JSON.stringify(anyJson(dice)) }),
    waitUntil: async () => true,
  };
  try {
    const { status } = await testState(request, world);
    assert.match(status, /^(SUCCEEDED|FAILED|RETRIABLE|CAUGHT_ERROR)$/);
  } catch (error) {
    if (!(error instanceof StateTestRefusal)) throw error;
  }
});

/** Texts of all sorts: machines with faults of all sorts, other JSON, cut JSON, no JSON at all. */
function anyDefinition(dice: Dice): string {
  const { definition } = generateMachine(dice);
  switch (dice.weighted({ mutated: 6, cut: 2, other: 1, nested: 1, text: 1 })) {
    case 'mutated': {
      let mutated: Json = definition;
      for (let left = dice.integer(1, 4); left > 0; left--) mutated = mutate(dice, mutated);
      return JSON.stringify(mutated);
    }
    case 'cut':
      return mutateText(dice, JSON.stringify(definition, null, dice.integer(0, 2)));
    case 'other':
      return JSON.stringify(anyJson(dice, 4));
    case 'nested':
      return nested(dice, dice.pick([10, 199, 201, 100_000]));
    case 'text':
      return oddText(dice);
  }
}
