import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HttpClient } from '@riposte/gateway';
import { openSimulatedSystem, type SimulatedSystem } from '@riposte/server';
import { testedHttpTask, testedStates } from './tested-states.ts';
import { pass, type Answer, type Call } from './tour-call.ts';

const ROLE = 'arn:aws:iam::000000000000:role/tour';
const endpoint: HttpClient = {
  send: async () => ({
    status: 200,
    statusText: 'OK',
    headers: {},
    rawHeaders: [],
    body: Buffer.from('hello'),
  }),
};
const refuse = { StartAt: 'F', States: { F: { Type: 'Fail', Error: 'No', Cause: 'because' } } };

/**
 * Calls every operation of Step Functions on a system in memory, in as many situations as answers differ.
 * @returns by operation the members that its answers had, dotted; items of lists as `[]`
 */
export async function tourStates(): Promise<Map<string, Set<string>>> {
  const folder = mkdtempSync(join(tmpdir(), 'riposte-coverage-'));
  const system = await openSimulatedSystem({
    folder,
    compileCacheFolder: join(folder, 'cache'),
    account: '000000000000',
    region: 'us-east-1',
    realTimeMaxMs: 60_000,
    httpClient: endpoint,
    report: (line) => console.error(line),
  });
  const told = new Map<string, Set<string>>();
  const call = async (operation: string, input: object = {}): Promise<Answer> => {
    const answer: Answer = await system.call('states', operation, input);
    const members = told.get(operation) ?? new Set();
    told.set(operation, members);
    collect(answer, '', members);
    return answer;
  };
  try {
    await system.call('logs', 'CreateLogGroup', { logGroupName: 'tour' });
    await machines(call);
    await executions(call, system);
    await mapRuns(call, system);
    await testedStates(call);
    await testedHttpTask(call, system);
    return told;
  } finally {
    await system.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function machines(call: Call): Promise<void> {
  const create = (name: string, definition: object, more: object = {}) =>
    call('CreateStateMachine', { name, definition: JSON.stringify(definition), roleArn: ROLE, ...more });
  const { stateMachineArn } = await create('versioned', pass, { publish: true, versionDescription: 'first' });
  await create('other', pass, { tags: [{ key: 'team', value: 'security' }] });
  const assigning = {
    StartAt: 'P',
    States: {
      P: { Type: 'Pass', Assign: { a: 1 }, Next: 'Q' },
      Q: { Type: 'Pass', Parameters: { 'a.$': '$a' }, End: true },
    },
  };
  const logged = await create('logged', assigning, {
    loggingConfiguration: {
      level: 'ALL',
      destinations: [
        { cloudWatchLogsLogGroup: { logGroupArn: 'arn:aws:logs:us-east-1:000000000000:log-group:tour:*' } },
      ],
    },
  });
  await call('DescribeStateMachine', { stateMachineArn: logged['stateMachineArn'] });
  const logging = await call('StartExecution', { stateMachineArn: logged['stateMachineArn'] });
  await call('DescribeStateMachineForExecution', { executionArn: logging['executionArn'] });
  const changed = JSON.stringify({ ...pass, Comment: 'changed' });
  const updated = await call('UpdateStateMachine', { stateMachineArn, definition: changed, publish: true });
  const versions = await call('ListStateMachineVersions', { stateMachineArn, maxResults: 1 });
  const version = versions['stateMachineVersions'][0].stateMachineVersionArn;
  await call('UpdateStateMachine', { stateMachineArn, definition: JSON.stringify(assigning) });
  const published = await call('PublishStateMachineVersion', { stateMachineArn, description: 'third' });
  for (const arn of [stateMachineArn, version, published['stateMachineVersionArn']])
    await call('DescribeStateMachine', { stateMachineArn: arn });
  const routes = [{ stateMachineVersionArn: updated['stateMachineVersionArn'], weight: 100 }];
  for (const name of ['live', 'next'])
    await call('CreateStateMachineAlias', { name, description: name, routingConfiguration: routes });
  const aliases = await call('ListStateMachineAliases', { stateMachineArn, maxResults: 1 });
  const { stateMachineAliasArn } = aliases['stateMachineAliases'][0];
  await call('UpdateStateMachineAlias', { stateMachineAliasArn, description: 'now' });
  await call('DescribeStateMachineAlias', { stateMachineAliasArn });
  await call('TagResource', { resourceArn: stateMachineArn, tags: [{ key: 'team', value: 'security' }] });
  await call('ListTagsForResource', { resourceArn: stateMachineArn });
  await call('UntagResource', { resourceArn: stateMachineArn, tagKeys: ['team'] });
  await call('ListStateMachines', { maxResults: 1 });
  const alias = await call('StartExecution', { stateMachineArn: stateMachineAliasArn });
  await call('DescribeExecution', { executionArn: alias['executionArn'] });
  await call('ListExecutions', { stateMachineArn, maxResults: 1 });
  await call('DescribeStateMachineForExecution', { executionArn: alias['executionArn'] });
  await call('DeleteStateMachineAlias', { stateMachineAliasArn });
  await call('DeleteStateMachineVersion', { stateMachineVersionArn: published['stateMachineVersionArn'] });
  for (const [name, definition] of [
    ['express', pass],
    ['refusing', refuse],
  ] as const) {
    const express = await create(name, definition, { type: 'EXPRESS' });
    const request = {
      stateMachineArn: express['stateMachineArn'],
      name: 'run',
      traceHeader: 'Root=1-67a1-2b',
    };
    await call('StartSyncExecution', request);
  }
}

async function executions(call: Call, system: SimulatedSystem): Promise<void> {
  const { activityArn } = await call('CreateActivity', { name: 'work', tags: [{ key: 'a', value: 'b' }] });
  await call('CreateActivity', { name: 'work-2' });
  await call('DescribeActivity', { activityArn });
  await call('ListActivities', { maxResults: 1 });
  const work = {
    StartAt: 'W',
    States: { W: { Type: 'Task', Resource: activityArn, HeartbeatSeconds: 60, End: true } },
  };
  const { stateMachineArn } = await call('CreateStateMachine', {
    name: 'working',
    definition: JSON.stringify(work),
    roleArn: ROLE,
  });
  const { executionArn } = await call('StartExecution', {
    stateMachineArn,
    name: 'one',
    traceHeader: 'Root=1-67a1-2b',
  });
  const failed = await call('GetActivityTask', { activityArn, workerName: 'tour' });
  await call('SendTaskHeartbeat', { taskToken: failed['taskToken'] });
  await call('SendTaskFailure', { taskToken: failed['taskToken'], error: 'Broken', cause: 'once' });
  await call('DescribeExecution', { executionArn });
  await system.advanceBy(1000);
  await call('RedriveExecution', { executionArn });
  const { taskToken } = await call('GetActivityTask', { activityArn });
  await call('SendTaskSuccess', { taskToken, output: '{}' });
  await call('DescribeExecution', { executionArn });
  await call('GetExecutionHistory', { executionArn, maxResults: 2 });
  await call('ListExecutions', { stateMachineArn });
  const second = await call('StartExecution', { stateMachineArn, name: 'two' });
  await call('StopExecution', { executionArn: second['executionArn'], error: 'Stopped' });
  await call('ListExecutions', { stateMachineArn, maxResults: 1 });
  await call('DeleteStateMachine', { stateMachineArn });
  await call('DeleteActivity', { activityArn });
}

async function mapRuns(call: Call, system: SimulatedSystem): Promise<void> {
  const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };
  const wait = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 60, Next: 'F' }, ...refuse.States } };
  const each = {
    Type: 'Map',
    Label: 'each',
    ItemProcessor: { ProcessorConfig, ...wait },
    Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }], // of which comes a second Map Run
    End: true,
  };
  const { stateMachineArn } = await call('CreateStateMachine', {
    name: 'mapping',
    definition: JSON.stringify({ StartAt: 'M', States: { M: each } }),
    roleArn: ROLE,
  });
  const { executionArn } = await call('StartExecution', { stateMachineArn, input: '[1,2]' });
  await system.advanceBy(1000);
  const runs = await call('ListMapRuns', { executionArn, maxResults: 1 });
  const { mapRunArn } = runs['mapRuns'][0];
  await call('UpdateMapRun', { mapRunArn, maxConcurrency: 1, toleratedFailurePercentage: 10 });
  await call('DescribeStateMachine', { stateMachineArn: `${stateMachineArn}/each` });
  const children = await call('ListExecutions', { mapRunArn });
  await call('DescribeExecution', { executionArn: children['executions'][0].executionArn });
  await call('DescribeStateMachineForExecution', { executionArn: children['executions'][0].executionArn });
  await system.runUntilQuiet();
  await call('DescribeMapRun', { mapRunArn });
  await call('RedriveExecution', { executionArn });
  await system.runUntilQuiet();
  await call('DescribeMapRun', { mapRunArn });
  const all = await call('ListMapRuns', { executionArn });
  for (const run of all['mapRuns']) await call('DescribeMapRun', { mapRunArn: run.mapRunArn });
  await call('ListMapRuns', { executionArn, maxResults: 1 });
}

/** Dates and texts are leaves; so is an event of a history, whose members are the event types' own. */
function collect(value: unknown, at: string, members: Set<string>): void {
  if (at !== '') members.add(at);
  if (Array.isArray(value)) for (const item of value) collect(item, `${at}[]`, members);
  else if (typeof value === 'object' && value !== null && !(value instanceof Date))
    for (const [name, member] of Object.entries(value))
      if (member !== undefined) collect(member, at === '' ? name : `${at}.${name}`, members);
}
