import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { signed } from './support/signed.ts';
import { ACCOUNT, World } from './support/world.ts';

const TEMPLATES = join(import.meta.dirname, 'templates');

const TYPES = { riposte: 'application/json', states: 'application/x-amz-json-1.0' };

let world: World;
let roleArn: string;
let otherRequests: () => Promise<unknown>;

before(async () => {
  world = await World.open();
  const { code, err } = await world.riposte('up', join(TEMPLATES, 'functions'));
  assert.equal(code, 0, err);
  roleArn = await world.createRole('steps', 'states', 'lambda:InvokeFunction');
  otherRequests = () => world.aws().call('sts', 'GetCallerIdentity', {});
});
after(() => world.close());

/** One execution of a machine whose only step invokes the function. */
async function runStep(functionName: string, input: object = {}, state: object = {}) {
  const machine = await world.createMachine(`${functionName}-${crypto.randomUUID()}`, roleArn, {
    Invoke: {
      Type: 'Task',
      Resource: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${functionName}`,
      End: true,
      ...state,
    },
  });
  const [ended] = await Promise.all([world.run(machine, input), otherRequests()]);
  return ended;
}

function causeOf({ cause }: { cause?: string }): Record<string, unknown> {
  return JSON.parse(cause ?? '') as Record<string, unknown>;
}

test('a resource type that is not supported is named with file and line before anything is changed', async () => {
  const folder = join(TEMPLATES, 'unknown-resource');
  const { code, err } = await world.riposte('up', folder);
  assert.equal(code, 1);
  assert.match(err, /unknown-resource\/template\.yaml:\d+/);
  assert.match(err, /AWS::Nuclear::Reactor/);
  assert.doesNotMatch(err, /^\s+at /m);
  assert.doesNotMatch(JSON.stringify(await world.aws().call('sns', 'ListTopics', {})), /never-made/);
  assert.doesNotMatch(JSON.stringify(await world.json('stacks')), /unknown-resource/);
});

test('a template that is no YAML is refused with file and line', async () => {
  const file = join(world.folder, 'broken.yaml');
  writeFileSync(file, 'Resources:\n  A: [1, 2\n  B: }\n');
  const { code, err } = await world.riposte('up', file);
  assert.equal(code, 1);
  assert.match(err, /broken\.yaml:\d+/);
});

test('an invalid definition is refused with the diagnostics of AWS', async () => {
  const definition = JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' } } });
  await assert.rejects(
    world.aws().call('states', 'CreateStateMachine', { name: 'broken', definition, roleArn }),
    {
      name: 'InvalidDefinition',
      message: /Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: .*\/States\/A\/Next/,
    },
  );
  await assert.rejects(
    world.aws().call('states', 'CreateStateMachine', { name: 'broken', definition: '{', roleArn }),
    { name: 'InvalidDefinition', message: /INVALID_JSON_DESCRIPTION/ },
  );
});

test('an entry whose detail is not JSON is answered as malformed, the others are taken', async () => {
  const entry = { Source: 'app', DetailType: 'order', Detail: '{}' };
  const answer = await world.aws().call('events', 'PutEvents', {
    Entries: [entry, { ...entry, Detail: '{"a":' }],
  });
  assert.equal(answer['FailedEntryCount'], 1);
  const [good, bad] = answer['Entries'] as Record<string, string>[];
  assert.ok(good?.['EventId']);
  assert.deepEqual([bad?.['ErrorCode'], bad?.['ErrorMessage']], ['MalformedDetail', 'Detail is malformed.']);
});

test('an event that is broken is refused with what is wrong with it', async () => {
  const file = join(world.folder, 'event.json');
  const simulate = (text: string) => {
    writeFileSync(file, text);
    return world.riposte('simulate', file);
  };
  const cases: [string, RegExp][] = [
    ['{"source":"aws.health","detail":{}}', /"detail-type" is missing/],
    ['{"source":"aws.health","detail-type":"x","detail":[]}', /"detail" must be a JSON object/],
    ['{"source":"a","detail-type":"x","detail":{},"time":"noon"}', /"time" must look like/],
    ['{"source":', /event\.json is not JSON/],
    ['[]', /one event as a JSON object/],
  ];
  for (const [text, expected] of cases) {
    const { code, err } = await simulate(text);
    assert.equal(code, 1, text);
    assert.match(err, expected);
  }
  await assert.rejects(world.simulate({ event: { source: 'a' } }), /The event is not valid/);
  await assert.rejects(world.simulate({ name: 'health/NO_SUCH_THING' }), /There is no sample event named/);
});

test('a body that is no JSON is refused by both doors', async () => {
  const { awsUrl } = world.server.describe();
  const body = '{"name":';
  const people = await world.people();
  for (const [url, service, headers] of [
    [new URL('/api/simulate', people.health.peopleUrl), 'riposte', {}],
    [new URL(awsUrl), 'states', { 'x-amz-target': 'AWSStepFunctions.ListStateMachines' }],
  ] as const) {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: await signed({ url, service, body, headers: { ...headers, 'content-type': TYPES[service] } }),
    });
    assert.equal(response.status, 400, service);
    assert.match(await response.text(), /JSON|Serialization/);
  }
});

test('what is too large is refused in the words of the service', async () => {
  const machine = await world.createMachine('echo', roleArn, { Echo: { Type: 'Succeed' } });
  const input = JSON.stringify({ text: 'x'.repeat(262_144) });
  await assert.rejects(world.aws().call('states', 'StartExecution', { stateMachineArn: machine, input }), {
    name: /^(ValidationException|InvalidExecutionInput)$/,
  });
  await assert.rejects(
    world.aws().call('states', 'StartExecution', { stateMachineArn: machine, input: '{"a":' }),
    { name: 'InvalidExecutionInput' },
  );
  await assert.rejects(
    world.aws().call('events', 'PutEvents', {
      Entries: [{ Source: 'a', DetailType: 'b', Detail: JSON.stringify({ text: 'x'.repeat(1_100_000) }) }],
    }),
    { name: /^(ValidationException|PutEventsRequestEntrySizeExceeded)$/ },
  );
});

test('a function that throws fails the step with its own error and its message', async () => {
  const { status, error, ...rest } = await runStep('throws');
  assert.deepEqual([status, error], ['FAILED', 'RangeError']);
  assert.equal(causeOf(rest)['errorMessage'], 'the thirteenth floor is missing');
});

test('a function that throws can be caught', async () => {
  const machine = await world.createMachine('catches', roleArn, {
    Invoke: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: 'throws', 'Payload.$': '$' },
      Catch: [{ ErrorEquals: ['RangeError'], Next: 'Caught' }],
      End: true,
    },
    Caught: { Type: 'Pass', Parameters: { 'error.$': '$.Error' }, End: true },
  });
  const { status, output } = await world.run(machine);
  assert.deepEqual([status, output], ['SUCCEEDED', '{"error":"RangeError"}']);
});

test('a function that hangs is ended at its timeout', async () => {
  const { status, error, ...rest } = await runStep('hangs');
  assert.deepEqual([status, error], ['FAILED', 'Sandbox.Timedout']);
  assert.match(String(causeOf(rest)['errorMessage']), /Task timed out after 1\.00 seconds/);
});

test('a state’s own timeout does not wait for its function', async () => {
  const { status, error } = await runStep('hangs-for-long', {}, { TimeoutSeconds: 1 });
  assert.deepEqual([status, error], ['FAILED', 'States.Timeout']);
});

test('a function that exits fails the step as Lambda says it', async () => {
  const { status, error, ...rest } = await runStep('exits');
  assert.deepEqual([status, error], ['FAILED', 'Runtime.ExitError']);
  assert.match(String(causeOf(rest)['errorMessage']), /Runtime exited with error: exit status 3/);
});

test('a function may print ten megabytes and still answers', async () => {
  const { status, output } = await runStep('shouts', { bytes: 10_000_000 });
  assert.deepEqual([status, output], ['SUCCEEDED', '"done"']);
});

test('an answer that is too large fails the step, not the server', async () => {
  const tooLargeForLambda = await runStep('shouts', { bytes: 0, answer: 7_000_000 });
  assert.deepEqual(
    [tooLargeForLambda.status, tooLargeForLambda.error],
    ['FAILED', 'Function.ResponseSizeTooLarge'],
  );
  const tooLargeForStates = await runStep('shouts', { bytes: 0, answer: 400_000 });
  assert.deepEqual(
    [tooLargeForStates.status, tooLargeForStates.error],
    ['FAILED', 'States.DataLimitExceeded'],
  );
});

test('after all that the server answers, remembers every execution, and has no bug to report', async () => {
  const { status } = await runStep('answers', { a: 1 });
  assert.equal(status, 'SUCCEEDED');
  const executions = await world.json<{ status: string }[]>('executions');
  assert.ok(executions.length > 7);
  assert.ok(executions.every((execution) => execution.status !== 'RUNNING'));
  assert.deepEqual(world.reports, []);
});
