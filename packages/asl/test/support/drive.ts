import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type {
  Command,
  Environment,
  ExecutionContext,
  HistoryEvent,
  Json,
  Machine,
  Outcome,
  Signal,
} from '@riposte/asl';
import { formatDiagnostics, parseDefinition, step } from '@riposte/asl';

/** What a task answers, by attempt; the last one stays. `silence` never answers; `beats` come before it, a second apart. */
export type Answer =
  | 'silence'
  | { output: Json; submitted?: Json; afterSeconds?: number; beats?: number }
  | { error?: string; cause?: string; submitted?: Json; afterSeconds?: number };

type ScheduleTask = Extract<Command, { type: 'schedule-task' }>;

export interface Script {
  definition: Json;
  input?: string;
  /** By state name, or as the task itself says. A state that is not named answers `{}` at once. */
  answers?: Record<string, Answer[]> | ((task: ScheduleTask) => Answer);
  /** How Map Runs end, one after the other. */
  mapRuns?: ({ output: Json } | { error: string; cause: string })[];
  type?: 'STANDARD' | 'EXPRESS';
  /** Gives every answer and every wake-up twice: the second one must decide nothing. */
  isRepeating?: boolean;
}

export interface Run {
  events: HistoryEvent[];
  outcome: Outcome | undefined;
  commands: Command[];
  decisions: { events: number; recordsWritten: number; bytesWritten: number }[];
  /** Keys of the records that are left. */
  records: string[];
  endedAtMs: number;
}

export const START_MS = Date.UTC(2026, 0, 1);

export const EXECUTION: ExecutionContext = {
  executionArn: 'arn:aws:states:us-east-1:000000000000:execution:orders:run-1',
  name: 'run-1',
  input: '{}',
  roleArn: 'arn:aws:iam::000000000000:role/orders',
  startTimeMs: START_MS,
  redriveCount: 0,
  stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:orders',
  stateMachineName: 'orders',
  region: 'us-east-1',
};

export function environment(nowMs: number): Environment {
  return {
    nowMs,
    uuid: () => '00000000-0000-4000-8000-000000000000',
    secret: () => `token-${nowMs - START_MS}`,
    uniform: () => 0.5,
    hash: (algorithm, text) =>
      createHash(algorithm.toLowerCase().replace('-', '')).update(text).digest('hex'),
  };
}

export function machineOf(definition: Json, type: 'STANDARD' | 'EXPRESS' = 'STANDARD'): Machine {
  const { machine, diagnostics } = parseDefinition(JSON.stringify(definition), { type });
  if (machine === undefined) throw new Error(formatDiagnostics(diagnostics));
  return machine;
}

/**
 * Runs a machine to its end, or until nothing is left that could happen, in simulated time.
 * @param between  what happens to the records between two signals; a JSON round trip must change nothing
 */
export async function drive(
  script: Script,
  between: (records: Map<string, Json>) => Map<string, Json> = (records) => records,
): Promise<Run> {
  const machine = machineOf(script.definition, script.type);
  const execution = { ...EXECUTION, input: script.input ?? '{}' };
  const agenda: { atMs: number; id: string; signal: Signal }[] = [];
  const run: Run = {
    events: [],
    outcome: undefined,
    commands: [],
    decisions: [],
    records: [],
    endedAtMs: START_MS,
  };
  let records = new Map<string, Json>();
  let nextEventId = 1;
  let nowMs = START_MS;
  for (let signal: Signal | undefined = { type: 'start' }; signal !== undefined;) {
    const decision = await step(machine, execution, { records, nextEventId }, signal, environment(nowMs));
    nextEventId = decision.nextEventId;
    for (const [key, record] of decision.changes)
      if (record === null) records.delete(key);
      else records.set(key, record);
    records = between(records);
    run.events.push(...decision.events);
    run.commands.push(...decision.commands);
    run.decisions.push({
      events: decision.events.length,
      recordsWritten: decision.changes.size,
      bytesWritten: JSON.stringify([...decision.changes]).length,
    });
    if (script.isRepeating === true && comesOnce(signal) && decision.outcome === undefined) {
      const again = await step(machine, execution, { records, nextEventId }, signal, environment(nowMs));
      const { events, changes, commands } = again;
      assert.deepEqual({ events, changes, commands }, { events: [], changes: new Map(), commands: [] });
    }
    if (decision.outcome !== undefined) {
      run.outcome = decision.outcome;
      break;
    }
    for (const command of decision.commands) follow(command);
    agenda.sort((a, b) => a.atMs - b.atMs); // stable: equal times stay in the order in which they came
    const next = agenda.shift();
    nowMs = Math.max(nowMs, next?.atMs ?? nowMs);
    signal = next?.signal;
  }
  run.records = [...records.keys()];
  run.endedAtMs = nowMs;
  return run;

  function follow(command: Command): void {
    if (command.type === 'schedule-task') return schedule(command);
    if (command.type === 'start-map-run' || command.type === 'redrive-map-run')
      return endMapRun(command.taskId);
    const id = command.type === 'cancel' ? command.id : command.timerId;
    for (let i = agenda.length - 1; i >= 0; i--) if (agenda[i]?.id === id) agenda.splice(i, 1);
    if (command.type === 'start-timer')
      agenda.push({ atMs: command.atMs, id, signal: { type: 'timer-fired', timerId: id } });
  }

  function endMapRun(taskId: string): void {
    const end = script.mapRuns?.shift();
    if (end === undefined) return;
    const signal: Signal =
      'output' in end
        ? { type: 'map-run-succeeded', taskId, output: JSON.stringify(end.output) }
        : { type: 'map-run-failed', taskId, ...end };
    agenda.push({ atMs: nowMs, id: taskId, signal });
  }

  function schedule(task: ScheduleTask): void {
    const { taskId } = task;
    const answer = answerTo(task, script.answers);
    if (answer === undefined || answer === 'silence') return;
    const atMs = nowMs + (answer.afterSeconds ?? 0) * 1000;
    if (answer.submitted !== undefined)
      push(nowMs, { type: 'task-submitted', taskId, output: JSON.stringify(answer.submitted) });
    if ('output' in answer) {
      for (let beat = 1; beat <= (answer.beats ?? 0); beat++)
        push(nowMs + beat * 1000, { type: 'task-heartbeat', taskId });
      push(atMs, { type: 'task-succeeded', taskId, output: JSON.stringify(answer.output) });
    } else {
      const { error, cause } = answer;
      push(atMs, {
        type: 'task-failed',
        taskId,
        ...(error !== undefined && { error }),
        ...(cause !== undefined && { cause }),
      });
    }

    function push(atMs: number, signal: Signal): void {
      agenda.push({ atMs, id: taskId, signal });
    }
  }
}

/** Others may come again and mean something: a heartbeat, the next part of a long run. */
function comesOnce(signal: Signal): boolean {
  return (
    ['start', 'task-succeeded', 'task-failed'].includes(signal.type) ||
    (signal.type === 'timer-fired' && !signal.timerId.startsWith('execution:'))
  );
}

function answerTo(task: ScheduleTask, answers: Script['answers']): Answer | undefined {
  if (typeof answers === 'function') return answers(task);
  const own: Answer[] = answers?.[task.stateName] ?? [{ output: {} }];
  return own[Math.min(task.attempt, own.length) - 1];
}

/** The history as text, one event a line: id, the event before it, seconds since the start, type, what it says. */
export function historyText(events: readonly HistoryEvent[]): string {
  return events
    .map((event) => {
      const details = Object.entries(event).find(([member]) => member.endsWith('EventDetails'))?.[1];
      const seconds = (event.timestamp - START_MS) / 1000;
      return `${event.id} <${event.previousEventId} ${seconds}s ${event.type}${detailsText(details)}\n`;
    })
    .join('');
}

function detailsText(details: unknown): string {
  if (typeof details !== 'object' || details === null) return '';
  return Object.entries(details)
    .filter(([name]) => !name.endsWith('Details') && !['roleArn', 'region'].includes(name))
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');
}
