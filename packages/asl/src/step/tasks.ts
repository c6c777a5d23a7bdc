import type { Failure } from '../errors/failure.ts';
import { dataLimitCause, StateFailure } from '../errors/failure.ts';
import type { Json } from '@riposte/json';
import { parseJson, stringifyJson, utf8Length } from '@riposte/json';
import { PAYLOAD_BYTES_MAX } from '../limits.ts';
import type { TaskState } from '../machine.ts';
import type { Resource } from '../resources.ts';
import { parseResource } from '../resources.ts';
import type { Transition } from '../states/handler.ts';
import type { Scope, TaskTimer, VisitRecord } from './scopes.ts';
import { attemptId } from './scopes.ts';
import type { Turn } from './turn.ts';

function taskState(turn: Turn, scope: Scope): TaskState {
  const state = turn.state(scope);
  if (state.Type !== 'Task') throw new Error(`State ${scope.stateName} is no Task`);
  return state;
}

function resourceOf(turn: Turn, scope: Scope): Resource {
  const resource = parseResource(taskState(turn, scope).Resource);
  if (resource === undefined) throw new Error(`State ${scope.stateName} has no known resource`); // checked when it was read
  return resource;
}

/** Whether an attempt of this state may be answered by somebody who holds a token; recorded of `.sync` too. */
export function takesToken(turn: Turn, scope: Scope): boolean {
  if (turn.state(scope).Type !== 'Task') return false;
  const resource = resourceOf(turn, scope);
  return resource.kind === 'activity' || (resource.kind === 'service' && resource.suffix !== undefined);
}

/** Hands out the task: Scheduled, and Started except for an activity, which starts when a worker takes it. */
export function scheduleTask(
  turn: Turn,
  key: string,
  visit: VisitRecord,
  task: Extract<Transition, { type: 'task' }>,
): void {
  const scope = turn.scope(key);
  const resource = resourceOf(turn, scope);
  if (resource.kind === 'activity' && turn.environment.activityExists?.(resource.arn) === false)
    throw new StateFailure('States.Runtime', 'The activity ARN does not exist.', {
      isFatal: true,
      isPrefixed: false,
    });
  const parameters = stringifyJson(task.input);
  const limits = {
    ...(task.timeoutSeconds !== undefined && { timeoutInSeconds: task.timeoutSeconds }),
    ...(task.heartbeatSeconds !== undefined &&
      resource.kind !== 'lambda' && { heartbeatInSeconds: task.heartbeatSeconds }),
    ...(task.roleArn !== undefined && { taskCredentials: { roleArn: task.roleArn } }),
  };
  const details =
    resource.kind === 'service'
      ? { ...serviceDetails(resource), region: turn.execution.region, parameters, ...limits }
      : { resource: resource.arn, input: parameters, inputDetails: { truncated: false }, ...limits };
  let lastEventId = turn.emit(`${family(resource)}Scheduled`, scope.lastEventId, details);
  if (resource.kind !== 'activity')
    lastEventId = turn.emit(`${family(resource)}Started`, lastEventId, startedDetails(resource));

  const timers: TaskTimer[] = [];
  const id = attemptId(key, visit);
  turn.command({
    type: 'schedule-task',
    taskId: id,
    stateName: scope.stateName,
    visit: visit.enteredEventId,
    attempt: visit.attempt,
    resource: taskState(turn, scope).Resource,
    parameters,
    ...(visit.taskToken !== undefined && { taskToken: visit.taskToken }),
    ...(task.roleArn !== undefined && { taskRoleArn: task.roleArn }),
  });
  if (task.timeoutSeconds !== undefined) {
    timers.push('timeout');
    startTimer(turn, `${id}:timeout`, task.timeoutSeconds);
  }
  if (task.heartbeatSeconds !== undefined) {
    timers.push('heartbeat');
    startTimer(turn, `${id}:heartbeat`, task.heartbeatSeconds);
  }
  turn.saveScope(key, {
    ...scope,
    lastEventId,
    visit: {
      ...visit,
      awaits: 'task',
      timers,
      ...(task.heartbeatSeconds !== undefined && { heartbeatSeconds: task.heartbeatSeconds }),
    },
  });
}

/** The heartbeat clock starts again; the timeout's does not. */
export function taskHeartbeat(turn: Turn, key: string): void {
  const { visit } = turn.scope(key);
  if (visit?.heartbeatSeconds !== undefined)
    startTimer(turn, `${attemptId(key, visit)}:heartbeat`, visit.heartbeatSeconds);
}

/** A worker has taken the activity's task. Its heartbeat clock has run since the task was scheduled, and starts again. */
export function activityStarted(turn: Turn, key: string, workerName: string | undefined): void {
  const scope = turn.scope(key);
  if (resourceOf(turn, scope).kind !== 'activity') return;
  const details = workerName === undefined ? {} : { workerName };
  turn.saveScope(key, { ...scope, lastEventId: turn.emit('ActivityStarted', scope.lastEventId, details) });
  taskHeartbeat(turn, key);
}

/** The resource took the work on (`.sync`, `.waitForTaskToken`); the answer comes later. */
export function taskSubmitted(turn: Turn, key: string, output: string): void {
  const scope = turn.scope(key);
  const resource = resourceOf(turn, scope);
  if (resource.kind !== 'service') return;
  const lastEventId = turn.emit('TaskSubmitted', scope.lastEventId, {
    ...serviceDetails(resource),
    output,
    outputDetails: { truncated: false },
  });
  turn.saveScope(key, { ...scope, lastEventId });
}

export function taskSucceeded(turn: Turn, key: string, output: string): void {
  const scope = turn.scope(key);
  const resource = resourceOf(turn, scope);
  const result = readResult(output);
  if (result === undefined)
    return taskFailed(turn, key, {
      error: 'States.Runtime',
      cause: `The result of the task is not JSON: ${output.slice(0, 100)}`,
      isFatal: true,
    });
  if (utf8Length(output) > PAYLOAD_BYTES_MAX) {
    const place = resource.kind === 'service' ? resource.resourceType : resource.arn;
    return taskFailed(turn, key, { error: 'States.DataLimitExceeded', cause: dataLimitCause(place) });
  }
  const lastEventId = turn.emit(`${family(resource)}Succeeded`, scope.lastEventId, {
    ...serviceDetails(resource),
    output,
    outputDetails: { truncated: false },
  });
  stopTask(turn, key, ['timeout', 'heartbeat']);
  turn.saveScope(key, { ...scope, lastEventId });
  turn.agenda.push({ do: 'complete', scope: key, result });
}

export function taskFailed(turn: Turn, key: string, failure: Failure): void {
  endFailed(turn, key, 'Failed', failure);
  stopTask(turn, key, ['timeout', 'heartbeat']);
}

/** A clock of the task ran out. Its answer is of no interest any more. */
export function taskTimedOut(turn: Turn, key: string, timer: TaskTimer): void {
  const { visit } = turn.scope(key);
  // History tells both as States.Timeout; ErrorEquals may name the heartbeat's own.
  const failure: Failure = {
    error: 'States.Timeout',
    ...(timer === 'heartbeat' && { alias: 'States.HeartbeatTimeout' }),
  };
  endFailed(turn, key, 'TimedOut', failure);
  if (visit !== undefined) turn.command({ type: 'cancel', id: attemptId(key, visit) });
  stopTask(turn, key, [timer === 'timeout' ? 'heartbeat' : 'timeout']);
}

function endFailed(turn: Turn, key: string, end: 'Failed' | 'TimedOut', failure: Failure): void {
  const scope = turn.scope(key);
  const resource = resourceOf(turn, scope);
  const lastEventId = turn.emit(`${family(resource)}${end}`, scope.lastEventId, {
    ...serviceDetails(resource),
    ...(failure.error !== undefined && { error: failure.error }),
    ...(failure.cause !== undefined && { cause: failure.cause }),
  });
  turn.saveScope(key, { ...scope, lastEventId });
  turn.agenda.push({ do: 'fail', scope: key, failure });
}

/** Cancels those of a task's timers that still run. */
function stopTask(turn: Turn, key: string, timers: TaskTimer[]): void {
  const { visit } = turn.scope(key);
  if (visit === undefined) return;
  for (const timer of timers)
    if (visit.timers?.includes(timer) === true)
      turn.command({ type: 'cancel', id: `${attemptId(key, visit)}:${timer}` });
}

function startTimer(turn: Turn, timerId: string, seconds: number): void {
  turn.command({ type: 'start-timer', timerId, atMs: turn.environment.nowMs + seconds * 1000 });
}

function family(resource: Resource): string {
  return { lambda: 'LambdaFunction', activity: 'Activity', service: 'Task' }[resource.kind];
}

function serviceDetails(resource: Resource): Record<string, Json> {
  return resource.kind === 'service'
    ? { resourceType: resource.resourceType, resource: resource.resource }
    : {};
}

function startedDetails(resource: Resource): Record<string, Json> | undefined {
  return resource.kind === 'service' ? serviceDetails(resource) : undefined;
}

function readResult(output: string): Json | undefined {
  try {
    return parseJson(output);
  } catch {
    return undefined;
  }
}
