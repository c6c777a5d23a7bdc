import { passes } from '../choice/rules.ts';
import { fillTyped } from '../data/jsonata.ts';
import { effectiveInput, leave, leaveJsonata } from '../data/flow.ts';
import { runtimeFailure } from '../errors/failure.ts';
import type { ChoiceState } from '../machine.ts';
import type { StateHandler, Transition, Visit } from './handler.ts';

/** Goes where the first rule that passes points, else to Default. A rule's own Assign replaces the state's. */
export const Choice: StateHandler<ChoiceState> = {
  async enter(state, visit) {
    if (visit.language === 'JSONata') return chooseJsonata(state, visit);
    const input = await effectiveInput(state, visit);
    const rule = state.Choices.find((rule) => passes(rule, visit.evaluation(input)));
    const next = rule === undefined ? defaultOf(state) : rule.Next;
    const { Assign: _, ...fields } = state;
    const assign = (rule ?? state).Assign;
    const left = await leave({ ...fields, ...(assign && { Assign: assign }) }, visit, input, input);
    return { type: 'exit', left, next };
  },
};

/** Rules are tried in order, and none is evaluated after the first that passes. */
async function chooseJsonata(state: ChoiceState, visit: Visit): Promise<Transition> {
  for (const [index, rule] of state.Choices.entries()) {
    const place = `Choices[${index}]/`;
    const condition = rule.Condition ?? false; // checked: every rule has one
    if (await fillTyped('boolean', condition, `${place}Condition`, visit))
      return { type: 'exit', left: await leaveJsonata(rule, place, visit, visit.input), next: rule.Next };
  }
  const next = defaultOf(state);
  return { type: 'exit', left: await leaveJsonata(state, '', visit, visit.input), next };
}

function defaultOf(state: ChoiceState): string {
  // The specification calls this States.NoChoiceMatched; the service fails with States.Runtime.
  if (state.Default === undefined)
    throw runtimeFailure('Failed to transition out of the state. The state does not point to a next state.');
  return state.Default;
}
