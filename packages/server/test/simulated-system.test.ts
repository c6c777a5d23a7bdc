import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { packageCode } from '@riposte/functions';
import { openSimulatedSystem, type SimulatedExecution, type SimulatedSystem } from '@riposte/server';

const DAYS_7 = 7 * 86_400;

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'riposte-simulated-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

async function withSystem<T>(
  work: (system: SimulatedSystem) => Promise<T>,
  realTimeMaxMs = 60_000,
): Promise<T> {
  const system = await openSimulatedSystem({
    folder: mkdtempSync(join(folder, 'system-')),
    compileCacheFolder: join(folder, 'compile-cache'),
    account: '000000000000',
    region: 'us-east-1',
    realTimeMaxMs,
    report: () => {},
  });
  try {
    return await work(system);
  } finally {
    await system.close();
  }
}

async function roleFor(system: SimulatedSystem, service: string, ...Action: string[]): Promise<string> {
  const document = (Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
  const { Role } = await system.call('iam', 'CreateRole', {
    RoleName: service,
    AssumeRolePolicyDocument: document([
      { Effect: 'Allow', Principal: { Service: `${service}.amazonaws.com` }, Action: 'sts:AssumeRole' },
    ]),
  });
  await system.call('iam', 'PutRolePolicy', {
    RoleName: service,
    PolicyName: 'policy',
    PolicyDocument: document([{ Effect: 'Allow', Action, Resource: '*' }]),
  });
  return (Role as { Arn: string }).Arn;
}

async function startMachine(system: SimulatedSystem, States: Record<string, object>): Promise<void> {
  const roleArn = await roleFor(system, 'states', 'lambda:InvokeFunction');
  const { stateMachineArn } = await system.call('states', 'CreateStateMachine', {
    name: 'machine',
    roleArn,
    definition: JSON.stringify({ StartAt: Object.keys(States)[0], States }),
  });
  await system.call('states', 'StartExecution', { stateMachineArn });
}

/** A function from source text. @returns its ARN */
async function createFunction(system: SimulatedSystem, source: string): Promise<string> {
  const code = mkdtempSync(join(folder, 'code-'));
  writeFileSync(join(code, 'index.mjs'), source);
  const { FunctionArn } = await system.call('lambda', 'CreateFunction', {
    FunctionName: 'tell',
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Role: await roleFor(system, 'lambda', 'sts:GetCallerIdentity', 'cloudtrail:LookupEvents'),
    Code: { ZipFile: (await packageCode(code)).zip },
  });
  return String(FunctionArn);
}

function only(executions: readonly SimulatedExecution[]): SimulatedExecution {
  assert.equal(executions.length, 1);
  return executions[0] as SimulatedExecution; // just counted
}

const waitAndRetry = {
  Fetch: {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: 'nobody' },
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 60, MaxAttempts: 3, JitterStrategy: 'FULL' }],
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Sleep' }],
    End: true,
  },
  Sleep: { Type: 'Wait', Seconds: DAYS_7, Next: 'Done' },
  Done: { Type: 'Succeed' },
};

test('a wait of seven days ends at once, and took seven days', () =>
  withSystem(async (system) => {
    await startMachine(system, { Sleep: waitAndRetry.Sleep, Done: waitAndRetry.Done });
    await system.runUntilQuiet();
    const { status, path, startDate, stopDate = 0 } = only(await system.executions());
    assert.deepEqual([status, path], ['SUCCEEDED', ['Sleep', 'Done']]);
    assert.equal((stopDate - startDate) / 1000, DAYS_7);
  }));

test('two runs give the same history, jitter and times included', async () => {
  const history = () =>
    withSystem(async (system) => {
      await startMachine(system, waitAndRetry);
      await system.runUntilQuiet();
      return only(await system.executions()).events;
    });
  const first = await history();
  assert.equal(first.filter(({ type }) => type === 'TaskScheduled' || type === 'TaskFailed').length, 8);
  assert.deepEqual(await history(), first);
});

test('time that is let pass in part stops there', () =>
  withSystem(async (system) => {
    await startMachine(system, { Sleep: waitAndRetry.Sleep, Done: waitAndRetry.Done });
    await system.advanceBy(DAYS_7 * 1000 - 1);
    assert.equal(only(await system.executions()).status, 'RUNNING');
    await system.advanceBy(1);
    assert.equal(only(await system.executions()).status, 'SUCCEEDED');
  }));

test('what waits for an answer that no time brings is left open', () =>
  withSystem(async (system) => {
    const tell = await createFunction(system, 'export const handler = async () => 1;');
    await startMachine(system, {
      Ask: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
        Parameters: { FunctionName: tell, Payload: { 'token.$': '$$.Task.Token' } },
        End: true,
      },
    });
    await system.runUntilQuiet();
    assert.equal(only(await system.executions()).status, 'RUNNING');
  }));

test('a function lives in simulated time: its clock, its signatures, what CloudTrail tells it', () =>
  withSystem(async (system) => {
    const tell = await createFunction(
      system,
      `import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
       const client = new CloudTrailClient({});
       export const handler = async () => {
         const now = new Date();
         const { Events } = await client.send(new LookupEventsCommand({ EndTime: now }));
         return { now: now.toISOString(), isDate: now instanceof Date, called: Date.now(), events: Events.length };
       };`,
    );
    const call = { Type: 'Task', Resource: tell };
    await startMachine(system, {
      First: { ...call, ResultPath: '$.first', Next: 'Sleep' },
      Sleep: { ...waitAndRetry.Sleep, Next: 'Second' },
      Second: { ...call, ResultPath: '$.second', End: true },
    });
    const nowMs = system.now();
    await system.runUntilQuiet();
    const { status, output, cause } = only(await system.executions());
    assert.equal(status, 'SUCCEEDED', cause ?? 'no cause');
    const { first, second } = JSON.parse(output ?? '') as Record<string, { now: string; called: number }>;
    assert.equal(first?.now, new Date(nowMs).toISOString());
    assert.equal(first?.called, nowMs);
    assert.equal(second?.now, new Date(nowMs + DAYS_7 * 1000).toISOString());
    assert.deepEqual(
      system.calls().flatMap(({ operation, errorCode }) => (operation === 'LookupEvents' ? [errorCode] : [])),
      [undefined, undefined],
    );
  }));

test('a function that hangs is ended by the machine’s clock while simulated time stands still', () =>
  withSystem(async (system) => {
    const tell = await createFunction(
      system,
      'export const handler = () => new Promise(() => setInterval(() => {}, 1000));',
    );
    await system.call('lambda', 'UpdateFunctionConfiguration', { FunctionName: 'tell', Timeout: 1 });
    await startMachine(system, { Call: { Type: 'Task', Resource: tell, TimeoutSeconds: 5, End: true } });
    await system.runUntilQuiet();
    const { status, error, startDate, stopDate } = only(await system.executions());
    assert.deepEqual([status, error, stopDate], ['FAILED', 'Sandbox.Timedout', startDate]);
  }));

test('a run that does not come to rest ends with what is at work', () =>
  withSystem(async (system) => {
    const tell = await createFunction(
      system,
      'export const handler = () => new Promise(() => setInterval(() => {}, 1000));',
    );
    await startMachine(system, { Call: { Type: 'Task', Resource: tell, End: true } });
    await assert.rejects(system.runUntilQuiet(), /Not at rest after 1 s of real time.*At work: .*\.invoke/);
  }, 1000));

test('no HTTP request leaves a simulated system', async (t) => {
  let asked = 0;
  const endpoint = createServer((_request, response) => {
    asked += 1;
    response.end('{}');
  });
  await new Promise<void>((listening) => endpoint.listen(0, '127.0.0.1', listening));
  t.after(() => endpoint.close());
  const { port } = endpoint.address() as AddressInfo; // listening on TCP
  await withSystem(async (system) => {
    const { ConnectionArn } = await system.call('events', 'CreateConnection', {
      Name: 'api',
      AuthorizationType: 'API_KEY',
      AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'X-Key', ApiKeyValue: 'k' } },
    });
    const definition = {
      Type: 'Task',
      Resource: 'arn:aws:states:::http:invoke',
      Parameters: {
        ApiEndpoint: `http://127.0.0.1:${port}/`,
        Method: 'GET',
        Authentication: { ConnectionArn },
      },
      End: true,
    };
    const actions = ['states:InvokeHTTPEndpoint', 'events:RetrieveConnectionCredentials', 'secretsmanager:*'];
    const { status, cause } = await system.call('states', 'TestState', {
      definition: JSON.stringify(definition),
      roleArn: await roleFor(system, 'states', ...actions),
    });
    assert.equal(status, 'FAILED');
    assert.match(String(cause), /Nothing is sent to 127\.0\.0\.1/);
  });
  assert.equal(asked, 0);
});
