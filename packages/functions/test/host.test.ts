import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { StepReference } from '@riposte/engine';
import { createFunctionHost, type FunctionConfiguration, type FunctionHost } from '@riposte/functions';
import { hostOptions, type Recorded } from './host-options.ts';

let folder: string;
let host: FunctionHost;
let recorded: Recorded;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'riposte-code-'));
  recorded = { logs: [], attributions: [], revoked: 0 };
  host = createFunctionHost(hostOptions(recorded, folder));
});
after(async () => {
  await host.close();
  rmSync(folder, { recursive: true });
});

function configure(
  name: string,
  source: string,
  change: Partial<FunctionConfiguration> = {},
): FunctionConfiguration {
  writeFileSync(join(folder, `${name}.ts`), source);
  return {
    functionName: name,
    functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    runtime: 'nodejs24.x',
    handler: `${name}.handler`,
    timeoutSeconds: 10,
    memorySizeMb: 128,
    environment: {},
    roleArn: 'arn:aws:iam::000000000000:role/function',
    codeSha256: source,
    region: 'us-east-1',
    ...change,
  };
}

async function run(configuration: FunctionConfiguration, event: unknown = {}, step?: StepReference) {
  const requestId = crypto.randomUUID();
  const result = await host.invoke({
    configuration,
    payload: JSON.stringify(event),
    requestId,
    ...(step && { step }),
  });
  return { ...result, requestId, value: JSON.parse(result.payload) as Record<string, unknown> };
}

test('a TypeScript handler gets its event and context and answers', async () => {
  const configuration = configure(
    'echo',
    `export async function handler(event: { n: number }, context: { functionName: string; memoryLimitInMB: string; getRemainingTimeInMillis(): number }) {
       return { n: event.n + 1, name: context.functionName, memory: context.memoryLimitInMB, remaining: context.getRemainingTimeInMillis() };
     }`,
  );
  const { value, functionError } = await run(configuration, { n: 1 });
  assert.equal(functionError, undefined);
  const { remaining, ...rest } = value;
  assert.deepEqual(rest, { n: 2, name: 'echo', memory: '128' });
  assert.ok(typeof remaining === 'number' && remaining > 0 && remaining <= 10_000);
});

test('a process is warm for the next invocation, and another one serves what runs beside it', async () => {
  const configuration = configure(
    'warm',
    `const born = Math.random();
     export const handler = async (event: { wait?: number }) => { if (event.wait) await new Promise((r) => setTimeout(r, event.wait)); return { born }; };`,
  );
  const first = await run(configuration);
  const second = await run(configuration);
  assert.equal(second.value['born'], first.value['born']);
  const [one, other] = await Promise.all([
    run(configuration, { wait: 50 }),
    run(configuration, { wait: 50 }),
  ]);
  assert.notEqual(one.value['born'], other.value['born']);
});

test('what a handler throws is its answer, and the process goes on', async () => {
  const configuration = configure(
    'throws',
    `export const handler = async (event: { what?: string }) => {
       if (event.what === 'text') throw 'only text';
       if (event.what === 'named') { const e = new Error('no such user'); e.name = 'NoSuchEntityException'; throw e; }
       return 'fine';
     };`,
  );
  const named = await run(configuration, { what: 'named' });
  assert.equal(named.functionError, 'Unhandled');
  assert.equal(named.value['errorType'], 'NoSuchEntityException');
  assert.equal(named.value['errorMessage'], 'no such user');
  assert.ok(Array.isArray(named.value['trace']));
  const text = await run(configuration, { what: 'text' });
  assert.deepEqual(text.value, { errorType: 'string', errorMessage: 'only text', trace: [] });
  assert.equal((await run(configuration)).payload, '"fine"');
});

test('a function that hangs is killed at its timeout and told so in the words of Lambda', async () => {
  const waiting = configure(
    'hangs',
    `export const handler = () => new Promise(() => setInterval(() => {}, 1000));`,
    { timeoutSeconds: 1 },
  );
  const { value, requestId, functionError } = await run(waiting);
  assert.equal(functionError, 'Unhandled');
  assert.deepEqual(value, {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after 1.00 seconds`,
  });
  const looping = configure('loops', `export const handler = () => { for (;;); };`, { timeoutSeconds: 1 });
  assert.equal((await run(looping)).value['errorType'], 'Sandbox.Timedout');
});

test('the log says why the sandbox ended an invocation, and nothing of the kind where the function answered', async () => {
  const ends = async (name: string, source: string) =>
    (await run(configure(name, source, { timeoutSeconds: 1 }))).logTail;
  const late = await ends('late', `export const handler = () => { for (;;); };`);
  assert.match(late, /^\S+Z \S+ Task timed out after 1\.00 seconds\nEND .*\nREPORT .*\tStatus: timeout\n$/m);
  const gone = await ends('gone', `export const handler = async () => process.exit(3);`);
  assert.match(gone, /Runtime exited with error: exit status 3\nRuntime\.ExitError\nEND /);
  assert.match(gone, /\tStatus: error\tError Type: Runtime\.ExitError\n$/);
  const threw = await ends('threw', `export const handler = async () => { throw new Error('no'); };`);
  assert.match(threw, /^REPORT /m);
  assert.doesNotMatch(threw, /Status: |timed out/);
});

test('a function that exits, kills itself or lets its event loop run dry is an answer too', async () => {
  const exits = await run(configure('exits', `export const handler = async () => process.exit(3);`));
  assert.deepEqual(exits.value, {
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${exits.requestId} Error: Runtime exited with error: exit status 3`,
  });
  const killed = await run(
    configure(
      'killed',
      `export const handler = async () => { process.kill(process.pid, 'SIGKILL'); await new Promise(() => setInterval(() => {}, 9)); };`,
    ),
  );
  assert.match(String(killed.value['errorMessage']), /Runtime exited with error: signal: killed/);
  const dry = await run(configure('dry', `export const handler = () => new Promise(() => {});`));
  assert.equal(dry.value['errorType'], 'Runtime.NodeJsExit');
  const rejected = await run(
    configure(
      'rejects',
      `export const handler = () => { Promise.reject(new Error('nobody listens')); return new Promise((r) => setTimeout(r, 5000)); };`,
    ),
  );
  assert.equal(rejected.value['errorType'], 'Runtime.UnhandledPromiseRejection');
});

test('a handler that cannot be loaded says what is missing', async () => {
  assert.equal(
    (await run(configure('syntax', `export const handler = (;`))).value['errorType'],
    'Runtime.UserCodeSyntaxError',
  );
  assert.equal(
    (await run(configure('absent', ``, { handler: 'nowhere.handler' }))).value['errorType'],
    'Runtime.ImportModuleError',
  );
  assert.equal(
    (await run(configure('noexport', `export const other = 1;`))).value['errorType'],
    'Runtime.HandlerNotFound',
  );
  assert.equal(
    (await run(configure('dots', ``, { handler: '../dots.handler' }))).value['errorType'],
    'Runtime.MalformedHandlerName',
  );
});

test('a function that takes more memory than it was given is killed, buffers counted', async () => {
  const configuration = configure(
    'memory',
    `export const handler = async () => {
       const held: Buffer[] = [];
       for (;;) { held.push(Buffer.alloc(16 << 20, 1)); await new Promise((r) => setTimeout(r, 5)); }
     };`,
  );
  const { value, requestId } = await run(configuration);
  assert.deepEqual(value, {
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`,
  });
});

test('ten megabytes of output neither block the function nor the server', async () => {
  const configuration = configure(
    'prints',
    `export const handler = async () => { for (let i = 0; i < 10; i++) console.log('x'.repeat(1024 * 1024)); return 'done'; };`,
  );
  const before = recorded.logs.length;
  const { payload, logTail } = await run(configuration);
  assert.equal(payload, '"done"');
  assert.ok(logTail.length <= 4096);
  const logged = recorded.logs.slice(before).join('');
  assert.ok(logged.length < 2 * 1024 * 1024, `${logged.length} bytes were kept`);
  for (const line of [/more bytes of output were left out/, /^START RequestId/m, /^REPORT RequestId/m])
    assert.ok(line.test(logged), `no ${line}`);
});

test('an answer beyond six megabytes is refused as Lambda refuses it', async () => {
  const { value } = await run(
    configure('huge', `export const handler = async () => 'x'.repeat(7 * 1024 * 1024);`),
  );
  assert.equal(value['errorType'], 'Function.ResponseSizeTooLarge');
});

test('the environment is built from nothing and points at the gateway', async () => {
  process.env['RIPOSTE_TEST_SECRET'] = 'the server knows, the function must not';
  const { value } = await run(
    configure('environment', `export const handler = async () => ({ ...process.env });`, {
      environment: { TOPIC_ARN: 'arn:of:topic' },
    }),
  );
  delete process.env['RIPOSTE_TEST_SECRET'];
  assert.equal(value['RIPOSTE_TEST_SECRET'], undefined);
  assert.equal(value['HOME'], undefined);
  assert.equal(value['TOPIC_ARN'], 'arn:of:topic');
  assert.equal(value['AWS_ENDPOINT_URL'], 'http://127.0.0.1:4566');
  assert.equal(value['AWS_ACCESS_KEY_ID'], 'ASIATESTTESTTESTTEST');
  assert.equal(value['AWS_LAMBDA_FUNCTION_NAME'], 'environment');
});

test('the AWS SDK is there without packing it, by import and by require', async () => {
  const imported = configure(
    'imports',
    `import { IAMClient } from '@aws-sdk/client-iam';
     export const handler = async () => ({ region: await new IAMClient({}).config.region()});`,
  );
  assert.deepEqual((await run(imported)).value, { region: 'us-east-1' });
  writeFileSync(
    join(folder, 'requires.cjs'),
    `const { SNSClient } = require('@aws-sdk/client-sns'); exports.handler = async () => typeof SNSClient;`,
  );
  const required = {
    ...imported,
    functionName: 'requires',
    handler: 'requires.handler',
    codeSha256: 'requires',
  };
  assert.equal((await run(required)).payload, '"function"');
});

test('calls are attributed to the step while its invocation runs, and to nobody after', async () => {
  const step: StepReference = {
    executionArn: 'arn:aws:states:us-east-1:000000000000:execution:m:e',
    executionName: 'e',
    stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:m',
    simulated: false,
    stateName: 'Contain',
    visit: 2,
    attempt: 1,
    taskId: 'task-1',
  };
  const before = recorded.attributions.length;
  await run(configure('attributed', `export const handler = async () => null;`), {}, step);
  assert.deepEqual(recorded.attributions.slice(before), ['task-1', undefined]);
});

test('callback handlers answer on the older runtime and are refused on the newer', async () => {
  const source = `export const handler = (event: unknown, context: unknown, callback: (e: unknown, r: unknown) => void) => callback(null, { old: true });`;
  assert.deepEqual((await run(configure('callback20', source, { runtime: 'nodejs20.x' }))).value, {
    old: true,
  });
  assert.equal(
    (await run(configure('callback24', source))).value['errorType'],
    'Runtime.CallbackHandlerDeprecated',
  );
});

test('a warm process whose role was made anew is not used again', async () => {
  const configuration = configure('roles', `export const handler = async () => process.pid;`);
  const first = await run(configuration);
  recorded.roleGeneration = 2;
  assert.notEqual((await run(configuration)).payload, first.payload);
});

test('an unknown runtime is refused by name', async () => {
  await assert.rejects(
    run(configure('cobol', '', { runtime: 'cobol85' })),
    /^InvalidParameterValueException: Value cobol85 at 'runtime' .*This server has no other runtimes yet\.$/,
  );
});

test('closing ends every process and voids its credentials', async () => {
  const log: Recorded = { logs: [], attributions: [], revoked: 0 };
  const own = createFunctionHost(hostOptions(log, folder));
  const configuration = configure('closing', `export const handler = async () => process.pid;`);
  const { payload } = await own.invoke({ configuration, payload: '{}', requestId: 'one' });
  await own.close();
  assert.equal(log.revoked, 1);
  assert.throws(() => process.kill(Number(payload), 0), /ESRCH/);
  await assert.rejects(own.invoke({ configuration, payload: '{}', requestId: 'two' }), /shutting down/);
});

test('function processes end when the server is killed, busy or not', async (t) => {
  const script = join(folder, 'server.ts');
  writeFileSync(
    join(folder, 'busy.ts'),
    `export const handler = async () => { process.stdout.write(''); for (;;); };`,
  );
  writeFileSync(join(folder, 'pid.ts'), `export const handler = async () => process.pid;`);
  writeFileSync(
    script,
    `import { createFunctionHost } from ${JSON.stringify(import.meta.resolve('@riposte/functions'))};
     import { hostOptions } from ${JSON.stringify(import.meta.resolve('./host-options.ts'))};
     const host = createFunctionHost(hostOptions({ logs: [], attributions: [], revoked: 0 }, ${JSON.stringify(folder)}));
     const configuration = (name) => ({ functionName: name, functionArn: name, runtime: 'nodejs24.x', handler: name + '.handler', timeoutSeconds: 60, memorySizeMb: 128,
       environment: {}, roleArn: 'r', codeSha256: name, region: 'us-east-1' });
     const { payload } = await host.invoke({ configuration: configuration('pid'), payload: '{}', requestId: 'a' });
     void host.invoke({ configuration: configuration('busy'), payload: '{}', requestId: 'b' });
     console.log(payload);
     setInterval(() => {}, 1000);`,
  );
  const server = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => server.kill('SIGKILL'));
  const [line] = (await new Promise<Buffer>((resolve) => server.stdout.once('data', resolve)))
    .toString()
    .split('\n');
  const pid = Number(line);
  assert.ok(pid > 0);
  server.kill('SIGKILL');
  for (let look = 0; isAlive(pid); look += 1) {
    assert.ok(look < 200, `process ${pid} outlived its server`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('an invocation that the closing host ends is refused, not answered', async () => {
  const own = createFunctionHost(hostOptions(recorded, folder));
  const begun = join(folder, 'begun');
  const configuration = configure(
    'interrupted',
    `import { writeFileSync } from 'node:fs';
     export const handler = () => { writeFileSync(${JSON.stringify(begun)}, ''); return new Promise(() => setInterval(() => {}, 1000)); };`,
  );
  const invoked = own.invoke({ configuration, payload: '{}', requestId: 'r1' });
  const refused = assert.rejects(invoked, {
    code: 'ServiceException',
    status: 500,
    message: /shutting down/,
  });
  while (!existsSync(begun)) await new Promise((resolve) => setImmediate(resolve));
  await own.close();
  await refused;
});

test('a process that is still being started when the host closes does not outlive it', async () => {
  const issued = Promise.withResolvers<void>();
  const options = hostOptions(recorded, folder);
  const revokedBefore = recorded.revoked;
  const own = createFunctionHost({
    ...options,
    credentials: {
      issue: async (request) => {
        await issued.promise;
        return options.credentials.issue(request);
      },
    },
  });
  const configuration = configure('late', 'export const handler = () => 1;');
  const refused = assert.rejects(own.invoke({ configuration, payload: '{}', requestId: 'r1' }), {
    code: 'ServiceException',
  });
  await own.close();
  issued.resolve();
  await refused;
  assert.equal(recorded.revoked, revokedBefore + 1);
});
