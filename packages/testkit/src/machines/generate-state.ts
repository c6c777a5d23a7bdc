import type { Json, JsonObject } from '@riposte/asl';
import type { Dice } from '../properties/dice.ts';
import { anyJson, expression, intrinsic, oddText, path } from './generated-data.ts';

type Language = 'JSONPath' | 'JSONata';

/** Where a state stands, and what it may lead to. */
export interface Place {
  name: string;
  /** Absent for the last state of its graph. */
  next?: string;
  /** States after the next one. */
  later: readonly string[];
  /** Of the machine. */
  language: Language;
  ownLanguage: Language;
  /** That this graph may assign; no other has the name. */
  variable: string;
  depthLeft: number;
  isConcurrent: boolean;
  /** A graph to put inside. */
  inner: () => JsonObject;
}

const WEIGHTS = { Pass: 3, Task: 5, Choice: 2, Wait: 2, Parallel: 2, Map: 3, Succeed: 0, Fail: 0 };

/** Errors that generated retriers and catchers name, and generated tasks fail with. */
export const ERRORS = ['Unlucky', 'Lambda.TooManyRequestsException', 'States.Permissions'] as const;

export function generateState(dice: Dice, place: Place): JsonObject {
  const { next, depthLeft, ownLanguage, language } = place;
  const type = dice.weighted({
    ...WEIGHTS,
    ...(depthLeft === 0 && { Parallel: 0, Map: 0 }),
    ...(next === undefined && { Choice: 0, Succeed: 1, Fail: 1 }),
  });
  return {
    Type: type,
    ...(ownLanguage !== language && { QueryLanguage: ownLanguage }),
    ...dice.maybe(0.1, () => ({ Comment: oddText(dice) })),
    ...bodies[type](dice, place),
  };
}

const bodies: Record<keyof typeof WEIGHTS, (dice: Dice, place: Place) => JsonObject> = {
  Pass: (dice, place) => ({
    ...(isJsonata(place)
      ? dice.maybe(0.5, () => ({ Output: evaluated(dice) }))
      : {
          ...filters(dice),
          ...dice.pick([{}, { Result: anyJson(dice, 1) }, { Parameters: template(dice) }]),
          ...resultPath(dice),
        }),
    ...assign(dice, place),
    ...onward(place),
  }),
  Task: (dice, place) => ({
    Resource: dice.pick([
      'arn:aws:states:::lambda:invoke',
      'arn:aws:states:::lambda:invoke',
      'arn:aws:lambda:us-east-1:123456789012:function:f',
      'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
    ]),
    ...limits(dice),
    ...work(dice, place),
  }),
  Choice: (dice, place) => {
    const targets = [place.next ?? place.name, ...place.later]; // a Choice is never last
    const rules = Array.from({ length: dice.integer(1, 2) }, () => ({
      ...(isJsonata(place) ? { Condition: condition(dice) } : comparison(dice, 2)),
      ...dice.maybe(0.2, () => assign(dice, place)),
      Next: dice.pick(targets),
    }));
    return { Choices: rules, Default: targets[0]!, ...(isJsonata(place) ? {} : filters(dice)) };
  },
  Wait: (dice, place) => ({
    ...(isJsonata(place)
      ? dice.pick([{ Seconds: dice.integer(0, 9) }, { Seconds: '{% $states.context.Execution.Input.o.k %}' }])
      : dice.pick([
          { Seconds: dice.integer(0, 9) },
          { SecondsPath: '$$.Execution.Input.o.k' },
          { Timestamp: '2026-01-01T00:00:05Z' },
          { Timestamp: '2020-01-01T00:00:00+02:00' },
        ])),
    ...assign(dice, place),
    ...onward(place),
  }),
  Succeed: (dice, place) =>
    isJsonata(place) ? dice.maybe(0.5, () => ({ Output: evaluated(dice) })) : filters(dice),
  Fail: (dice, place) => ({
    ...dice.maybe(0.8, () => ({ Error: dice.pick(ERRORS) })),
    ...dice.maybe(0.5, () =>
      isJsonata(place) ? { Cause: '{% $states.context.State.Name %}' } : { CausePath: '$$.Execution.Name' },
    ),
  }),
  Parallel: (dice, place) => ({
    Branches: Array.from({ length: place.isConcurrent ? dice.integer(1, 3) : 1 }, () => place.inner()),
    ...work(dice, place),
  }),
  Map: (dice, place) => {
    const items = isJsonata(place)
      ? { Items: '{% $states.context.Execution.Input.items %}' }
      : { ItemsPath: dice.pick(['$$.Execution.Input.items', '$$.Execution.Input.o.list']) };
    const { Parameters: _, Arguments: __, ...fields } = work(dice, place);
    return {
      ...items,
      MaxConcurrency: place.isConcurrent ? dice.integer(0, 2) : 1,
      ...dice.maybe(0.5, () => ({ ItemSelector: isJsonata(place) ? evaluated(dice) : template(dice) })),
      ItemProcessor: place.inner(),
      ...fields,
    };
  },
};

function isJsonata(place: Place): boolean {
  return place.ownLanguage === 'JSONata';
}

function onward({ next }: Place): JsonObject {
  return next === undefined ? { End: true } : { Next: next };
}

/** What Task, Parallel and Map have in common. */
function work(dice: Dice, place: Place): JsonObject {
  const { next, later } = place;
  const fields = isJsonata(place)
    ? {
        ...dice.maybe(0.5, () => ({ Arguments: evaluated(dice) })),
        ...dice.maybe(0.4, () => ({ Output: dice.pick(['{% $states.result %}', evaluated(dice)]) })),
      }
    : {
        ...filters(dice),
        ...dice.maybe(0.5, () => ({ Parameters: template(dice) })),
        ...dice.maybe(0.2, () => ({ ResultSelector: { 'raw.$': '$', 'seen.$': path(dice) } })),
        ...resultPath(dice),
      };
  return {
    ...fields,
    ...dice.maybe(0.5, () => ({ Retry: [retrier(dice)] })),
    ...(next !== undefined &&
      dice.maybe(0.5, () => ({ Catch: [catcher(dice, place, dice.pick([next, ...later]))] }))),
    ...assign(dice, place),
    ...onward(place),
  };
}

/** Every task has a timeout: one that never answers does not keep a run from ending. */
function limits(dice: Dice): JsonObject {
  return {
    TimeoutSeconds: dice.integer(5, 20),
    ...dice.maybe(0.2, () => ({ HeartbeatSeconds: dice.integer(2, 4) })),
  };
}

function errorEquals(dice: Dice): Json[] {
  return [dice.pick([...ERRORS, 'States.ALL', 'States.ALL', 'States.TaskFailed', 'States.Timeout'])];
}

function retrier(dice: Dice): JsonObject {
  return {
    ErrorEquals: errorEquals(dice),
    IntervalSeconds: dice.integer(1, 3),
    MaxAttempts: dice.integer(0, 2),
    ...dice.maybe(0.5, () => ({ BackoffRate: dice.pick([1, 1.5, 2]) })),
    ...dice.maybe(0.3, () => ({ JitterStrategy: 'FULL' })),
    ...dice.maybe(0.2, () => ({ MaxDelaySeconds: dice.integer(1, 4) })),
  };
}

function catcher(dice: Dice, place: Place, target: string): JsonObject {
  return {
    ErrorEquals: errorEquals(dice),
    Next: target,
    ...(isJsonata(place)
      ? dice.maybe(0.3, () => ({ Output: '{% {"failed": $states.errorOutput} %}' }))
      : dice.maybe(0.3, () => ({ ResultPath: dice.pick(['$.error', null]) }))),
  };
}

function assign(dice: Dice, place: Place): JsonObject {
  return dice.maybe(0.3, () => ({
    Assign: isJsonata(place)
      ? { [place.variable]: evaluated(dice) }
      : { [`${place.variable}.$`]: dice.pick([path(dice), intrinsic(dice)]) },
  }));
}

function filters(dice: Dice): JsonObject {
  return {
    ...dice.maybe(0.15, () => ({ InputPath: dice.pick(['$', '$$.Execution.Input', path(dice), null]) })),
    ...dice.maybe(0.1, () => ({ OutputPath: dice.pick(['$', null]) })),
  };
}

/** Into objects only: a raw input that is none fails the state, which is part of the game. */
function resultPath(dice: Dice): JsonObject {
  return dice.maybe(0.4, () => ({ ResultPath: dice.pick(['$', '$.r', '$.r.deep', null]) }));
}

function template(dice: Dice): JsonObject {
  return {
    plain: anyJson(dice, 1),
    'path.$': path(dice),
    nested: [{ 'intrinsic.$': intrinsic(dice) }],
    ...dice.maybe(0.3, () => ({ 'input.$': '$$.Execution.Input' })),
  };
}

/** With what a `{% %}` may stand in. Plain texts are left out: they could look like an expression that is none. */
function evaluated(dice: Dice): JsonObject {
  return { value: expression(dice), list: [expression(dice), dice.integer(0, 9)], flag: dice.chance(0.5) };
}

function condition(dice: Dice): string {
  return dice.pick([
    '{% $states.context.Execution.Input.n > 3 %}',
    '{% $exists($states.input.r) %}',
    '{% $count($states.context.Execution.Input.items) = 0 %}',
    '{% false %}',
  ]);
}

function comparison(dice: Dice, depthLeft: number): JsonObject {
  if (depthLeft > 0 && dice.chance(0.3)) {
    const inner = () => comparison(dice, depthLeft - 1);
    return dice.pick([{ And: [inner(), inner()] }, { Or: [inner(), inner()] }, { Not: inner() }]);
  }
  return {
    Variable: dice.pick(['$$.Execution.Input.n', '$$.Execution.Input.s', '$$.Execution.Input.any', '$']),
    ...dice.pick([
      { NumericGreaterThan: 3 },
      { NumericEqualsPath: '$$.Execution.Input.n' },
      { StringMatches: '*,*' },
      { StringLessThan: 'M' },
      { TimestampLessThan: '2026-06-01T00:00:00Z' },
      { BooleanEquals: true },
      { IsPresent: true },
      { IsNull: false },
      { IsNumeric: true },
    ]),
  };
}
