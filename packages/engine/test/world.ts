import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createExecutionHost, type Store, type StoreHost, type StoreHostOptions } from '@riposte/engine';
import { Database, SqliteEngineStore } from '@riposte/store-sqlite';
import { ScriptedTaskRunner, seededIds, SimulatedClock } from '@riposte/testkit';

export const ROLE = 'arn:aws:iam::123456789012:role/playbook';
export const REGION = 'eu-west-1';

type Script = ConstructorParameters<typeof ScriptedTaskRunner>[0];

export interface World {
  clock: SimulatedClock;
  runner: ScriptedTaskRunner;
  database: Database;
  store: Store;
  host: StoreHost;
  problems: unknown[];
  /** Runs virtual time until nothing is left to happen. */
  settle(): Promise<void>;
  /** Starts the only state machine `name` is made of, with JSON input. */
  begin(name: string, definition: object, input?: unknown): Promise<string>;
}

export function temporaryFile(t: { after(fn: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'riposte-engine-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'engine.sqlite');
}

/** A host over a real SQLite file, with virtual time and scripted tasks. */
export async function createWorld(
  t: { after(fn: () => void | Promise<void>): void },
  script: Script = () => ({ kind: 'succeeded', output: '{}' }),
  options: Partial<StoreHostOptions> = {},
  wrap: (store: Store) => Store = (store) => store,
): Promise<World> {
  const database = new Database(temporaryFile(t));
  const store = wrap(new SqliteEngineStore(database));
  const clock = new SimulatedClock();
  const runner = new ScriptedTaskRunner(script);
  const problems: unknown[] = [];
  const host = createExecutionHost({
    store,
    clock,
    ids: seededIds(1),
    taskRunner: runner,
    account: '123456789012',
    report: (problem) => problems.push(problem),
    ...options,
  });
  t.after(async () => {
    await host.close();
    database.close();
  });
  await host.start();
  return {
    clock,
    runner,
    database,
    store,
    host,
    problems,
    settle: () => clock.runUntilIdle({ isBusy: () => !host.isQuiet() }),
    begin: (name, definition, input) => begin(host, name, definition, input),
  };
}

export function machine(host: StoreHost, name: string, definition: object) {
  return host.createStateMachine({
    name,
    definition: JSON.stringify(definition),
    roleArn: ROLE,
    region: REGION,
  });
}

async function begin(
  host: StoreHost,
  name: string,
  definition: object,
  input: unknown = {},
): Promise<string> {
  const { stateMachineArn } = await machine(host, name, definition);
  const started = await host.startExecution({ stateMachineArn, name: 'run', input: JSON.stringify(input) });
  return started.executionArn;
}

/** The types of an execution's whole history. */
export async function typesOf(host: StoreHost, executionArn: string): Promise<string[]> {
  const { events } = await host.getExecutionHistory(executionArn, { maxResults: 1000 });
  return events.map(({ type }) => type);
}

/** A machine of Task states one after the other, named A, B, C … */
export function tasks(...extras: object[]): object {
  const names = extras.map((_, index) => String.fromCharCode(65 + index));
  const states = extras.map((extra, index) => [
    names[index],
    {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: 'f', 'Payload.$': '$' },
      ...(index + 1 < names.length ? { Next: names[index + 1] } : { End: true }),
      ...extra,
    },
  ]);
  return { StartAt: 'A', States: Object.fromEntries(states) };
}
