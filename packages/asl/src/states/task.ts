import { fillInteger, fillJsonata } from '../data/jsonata.ts';
import { readPathField } from '../data/evaluation.ts';
import { effectiveInput, leaveWithResult, workInput } from '../data/flow.ts';
import { fillTemplate } from '../data/templates.ts';
import { runtimeFailure } from '../errors/failure.ts';
import type { Json } from '@riposte/json';
import { isJsonObject, stringifyJson } from '@riposte/json';
import type { TaskState } from '../machine.ts';
import { numberOf } from '@riposte/json';
import type { StateHandler, Visit } from './handler.ts';

const SECONDS_MAX = 99_999_999;

/** Hands work to a resource and takes its result. */
export const Task: StateHandler<TaskState> = {
  async enter(state, visit) {
    const document = await effectiveInput(state, visit);
    const timeoutSeconds =
      (await secondsOf(state.TimeoutSeconds, 'TimeoutSeconds', visit)) ??
      secondsAt(state.TimeoutSecondsPath, 'TimeoutSecondsPath', document, visit);
    const heartbeatSeconds =
      (await secondsOf(state.HeartbeatSeconds, 'HeartbeatSeconds', visit)) ??
      secondsAt(state.HeartbeatSecondsPath, 'HeartbeatSecondsPath', document, visit);
    const input = await workInput(state, visit);
    const roleArn = await taskRole(state, visit, document);
    return {
      type: 'task',
      input,
      ...(timeoutSeconds !== undefined && { timeoutSeconds }),
      ...(heartbeatSeconds !== undefined && { heartbeatSeconds }),
      ...(roleArn !== undefined && { roleArn }),
    };
  },
  async complete(state, visit, result) {
    return { type: 'exit', left: await leaveWithResult(state, visit, result), next: state.Next };
  },
};

/** The role that the work is done in, where it is not the execution's own. */
async function taskRole(
  { Credentials }: TaskState,
  visit: Visit,
  document: Json,
): Promise<string | undefined> {
  if (Credentials === undefined) return undefined;
  const filled =
    visit.language === 'JSONata'
      ? await fillJsonata(Credentials, 'Credentials', visit)
      : fillTemplate(Credentials, visit.evaluation(document));
  const roleArn = isJsonObject(filled) ? filled['RoleArn'] : undefined;
  if (typeof roleArn === 'string') return roleArn;
  throw runtimeFailure(
    `The field 'RoleArn' of Credentials must be a string, but was: ${stringifyJson(roleArn ?? null)}`,
  );
}

async function secondsOf(
  seconds: number | string | undefined,
  field: string,
  visit: Visit,
): Promise<number | undefined> {
  return typeof seconds === 'string'
    ? fillInteger(seconds, field, visit, { min: 1, max: SECONDS_MAX })
    : seconds;
}

function secondsAt(
  path: string | undefined,
  field: string,
  document: Json,
  visit: Visit,
): number | undefined {
  if (path === undefined) return undefined;
  const value = readPathField(path, visit.evaluation(document));
  const seconds = numberOf(value) ?? Number.NaN;
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= SECONDS_MAX) return seconds;
  throw runtimeFailure(
    `The ${field} parameter must reference an integer from 1 to ${SECONDS_MAX}: ${path} == ${stringifyJson(value)}`,
  );
}
