import { effectiveInput, leave } from '../data/flow.ts';
import type { SucceedState } from '../machine.ts';
import type { StateHandler } from './handler.ts';

/** Ends its scope successfully. */
export const Succeed: StateHandler<SucceedState> = {
  async enter(state, visit) {
    const input = await effectiveInput(state, visit);
    return { type: 'exit', left: await leave(state, visit, input, input), next: undefined };
  },
};
