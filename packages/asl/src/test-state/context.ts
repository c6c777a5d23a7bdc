import type { Json, JsonObject } from '@riposte/json';
import { isJsonObject } from '@riposte/json';
import type { State } from '../machine.ts';
import { formatTimestamp } from '../timestamps.ts';
import { isAwaited, readJson } from './checks.ts';
import type { StateTest, StateTestWorld } from './contract.ts';
import { invalid } from './contract.ts';
import type { Subject } from './subject.ts';

/** The context object of a test: made up, with the sections that the caller gives in their place. */
export function contextObject(
  subject: Subject,
  test: StateTest,
  input: Json,
  { execution, environment }: StateTestWorld,
): JsonObject {
  const given = test.context === undefined ? {} : readContext(test.context, subject.state);
  const { state } = subject;
  const hasToken = state.Type === 'Task' && isAwaited(state.Resource);
  const made: Record<string, JsonObject> = {
    Execution: {
      Id: execution.executionArn,
      Input: input,
      Name: execution.name,
      ...(test.roleArn !== undefined && { RoleArn: test.roleArn }),
      StartTime: formatTimestamp(execution.startTimeMs),
    },
    ...(subject.isInMap && { Map: { Item: { Index: 0, Value: input } } }),
    StateMachine: { Id: execution.stateMachineArn, Name: execution.stateMachineName },
    State: {
      Name: subject.name,
      EnteredTime: formatTimestamp(environment.nowMs),
      ...(['Task', 'Map', 'Parallel'].includes(state.Type) && {
        RetryCount: test.stateConfiguration?.retrierRetryCount ?? 0,
      }),
    },
    ...(hasToken && { Task: { Token: environment.secret() } }),
  };
  for (const [name, section] of Object.entries(given)) made[name] = { ...made[name], ...section };
  return made;
}

type Kind = 'string' | 'number' | 'any';

/** What a caller may give, and of what type. */
const SECTIONS: Record<string, Record<string, Kind>> = {
  Execution: { Id: 'string', Input: 'any', Name: 'string', RoleArn: 'string', StartTime: 'string' },
  State: { EnteredTime: 'string', Name: 'string', RetryCount: 'number' },
  StateMachine: { Id: 'string', Name: 'string' },
  Task: { Token: 'string' },
};

function readContext(text: string, state: State): Record<string, JsonObject> {
  const given = readJson(text);
  if (!isJsonObject(given)) throw wrong('Context object must be a JSON object');
  if (Object.hasOwn(given, 'Map')) throw wrong("'Map' field is not supported when mocking a Context object");
  for (const [name, section] of Object.entries(given)) {
    const members = Object.hasOwn(SECTIONS, name) ? SECTIONS[name] : undefined;
    if (members === undefined) throw wrong(`Field '${name}' is not allowed`);
    if (!isJsonObject(section)) throw wrong(`${name} must be an object`);
    for (const [member, value] of Object.entries(section)) {
      const kind = Object.hasOwn(members, member) ? members[member] : undefined;
      if (kind === undefined) throw wrong(`Field '${name}.${member}' is not allowed`);
      if (kind !== 'any' && typeof value !== kind) throw wrong(`${name}.${member} must be a ${kind}`);
    }
  }
  if (Object.hasOwn(given, 'Task') && !(state.Type === 'Task' && isAwaited(state.Resource)))
    throw wrong(
      "Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' service integration pattern",
    );
  return given as Record<string, JsonObject>; // each was seen to be an object
}

function wrong(problem: string): Error {
  return invalid(`Invalid Context object provided: ${problem}`);
}
