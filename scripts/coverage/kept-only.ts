import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSimulatedSystem, type SimulatedSystem } from '@riposte/server';
import { operationModel } from '../../packages/gateway/src/wire/models.ts';
import { requiredMembers } from '../../packages/gateway/src/wire/validation.ts';
import { membersOf } from './probe-input.ts';

const ACCOUNT = '000000000000';
const REGION = 'us-east-1';
const machineArn = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:m`;
const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const QUEUE_URL = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/q`;

function definition(Result: string): string {
  const send = { QueueUrl: QUEUE_URL, 'MessageBody.$': '$' };
  return JSON.stringify({
    StartAt: 'P',
    States: {
      P: { Type: 'Pass', Result, ResultPath: '$.result', Next: 'T' },
      T: { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage', Parameters: send, End: true },
    },
  });
}

/** The operations that set up and start machines, with what they need. */
const SCENES = {
  CreateStateMachine: { name: 'm', definition: definition('a'), roleArn: roleArn('one') },
  UpdateStateMachine: { stateMachineArn: machineArn, definition: definition('b') },
  StartExecution: { stateMachineArn: machineArn, name: 'run' },
  StartSyncExecution: { stateMachineArn: machineArn, name: 'run' },
} satisfies Record<string, object>;
type Scene = keyof typeof SCENES;

/** A value of each other member that differs from what is there without it. */
const VALUES: Readonly<Record<string, unknown>> = {
  type: 'EXPRESS',
  roleArn: roleArn('two'),
  loggingConfiguration: {
    level: 'ALL',
    destinations: [
      { cloudWatchLogsLogGroup: { logGroupArn: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:tour:*` } },
    ],
  },
  tags: [{ key: 'team', value: 'security' }],
  tracingConfiguration: { enabled: true },
  publish: true,
  versionDescription: 'first',
  encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
  input: '{"a":1}',
  traceHeader: 'Root=1-67a1-2b',
  includedData: 'METADATA_ONLY',
};
/** Members that mean something only beside another. */
const BESIDE: Readonly<Record<string, object>> = { versionDescription: { publish: true } };

/**
 * Members that are kept to be told again and make no other difference, by operation: a machine is set up and run twice
 * on a system in memory, with the member and without, and everything is compared that can be seen of it then.
 */
export async function keptOnly(): Promise<Map<string, Set<string>>> {
  const kept = new Map<string, Set<string>>();
  for (const scene of Object.keys(SCENES) as Scene[]) {
    const { input } = operationModel('states', scene);
    const needed = new Set([...requiredMembers(input), ...Object.keys(SCENES[scene])]);
    const members = membersOf(input).flatMap(([name]) => (needed.has(name) ? [] : [name]));
    const passive = new Set<string>();
    for (const member of members) if (await isKeptOnly(scene, member)) passive.add(member);
    kept.set(scene, passive);
  }
  return kept;
}

async function isKeptOnly(scene: Scene, member: string): Promise<boolean> {
  if (!(member in VALUES)) throw new Error(`kept-only.ts has no value of ${member} to try.`);
  const beside = BESIDE[member] ?? {};
  const without = await seen(scene, beside);
  const again = await seen(scene, beside);
  const withIt = await seen(scene, { ...beside, [member]: VALUES[member] });
  return [...new Set([...without.keys(), ...withIt.keys()])].every((place) => {
    const isSteady = without.get(place) === again.get(place);
    const isItself = place.split('.').includes(member);
    return !isSteady || isItself || without.get(place) === withIt.get(place);
  });
}

/** What is seen of a machine's life, value by value, by place. */
async function seen(scene: Scene, more: object): Promise<Map<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'riposte-coverage-'));
  const system = await openSimulatedSystem({
    folder,
    compileCacheFolder: join(folder, 'cache'),
    account: ACCOUNT,
    region: REGION,
    realTimeMaxMs: 60_000,
    report: (line) => console.error(line),
  });
  const values = new Map<string, string>();
  const look = async (service: string, operation: string, input: object) => {
    const answer = await system.call(service, operation, input).catch(String);
    collect(answer, operation, values);
    return answer;
  };
  try {
    await surroundings(system);
    await live(look, system, scene, more);
    collect(system.calls(), 'calls', values);
    return values;
  } finally {
    await system.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Look = (service: string, operation: string, input: object) => Promise<unknown>;

async function live(look: Look, system: SimulatedSystem, scene: Scene, more: object): Promise<void> {
  const inputOf = (operation: Scene) => ({ ...SCENES[operation], ...(operation === scene && more) });
  const isSync = scene === 'StartSyncExecution';
  await look('states', 'CreateStateMachine', {
    ...inputOf('CreateStateMachine'),
    ...(isSync && { type: 'EXPRESS' }),
  });
  if (scene === 'UpdateStateMachine') await look('states', scene, inputOf(scene));
  await look('states', isSync ? scene : 'StartExecution', inputOf(isSync ? scene : 'StartExecution'));
  await system.runUntilQuiet();
  const executionArn = `arn:aws:states:${REGION}:${ACCOUNT}:execution:m:run`;
  for (const operation of ['DescribeStateMachine', 'ListStateMachineVersions'])
    await look('states', operation, { stateMachineArn: machineArn });
  await look('states', 'ListTagsForResource', { resourceArn: machineArn });
  for (const operation of ['DescribeExecution', 'DescribeStateMachineForExecution', 'GetExecutionHistory'])
    await look('states', operation, { executionArn });
  await look('logs', 'FilterLogEvents', { logGroupName: 'tour' });
  await look('sqs', 'ReceiveMessage', { QueueUrl: QUEUE_URL, AttributeNames: ['All'] });
}

async function surroundings(system: SimulatedSystem): Promise<void> {
  const document = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: statement });
  for (const RoleName of ['one', 'two']) {
    const Principal = { Service: 'states.amazonaws.com' };
    const trust = document({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' });
    await system.call('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: trust });
    await system.call('iam', 'PutRolePolicy', {
      RoleName,
      PolicyName: 'all',
      PolicyDocument: document({ Effect: 'Allow', Action: '*', Resource: '*' }),
    });
  }
  await system.call('logs', 'CreateLogGroup', { logGroupName: 'tour' });
  await system.call('sqs', 'CreateQueue', { QueueName: 'q' });
}

function collect(value: unknown, at: string, values: Map<string, string>): void {
  if (typeof value === 'object' && value !== null && !(value instanceof Date))
    for (const [name, member] of Object.entries(value)) collect(member, `${at}.${name}`, values);
  else values.set(at, JSON.stringify(value) ?? 'absent');
}
