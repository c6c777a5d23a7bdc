import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDefinition, step, type Command, type Machine, type Outcome, type Signal } from '@riposte/asl';
import { ACCOUNT } from './events.ts';

const REGION = `us-east-1:${ACCOUNT}`;
const SUBSTITUTIONS: Record<string, string> = {
  ExtractKeysFunctionArn: `arn:aws:lambda:${REGION}:function:ExtractKeys`,
  ContainKeyFunctionArn: `arn:aws:lambda:${REGION}:function:ContainKey`,
  LookupActivityFunctionArn: `arn:aws:lambda:${REGION}:function:LookupActivity`,
  NotifySecurityFunctionArn: `arn:aws:lambda:${REGION}:function:NotifySecurity`,
  SecurityTopicArn: `arn:aws:sns:${REGION}:security`,
  RespondToExposedKeyArn: `arn:aws:states:${REGION}:stateMachine:RespondToExposedKey`,
};

/**
 * A definition with the names that the template puts in.
 * @param edit changes its text before it is read
 */
export function definition(
  name: string,
  edit: (text: string) => string = (text) => text,
): { machine: Machine; diagnostics: unknown[] } {
  const path = join(import.meta.dirname, '..', '..', 'states', `${name}.asl.json`);
  const text = readFileSync(path, 'utf8').replaceAll(/\$\{(\w+)\}/g, (placeholder, key: string) => {
    return SUBSTITUTIONS[key] ?? placeholder;
  });
  const { machine, diagnostics } = parseDefinition(edit(text));
  if (!machine) throw new Error(`${name} is no state machine: ${JSON.stringify(diagnostics)}`);
  return { machine, diagnostics };
}

export interface TaskCall {
  stateName: string;
  resource: string;
  parameters: Record<string, unknown>;
  /** Of this state in the whole execution; 1 for the first. */
  attempt: number;
  /** Since the start of the execution. */
  atSeconds: number;
}

/** Thrown by a scripted answer: the task fails so. */
export class TaskFailure extends Error {
  readonly error: string;
  constructor(error: string, cause = `${error} happened`) {
    super(cause);
    this.error = error;
  }
}

/** Answers by state name. `hang` never answers, so the task's timeout does. */
export type Script = Record<string, (call: TaskCall) => unknown>;
export const HANG = Symbol('hang');

export interface Run {
  outcome: Outcome;
  /** Parsed, when it succeeded. */
  output: unknown;
  /** Names in the order entered. */
  states: string[];
  calls: TaskCall[];
  callsOf(stateName: string): TaskCall[];
  endedAtSeconds: number;
}

type Task = Extract<Command, { type: 'schedule-task' }>;

/** Runs a machine over virtual time: waits and back-offs cost nothing, tasks are answered from the script. */
export async function run(machine: Machine, input: unknown, script: Script): Promise<Run> {
  const world = new World(machine, input, script);
  let signal: Signal | undefined = { type: 'start' };
  while (signal) {
    await world.receive(signal);
    signal = world.outcome ? undefined : await world.next();
  }
  return world.result();
}

class World {
  readonly #machine: Machine;
  readonly #input: string;
  readonly #script: Script;
  readonly #records = new Map();
  readonly #timers = new Map<string, number>();
  readonly #tasks: Task[] = [];
  readonly #states: string[] = [];
  readonly #calls: TaskCall[] = [];
  #nextEventId = 1;
  #nowMs = 0;
  outcome: Outcome | undefined;

  constructor(machine: Machine, input: unknown, script: Script) {
    this.#machine = machine;
    this.#input = JSON.stringify(input);
    this.#script = script;
  }

  async receive(signal: Signal): Promise<void> {
    const decision = await step(
      this.#machine,
      {
        executionArn: `arn:aws:states:${REGION}:execution:machine:run`,
        name: 'run',
        input: this.#input,
        roleArn: `arn:aws:iam::${ACCOUNT}:role/machine`,
        startTimeMs: 0,
        redriveCount: 0,
        stateMachineArn: `arn:aws:states:${REGION}:stateMachine:machine`,
        stateMachineName: 'machine',
        region: 'us-east-1',
      },
      { records: this.#records, nextEventId: this.#nextEventId },
      signal,
      {
        nowMs: this.#nowMs,
        uuid: () => '00000000-0000-4000-8000-000000000000',
        secret: () => 'secret',
        uniform: () => 0.5,
        hash: (algorithm, text) =>
          createHash(algorithm.replace('SHA-', 'sha').toLowerCase()).update(text).digest('hex'),
      },
    );
    this.#nextEventId = decision.nextEventId;
    this.outcome = decision.outcome;
    for (const [key, value] of decision.changes) {
      if (value === null) this.#records.delete(key);
      else this.#records.set(key, value);
    }
    for (const { stateEnteredEventDetails: details } of decision.events)
      if (details) this.#states.push(String(details['name']));
    decision.commands.forEach((command) => this.#obey(command));
  }

  #obey(command: Command): void {
    if (command.type === 'schedule-task') this.#tasks.push(command);
    else if (command.type === 'start-timer') this.#timers.set(command.timerId, command.atMs);
    else if (command.type === 'cancel') this.#timers.delete(command.id);
    else throw new Error('The playbook starts no Map Run.');
  }

  async next(): Promise<Signal> {
    const task = this.#tasks.shift();
    const signal = task && (await this.#answer(task));
    if (signal) return signal;
    if (this.#tasks.length > 0) return this.next();
    const [first] = [...this.#timers].sort(([, a], [, b]) => a - b);
    if (!first) throw new Error('The execution waits for nothing.');
    const [timerId, atMs] = first;
    this.#timers.delete(timerId);
    this.#nowMs = Math.max(this.#nowMs, atMs);
    return { type: 'timer-fired', timerId };
  }

  async #answer({ taskId, stateName, resource, parameters }: Task): Promise<Signal | undefined> {
    const call: TaskCall = {
      stateName,
      resource,
      parameters: JSON.parse(parameters) as Record<string, unknown>, // each of our tasks passes an object
      attempt: this.#calls.filter((one) => one.stateName === stateName).length + 1,
      atSeconds: this.#nowMs / 1000,
    };
    this.#calls.push(call);
    const answer = this.#script[stateName];
    if (!answer) throw new Error(`The test did not expect a task of ${stateName}`);
    try {
      const output = await answer(call);
      return output === HANG
        ? undefined
        : { type: 'task-succeeded', taskId, output: JSON.stringify(output ?? null) };
    } catch (failure) {
      if (!(failure instanceof TaskFailure)) throw failure;
      return { type: 'task-failed', taskId, error: failure.error, cause: failure.message };
    }
  }

  result(): Run {
    const outcome = this.outcome;
    if (!outcome) throw new Error('The execution has not ended.');
    const calls = this.#calls;
    return {
      outcome,
      output: outcome.status === 'SUCCEEDED' ? JSON.parse(outcome.output) : undefined,
      states: this.#states,
      calls,
      callsOf: (stateName) => calls.filter((call) => call.stateName === stateName),
      endedAtSeconds: this.#nowMs / 1000,
    };
  }
}
