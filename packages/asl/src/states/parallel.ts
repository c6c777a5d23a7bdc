import { leaveWithResult, workInput } from '../data/flow.ts';
import type { ParallelState } from '../machine.ts';
import type { StateHandler } from './handler.ts';

/** Runs its branches at the same time, each on the same input; the result holds their outputs in branch order. */
export const Parallel: StateHandler<ParallelState> = {
  async enter(state, visit) {
    return { type: 'branches', input: await workInput(state, visit) };
  },
  async complete(state, visit, results) {
    return { type: 'exit', left: await leaveWithResult(state, visit, results), next: state.Next };
  },
};
