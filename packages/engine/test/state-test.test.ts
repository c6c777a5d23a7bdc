import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoreHost } from '@riposte/engine';
import { untilAborted } from '@riposte/testkit';
import { createWorld, REGION, ROLE } from './world.ts';

const MINUTE_MS = 60_000;
const wait = (Seconds: number) => ({ Type: 'Wait', Seconds, End: true });
const task = (more: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::sns:publish',
  End: true,
  ...more,
});

function tested(host: StoreHost, definition: object, more: object = {}) {
  return host.testState({ definition: JSON.stringify(definition), region: REGION, roleArn: ROLE, ...more });
}

test('a tested Task is handed to the runner as a step of an execution that nobody stores', async (t) => {
  const world = await createWorld(t, () => ({ kind: 'succeeded', output: '{"sent":1}' }));
  const report = await tested(world.host, task(), { input: '{"to":"ops"}' });
  assert.equal(report.output, '{"sent": 1}');
  const [request] = world.runner.requests;
  assert.equal(request?.parameters, '{"to":"ops"}');
  assert.equal(request.roleArn, ROLE);
  assert.match(request.step.executionArn, /^arn:aws:states:eu-west-1:123456789012:express:[\w-]+:[\w-]+$/);
  assert.deepEqual((await world.host.listExecutions({}, {})).executions, []);
});

test('a wait is waited for', async (t) => {
  const world = await createWorld(t);
  const report = tested(world.host, wait(90));
  await world.clock.advanceBy(90_000);
  assert.equal((await report).status, 'SUCCEEDED');
});

test('a test ends after five minutes, whatever it is at', async (t) => {
  const world = await createWorld(t, (_request, signal) => untilAborted(signal));
  const reports = [tested(world.host, wait(3600)), tested(world.host, task())];
  await world.clock.advanceBy(5 * MINUTE_MS);
  for (const report of await Promise.all(reports))
    assert.deepEqual([report.status, report.error], ['FAILED', 'States.Timeout']);
});

test('a Task has its own time, and is aborted after it', async (t) => {
  let isAborted = false;
  const world = await createWorld(t, async (_request, signal) => {
    const outcome = await untilAborted(signal);
    isAborted = true;
    return outcome;
  });
  const report = tested(world.host, task({ TimeoutSeconds: 7 }));
  await world.clock.advanceBy(7_000);
  assert.equal((await report).error, 'States.Timeout');
  assert.ok(isAborted);
});

test('the request of an HTTP task is told also when its answer comes too late', async (t) => {
  const request = { protocol: 'https', method: 'GET', url: 'https://api.example.com/', headers: '[]' };
  const world = await createWorld(t, ({ trace }, signal) => {
    trace?.requested(request);
    return untilAborted(signal);
  });
  const definition = { ...task({ TimeoutSeconds: 7 }), Resource: 'arn:aws:states:::http:invoke' };
  const Parameters = { ApiEndpoint: request.url, Method: 'GET', Authentication: { ConnectionArn: 'arn' } };
  const report = tested(world.host, { ...definition, Parameters }, { inspectionLevel: 'TRACE' });
  await world.clock.advanceBy(7_000);
  const { error, inspectionData } = await report;
  assert.equal(error, 'States.Timeout');
  assert.deepEqual([inspectionData.request, inspectionData.response], [request, undefined]);
});

test('a host that closes keeps no test waiting, nor does a caller that has gone', async (t) => {
  const world = await createWorld(t);
  const gone = new AbortController();
  const left = tested(world.host, wait(60), { signal: gone.signal });
  const open = tested(world.host, wait(60));
  gone.abort();
  assert.equal((await left).status, 'FAILED');
  await world.host.close();
  assert.equal((await open).status, 'FAILED');
  assert.equal(world.clock.waitingCount, 0);
});

test('a request that cannot be carried out is refused with the code of the service', async (t) => {
  const world = await createWorld(t);
  await assert.rejects(tested(world.host, task(), { roleArn: undefined, mock: { result: '?' } }), {
    code: 'ValidationException',
    message: 'Mocked result must be valid JSON',
  });
});
