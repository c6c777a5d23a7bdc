import type { StateOf, StateType } from '../machine.ts';
import { Choice } from './choice.ts';
import { Fail } from './fail.ts';
import type { StateHandler } from './handler.ts';
import { MapState } from './map.ts';
import { Parallel } from './parallel.ts';
import { Pass } from './pass.ts';
import { Succeed } from './succeed.ts';
import { Task } from './task.ts';
import { Wait } from './wait.ts';

export const stateHandlers = {
  Choice,
  Fail,
  Map: MapState,
  Parallel,
  Pass,
  Succeed,
  Task,
  Wait,
} satisfies { [T in StateType]: StateHandler<StateOf<T>> };
