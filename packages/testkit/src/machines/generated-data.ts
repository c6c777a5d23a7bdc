import type { Json, JsonObject } from '@riposte/asl';
import type { Dice } from '../properties/dice.ts';

/** Texts that break careless programs: quotes, escapes, other scripts, half a surrogate pair, names of built-ins. */
const ODD_TEXTS = [
  '',
  ' ',
  "it's",
  '"',
  '\\',
  '\n\t\u0000',
  '\u2028',
  'ü',
  '状態',
  '🦉🦉',
  '\ud83d',
  '\ufeff',
  '\u202e',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  '$',
  '$.a[',
  '$$.Execution',
  "States.Format('{}', $.a)",
  '{% $states.input %}',
  '{% ( %}',
  '{}',
  '#1.1',
  'root/2',
  '2026-01-01T00:00:00Z',
  '..',
  '*',
];

const ODD_NUMBERS = [0, -0, 1, -1, 0.1, 1.5, 40, 1e3, 2 ** 31, 2 ** 53, -(2 ** 53), 1e21, 1e-9, 1e308];

/** A text of those that break careless programs, or of any UTF-16 units. */
export function oddText(dice: Dice): string {
  if (dice.chance(0.6)) return dice.pick(ODD_TEXTS);
  return Array.from({ length: dice.integer(1, 8) }, () => String.fromCharCode(dice.integer(0, 0xffff))).join(
    '',
  );
}

/** Any JSON value, odd texts and numbers included. */
export function anyJson(dice: Dice, depth = 3): Json {
  const leaf = { null: 1, boolean: 1, number: 2, text: 3 };
  switch (dice.weighted(depth === 0 ? { ...leaf, array: 0, object: 0 } : { ...leaf, array: 2, object: 3 })) {
    case 'null':
      return null;
    case 'boolean':
      return dice.chance(0.5);
    case 'number':
      return dice.pick(ODD_NUMBERS);
    case 'text':
      return oddText(dice);
    case 'array':
      return Array.from({ length: dice.integer(0, 4) }, () => anyJson(dice, depth - 1));
    case 'object':
      return anyObject(dice, depth);
  }
}

function anyObject(dice: Dice, depth: number): JsonObject {
  const members = Array.from({ length: dice.integer(0, 4) }, () => [oddText(dice), anyJson(dice, depth - 1)]);
  return Object.fromEntries(members) as JsonObject; // an own member even for `__proto__`
}

/** An execution's input that the paths and expressions of generated machines find something in. */
export function machineInput(dice: Dice): JsonObject {
  return {
    n: dice.integer(-2, 9),
    s: dice.pick(['a,b', 'Zürich', '2026-01-01T00:00:10Z', "it's"]),
    items: Array.from({ length: dice.integer(0, 4) }, () => anyJson(dice, 1)),
    o: { k: dice.integer(0, 3), list: [1, 2, 3] },
    any: anyJson(dice),
  };
}

/** Paths that mostly find something: in the execution's input always, in the state's as long as it is still like it. */
export function path(dice: Dice): string {
  if (dice.chance(0.04)) return '$.nowhere';
  return dice.pick([
    '$',
    '$$.Execution.Input',
    '$$.Execution.Input.n',
    '$$.Execution.Input.s',
    '$$.Execution.Input.items',
    "$$.Execution.Input['o'].list[1:]",
    '$$.Execution.Input.o.list[?(@ > 1)]',
    '$$.Execution.Input..k',
    '$$.Execution.Name',
    '$$.State.Name',
    '$$.State.EnteredTime',
    '$..n',
    '$.*',
  ]);
}

/** An intrinsic function that mostly succeeds on the execution's input. */
export function intrinsic(dice: Dice): string {
  if (dice.chance(0.04)) return 'States.ArrayGetItem($$.Execution.Input.items, 99)';
  return dice.pick([
    "States.Format('{}-{}', $$.State.Name, $$.Execution.Input.n)",
    'States.ArrayLength($$.Execution.Input.items)',
    'States.ArrayUnique($$.Execution.Input.items)',
    'States.ArrayPartition($$.Execution.Input.o.list, 2)',
    'States.ArrayRange(1, 9, 2)',
    'States.MathAdd($$.Execution.Input.n, 1)',
    'States.MathRandom(1, 9)',
    'States.JsonToString($)',
    "States.StringSplit($$.Execution.Input.s, ',')",
    "States.Hash($$.Execution.Input.s, 'SHA-256')",
    'States.Base64Encode($$.Execution.Input.s)',
    'States.Array($, null, true)',
    'States.UUID()',
  ]);
}

/**
 * A JSONata expression, of those that every state may use. None that an engine would hand to a thread: those have a
 * deadline of real time.
 */
export function expression(dice: Dice): string {
  if (dice.chance(0.04)) return '{% $states.input.nowhere.at.all %}';
  return dice.pick([
    '{% $states.input %}',
    '{% $states.context.Execution.Input.n + 1 %}',
    '{% $states.context.Execution.Input.items %}',
    '{% $count($states.context.Execution.Input.items) %}',
    '{% $states.context.Execution.Input.o.list.($ * 2) %}',
    '{% $uppercase($states.context.Execution.Input.s) %}',
    '{% $states.context.State.Name & "!" %}',
    '{% $hash($states.context.Execution.Input.s, "MD5") %}',
    '{% $partition($states.context.Execution.Input.o.list, 2) %}',
    '{% $sum($states.context.Execution.Input.o.list) %}',
    '{% $random() < 0.5 %}',
    '{% $uuid() %}',
    '{% {"now": $states.context.State.EnteredTime} %}',
  ]);
}
