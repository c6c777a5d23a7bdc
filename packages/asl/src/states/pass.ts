import { leave, leaveWithResult, workInput } from '../data/flow.ts';
import type { PassState } from '../machine.ts';
import type { StateHandler } from './handler.ts';

/** Passes its input on, or the fixed Result. Nothing inside Result is evaluated. */
export const Pass: StateHandler<PassState> = {
  async enter(state, visit) {
    if (visit.language === 'JSONata')
      return { type: 'exit', left: await leave(state, visit, visit.input, visit.input), next: state.Next };
    const input = await workInput(state, visit);
    const result = state.Result === undefined ? input : state.Result;
    if (state.Result !== undefined) visit.observe?.('result', state.Result);
    return { type: 'exit', left: await leaveWithResult(state, visit, result), next: state.Next };
  },
};
