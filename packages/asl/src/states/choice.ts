import { passes } from '../choice/rules.ts';
import { effectiveInput, leave } from '../data/flow.ts';
import { runtimeFailure } from '../errors/failure.ts';
import type { ChoiceState } from '../machine.ts';
import type { StateHandler } from './handler.ts';

/** Goes where the first rule that passes points, else to Default. A rule's own Assign replaces the state's. */
export const Choice: StateHandler<ChoiceState> = {
  async enter(state, visit) {
    const input = await effectiveInput(state, visit);
    const rule = state.Choices.find((rule) => passes(rule, visit.evaluation(input)));
    const next = rule === undefined ? state.Default : rule.Next;
    // The specification calls this States.NoChoiceMatched; the service fails with States.Runtime.
    if (next === undefined)
      throw runtimeFailure(
        'Failed to transition out of the state. The state does not point to a next state.',
      );
    const { Assign: _, ...fields } = state;
    const assign = (rule ?? state).Assign;
    const left = await leave({ ...fields, ...(assign && { Assign: assign }) }, visit, input, input);
    return { type: 'exit', left, next };
  },
};
