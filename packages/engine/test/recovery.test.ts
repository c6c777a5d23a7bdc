import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import type { Clock } from '@riposte/engine';
import { createExecutionHost } from '@riposte/engine';
import { Database, SqliteEngineStore } from '@riposte/store-sqlite';
import { expectEndedHistory, ScriptedTaskRunner, seededIds } from '@riposte/testkit';
import { temporaryFile } from './world.ts';

const door = (room: string) => JSON.stringify(import.meta.resolve(`@riposte/${room}`));

/** A server that hands out task after task, writing down each before it answers, until somebody kills it. */
function serverSource(file: string, journal: string): string {
  return `
    import { appendFileSync } from 'node:fs';
    import { randomUUID } from 'node:crypto';
    import { createExecutionHost } from ${door('engine')};
    import { Database, SqliteEngineStore } from ${door('store-sqlite')};
    const host = createExecutionHost({
      store: new SqliteEngineStore(new Database(${JSON.stringify(file)})),
      clock: {
        now: () => Date.now(),
        wakeAt: (atMs, wake) => {
          const timer = setTimeout(wake, Math.max(0, atMs - Date.now()));
          return () => clearTimeout(timer);
        },
      },
      ids: { uuid: randomUUID, secret: randomUUID, uniform: Math.random },
      account: '123456789012',
      taskRunner: {
        run: async ({ step }) => {
          appendFileSync(${JSON.stringify(journal)}, step.taskId + '\\n');
          console.log(step.taskId);
          return { kind: 'succeeded', output: '{"done":false}' };
        },
      },
    });
    await host.start();
    const definition = JSON.stringify({
      StartAt: 'Work',
      States: {
        Work: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Parameters: {}, Next: 'Enough' },
        Enough: {
          Type: 'Choice',
          Choices: [{ Variable: '$.done', BooleanEquals: true, Next: 'End' }],
          Default: 'Work',
        },
        End: { Type: 'Succeed' },
      },
    });
    const machine = await host.createStateMachine({
      name: 'endless', definition, roleArn: 'arn:aws:iam::123456789012:role/r', region: 'eu-west-1',
    });
    const { executionArn } = await host.startExecution({ stateMachineArn: machine.stateMachineArn, name: 'run' });
    console.log('started ' + executionArn);
  `;
}

const realClock: Clock = {
  now: () => Date.now(),
  wakeAt: (atMs, wake) => {
    const timer = setTimeout(wake, Math.max(0, atMs - Date.now()));
    return () => clearTimeout(timer);
  },
};

test('after kill -9 of a real process the execution goes on where it was, with no step repeated', async (t) => {
  const file = temporaryFile(t);
  const folder = dirname(file);
  const journal = join(folder, 'journal');
  const script = join(folder, 'server.ts');
  writeFileSync(script, serverSource(file, journal));
  const server = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => server.kill('SIGKILL'));
  let executionArn = '';
  let tasksSeen = 0;
  for await (const line of createInterface({ input: server.stdout })) {
    if (line.startsWith('started ')) executionArn = line.slice('started '.length);
    else if (++tasksSeen === 25) server.kill('SIGKILL');
  }
  if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
  assert.equal(server.signalCode, 'SIGKILL');
  const before = readFileSync(journal, 'utf8').trim().split('\n');

  const database = new Database(file);
  const runner = new ScriptedTaskRunner(() => ({ kind: 'succeeded', output: '{"done":true}' }));
  const host = createExecutionHost({
    store: new SqliteEngineStore(database),
    clock: realClock,
    ids: seededIds(1),
    taskRunner: runner,
    account: '123456789012',
  });
  t.after(async () => {
    await host.close();
    database.close();
  });
  const ended = new Promise<void>((resolve) => {
    host.subscribe(({ status }) => {
      if (status !== 'RUNNING') resolve();
    });
  });
  await host.start();
  await ended;

  assert.equal(new Set(before).size, before.length, 'a task was answered and handed out again');
  const [resumed, ...more] = runner.taskIds;
  assert.deepEqual(more, []);
  // killed before its answer was on disk: the same task again; after: the next one
  assert.ok(resumed === before.at(-1) || !before.includes(resumed!));
  const { events } = await host.getExecutionHistory(executionArn, { maxResults: 1000 });
  expectEndedHistory(events);
  const scheduled = events.filter(({ type }) => type === 'TaskScheduled');
  assert.equal(scheduled.length, new Set([...before, resumed]).size);
  assert.equal((await host.describeExecution(executionArn)).status, 'SUCCEEDED');
});
