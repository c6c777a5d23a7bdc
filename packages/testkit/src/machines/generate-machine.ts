import type { Json, JsonObject } from '@riposte/asl';
import type { Dice } from '../properties/dice.ts';
import { machineInput } from './generated-data.ts';
import { generateState, type Place } from './generate-state.ts';

/** A machine and an input of its executions. */
export interface GeneratedMachine {
  definition: JsonObject;
  input: JsonObject;
}

export interface MachineOptions {
  /** States within states, at most. Default 2. */
  depthMax?: number;
  /** Whether Parallel branches and Map iterations may run side by side. Default true. */
  isConcurrent?: boolean;
}

/**
 * A valid machine and an input it can work on: every state type, nesting, loops, retries, catchers, variables, both
 * query languages. Every run ends: tasks have timeouts, loops count, waits are short.
 */
export function generateMachine(dice: Dice, options: MachineOptions = {}): GeneratedMachine {
  const { depthMax = 2, isConcurrent = true } = options;
  const language = dice.chance(0.3) ? 'JSONata' : 'JSONPath';
  const scopes = { count: 0 };
  const graph = (depthLeft: number): JsonObject =>
    generateGraph(dice, {
      language,
      depthLeft,
      isConcurrent,
      variable: `v${scopes.count++}`,
      inner: () => graph(depthLeft - 1),
    });
  const definition = {
    ...(language === 'JSONata' && { QueryLanguage: language }),
    ...dice.maybe(0.2, () => ({ TimeoutSeconds: dice.integer(4, 60) })),
    ...dice.maybe(0.1, () => ({ Comment: 'Zustände 状態' })),
    ...graph(depthMax),
  };
  return { definition, input: machineInput(dice) };
}

type Surroundings = Omit<Place, 'name' | 'next' | 'later' | 'ownLanguage'>;

/** States in a row, each of which may also lead to later ones; the last one is an end. */
function generateGraph(dice: Dice, surroundings: Surroundings): JsonObject {
  const { variable, depthLeft } = surroundings;
  const isLooping = dice.chance(0.2);
  const length = dice.integer(1, depthLeft > 0 ? 4 : 2);
  const stem = dice.pick(['S', 'Zustand ü', '状態']);
  const names = Array.from({ length }, (_, index) => `${stem} ${variable}.${index}`);
  const states = names.map((name, index): [string, Json] => {
    const [next, ...later] = names.slice(index + 1);
    const ownLanguage =
      surroundings.language === 'JSONata' || dice.chance(0.3) ? ('JSONata' as const) : ('JSONPath' as const);
    const place = { ...surroundings, name, later, ownLanguage, ...(next !== undefined && { next }) };
    return [name, generateState(dice, place)];
  });
  const loop = isLooping ? loopBefore(names[0]!, surroundings) : []; // there is one state at least
  return {
    StartAt: loop[0]?.[0] ?? names[0]!,
    States: Object.fromEntries([...loop, ...states]) as JsonObject,
  };
}

/** Three turns of a loop that counts in a variable. */
function loopBefore(next: string, { variable, language }: Surroundings): [string, Json][] {
  const counter = `${variable}count`;
  const [begin, turn, again] = ['begin', 'turn', 'again'].map((word) => `${word} ${counter}`) as [
    string,
    string,
    string,
  ];
  const isJsonata = language === 'JSONata';
  return [
    [begin, { Type: 'Pass', Assign: { [counter]: 0 }, Next: turn }],
    [
      turn,
      {
        Type: 'Pass',
        Assign: isJsonata
          ? { [counter]: `{% $${counter} + 1 %}` }
          : { [`${counter}.$`]: `States.MathAdd($${counter}, 1)` },
        Next: again,
      },
    ],
    [
      again,
      {
        Type: 'Choice',
        Choices: [
          isJsonata
            ? { Condition: `{% $${counter} < 3 %}`, Next: turn }
            : { Variable: `$${counter}`, NumericLessThan: 3, Next: turn },
        ],
        Default: next,
      },
    ],
  ];
}
