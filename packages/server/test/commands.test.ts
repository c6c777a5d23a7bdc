import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type {
  CallSummary,
  ExecutionDetail,
  ExecutionSummary,
  MailSummary,
  SampleName,
  SimulatedEvents,
} from '@riposte/server';
import { freePort } from './support/mail-server.ts';
import { PLAYBOOK, riposte, SAMPLE, World } from './support/world.ts';

const STACK = 'exposed-access-key';

let world: World;

before(async () => {
  world = await World.open();
});
after(() => world.close());

async function listed(service: string, operation: string, member: string, input: object = {}) {
  return (await world.aws().call(service, operation, input))[member] as Record<string, unknown>[];
}

test('a template that was applied is applied again without a change', async () => {
  const first = await world.riposte('up', PLAYBOOK, '-p', 'NotificationEmail=security@example.com');
  assert.equal(first.code, 0, first.err);
  assert.match(first.out, /created ContainKeyFunction \(AWS::Lambda::Function|created ContainKeyFunction/);
  const again = await world.riposte('up', PLAYBOOK, '-p', 'NotificationEmail=security@example.com');
  assert.equal(again.code, 0, again.err);
  assert.match(again.out, /nothing to do|no changes|up to date/i);
  assert.doesNotMatch(again.out, /created|updated|replaced|deleted/);
});

test('a parameter that changes updates what it touches and nothing else', async () => {
  const parameters = ['-p', 'NotificationEmail=security@example.com', '-p', 'Containment=Deactivate'];
  const planned = await world.riposte('up', PLAYBOOK, ...parameters, '--plan');
  assert.equal(planned.code, 0, planned.err);
  assert.match(planned.out, /ExtractKeysFunction/);
  const { Configuration: before } = await world
    .aws()
    .call('lambda', 'GetFunction', { FunctionName: `${STACK}-ContainKey` });
  const changed = await world.riposte('up', PLAYBOOK, ...parameters);
  assert.equal(changed.code, 0, changed.err);
  assert.deepEqual(
    [...changed.out.matchAll(/^ {2}(\w+) (\w+) \(AWS/gm)].map(([, did, what]) => [did, what]),
    [['updated', 'ExtractKeysFunction']],
  );
  const now = (name: string) => world.aws().call('lambda', 'GetFunction', { FunctionName: name });
  assert.deepEqual((await now(`${STACK}-ContainKey`))['Configuration'], before);
  const { Configuration } = await now(`${STACK}-ExtractKeys`);
  const { Environment } = Configuration as { Environment: { Variables: Record<string, string> } };
  assert.equal(Environment.Variables['CONTAINMENT'], 'Deactivate');
});

test('a parameter value that the template does not allow is refused before anything changes', async () => {
  const { code, err } = await world.riposte('up', PLAYBOOK, '-p', 'Containment=Explode');
  assert.equal(code, 1);
  assert.match(err, /Containment/);
  assert.match(err, /DeactivateThenDelete/);
});

test('what a simulation did is listed, shown, drawn and printed as JSON', async () => {
  const { accessKeyId } = await world.createUser('alice');
  const simulated = await world.riposte('simulate', SAMPLE, '--key', accessKeyId, '--user', 'alice');
  assert.equal(simulated.code, 0, simulated.err);
  const [, eventId = ''] = /SIMULATED event (\S+):/.exec(simulated.out) ?? [];
  const { response } = await world.endedStory(eventId);
  const arn = response?.executionArn ?? '';
  await world.mails(arn);

  const executions = await world.json<ExecutionSummary[]>('executions');
  assert.equal(executions.length, 2);
  const shown = await world.json<ExecutionDetail & { calls: CallSummary[] }>('show', response?.name ?? '');
  assert.equal(shown.executionArn, arn);
  const calls = await world.json<CallSummary[]>('calls', arn);
  assert.deepEqual(shown.calls, calls);
  assert.ok(calls.some(({ operation }) => operation === 'UpdateAccessKey'));
  const [mail] = await world.json<MailSummary[]>('mail');
  assert.match(mail?.subject ?? '', /DEACTIVATED/);
  const { out } = await world.riposte('mail', mail?.id ?? '');
  assert.match(out, /^Subject: \[SIMULATED\]/m);
  assert.ok(await world.json('graph', 'RespondToExposedKey'));
  assert.match((await world.riposte('graph', 'RespondToExposedKey')).out, /DeleteAccessKeyPair/);
  assert.match((await world.riposte('show', arn)).out, /SUCCEEDED after/);
  assert.equal((await world.riposte('show', arn, '--watch')).code, 0);
  const file = join(world.folder, 'machine.svg');
  assert.equal((await world.riposte('graph', 'ClaimIncident', '--svg', file)).code, 0);
  assert.match(readFileSync(file, 'utf8'), /^<svg/);
});

test('the sample events are listed', async () => {
  const { code, out } = await world.riposte('simulate', '--list');
  assert.equal(code, 0);
  assert.match(out, /^AWS Health: credentials at risk\n {2}health\/AWS_RISK_CREDENTIALS_EXPOSED$/m);
  const samples = await world.json<SampleName[]>('simulate', '--list');
  assert.ok(samples.some(({ name }) => name === SAMPLE));
});

test('pages, copies and repetitions of a notice can be rehearsed', async () => {
  const lost = ['simulate', 'health/AWS_EBS_VOLUME_LOST', '--entity', 'vol-1', 'vol-2', 'vol-3'];
  const first = await world.json<SimulatedEvents>(...lost, '--pages', '2', '--backup', '--repeat', '2');
  const all = [first, ...first.further].map(({ event }) => event);
  assert.deepEqual(
    all.map(({ region, resources, detail }) => [region, detail['page'], resources]),
    [1, 2].flatMap(() => [
      ['us-east-1', '1', ['vol-1', 'vol-2']],
      ['us-east-1', '2', ['vol-3']],
      ['us-west-2', '1', ['vol-1', 'vol-2']],
      ['us-west-2', '2', ['vol-3']],
    ]),
  );
  const stored = await (await world.people()).get<{ simulated: boolean }>(`/api/events/${all[7]?.id}`);
  assert.equal(stored.simulated, true);
});

test('what a sample cannot be is said before anything is injected', async () => {
  for (const [words, said] of [
    [['health/AWS_EBS_VOLUM_LOST'], /Did you mean health\/AWS_EBS_VOLUME_LOST\?/],
    [['signin/RootConsoleLogin', '--backup'], /no notice of AWS Health, so it has no withBackup/],
    [['health/AWS_EBS_VOLUME_LOST', '--pages', '3', '--entity', 'vol-1'], /3 pages need at least as many/],
    [['health/AWS_EBS_VOLUME_LOST', '--pages', '0'], /from 1 to 100/],
    [['health/AWS_EBS_VOLUME_LOST', '--account', '12'], /twelve digits/],
  ] as const) {
    const { code, err } = await world.riposte('simulate', ...words);
    assert.equal(code, 1);
    assert.match(err, said);
  }
});

test('an event of one’s own is put on the bus, one of AWS’s is not', async () => {
  const file = join(world.folder, 'event.json');
  writeFileSync(file, '{"source":"shop","detail-type":"order","detail":{"n":1}}');
  const sent = await world.riposte('send', file);
  assert.equal(sent.code, 0, sent.err);
  const [, eventId = ''] = /^Event (\S+) is on the bus default\./.exec(sent.out) ?? [];
  const stored = await (await world.people()).get<{ simulated: boolean }>(`/api/events/${eventId}`);
  assert.equal(stored.simulated, false);
  writeFileSync(file, '{"source":"aws.health","detail-type":"x","detail":{}}');
  const refused = await world.riposte('send', file);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /riposte simulate/);
  writeFileSync(file, '{"source":"shop","detail-type":"order"}');
  const broken = await world.riposte('send', file);
  assert.equal(broken.code, 1);
  assert.match(broken.err, /Detail/);
  assert.doesNotMatch(broken.err, /^\s+at /m);
  const missing = await world.riposte('send', join(world.folder, 'nowhere.json'));
  assert.equal(missing.code, 1);
  assert.match(missing.err, /nowhere\.json cannot be read/);
  writeFileSync(file, '{"source":"shop","detail-type":"order","detail":{},"time":"noon"}');
  const timeless = await world.riposte('send', file);
  assert.equal(timeless.code, 1);
  assert.match(timeless.err, /time/);
  assert.doesNotMatch(timeless.err, /^\s+at /m);
});

test('a stack that is taken down leaves its log groups and nothing else, and can be applied again', async () => {
  const down = await world.riposte('down', STACK);
  assert.equal(down.code, 0, down.err);
  assert.deepEqual(await listed('states', 'ListStateMachines', 'stateMachines'), []);
  assert.deepEqual(await listed('lambda', 'ListFunctions', 'Functions'), []);
  assert.deepEqual(await listed('iam', 'ListRoles', 'Roles'), []);
  assert.deepEqual(await listed('sns', 'ListTopics', 'Topics'), []);
  assert.deepEqual(await listed('sns', 'ListSubscriptions', 'Subscriptions'), []);
  assert.deepEqual(await listed('events', 'ListRules', 'Rules'), []);
  assert.deepEqual(await world.json('stacks'), []);
  const groups = await listed('logs', 'DescribeLogGroups', 'logGroups');
  assert.ok(groups.some(({ logGroupName }) => logGroupName === `/aws/lambda/${STACK}-ContainKey`));
  const twice = await world.riposte('down', STACK);
  assert.equal(twice.code, 1);
  assert.match(twice.err, /There is no stack named/);
  const up = await world.riposte('up', PLAYBOOK);
  assert.equal(up.code, 0, up.err);
  assert.equal((await listed('lambda', 'ListFunctions', 'Functions')).length, 4);
});

test('code that changes is what runs next', async () => {
  const folder = join(world.folder, 'changing');
  cpSync(join(import.meta.dirname, 'templates', 'functions'), folder, { recursive: true });
  const file = join(folder, 'functions', 'answers', 'index.mjs');
  const roleArn = await world.createRole('steps', 'states', 'lambda:InvokeFunction');
  const machine = await world.createMachine('ask', roleArn, {
    Ask: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: 'answers' },
      OutputPath: '$.Payload',
      End: true,
    },
  });
  for (const answer of ['"one"', '"two"']) {
    writeFileSync(file, `export const handler = () => ${answer};`);
    const { code, err } = await world.riposte('up', folder);
    assert.equal(code, 0, err);
    assert.equal((await world.run(machine)).output, answer);
  }
});

test('a command line that is wrong ends with 2 and points to the help', async () => {
  for (const words of [
    ['explode'],
    ['up'],
    ['up', PLAYBOOK, '--nonsense'],
    ['executions', '--status', 'LOST'],
  ]) {
    const { code, err } = await world.riposte(...words);
    assert.equal(code, 2, words.join(' '));
    assert.match(err, /--help/);
  }
  const bare = await world.riposte();
  assert.match(bare.out + bare.err, /Usage: riposte/);
});

test('every command has a help', async () => {
  const { code, out } = await world.riposte('--help');
  assert.equal(code, 0);
  const names = 'demo start up down stacks simulate send executions show calls mail graph'.split(' ');
  for (const name of names) {
    assert.match(out, new RegExp(`^  ${name} `, 'm'));
    const help = await world.riposte(name, '--help');
    assert.equal(help.code, 0);
    assert.match(help.out, new RegExp(`Usage: riposte ${name}`));
  }
});

test('a server that does not answer is an error that says what to do', async () => {
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const { code, err } = await riposte(['executions', '--endpoint', endpoint]);
  assert.equal(code, 1);
  assert.match(err, /No Riposte server answers/);
  assert.match(err, /npx riposte start/);
  const { peopleUrl } = world.server.describe();
  const other = await riposte(['executions', '--endpoint', peopleUrl]);
  assert.equal(other.code, 1);
  assert.match(other.err, /is not a Riposte server/);
});

test('what is not there is named', async () => {
  const cases: [string[], RegExp][] = [
    [['show', 'nobody'], /There is no execution 'nobody'/],
    [['show', 'arn:aws:states:us-east-1:000000000000:execution:a:b'], /Execution Does Not Exist/],
    [['calls', 'arn:aws:states:us-east-1:000000000000:execution:a:b'], /Execution Does Not Exist/],
    [['mail', 'nobody'], /There is no mail 'nobody'/],
    [['graph', 'nobody'], /neither a file nor a state machine/],
    [['simulate', 'health/NOBODY'], /There is no sample event/],
    [['up', join(world.folder, 'nowhere')], /There is no /],
  ];
  for (const [words, expected] of cases) {
    const { code, err } = await world.riposte(...words);
    assert.equal(code, 1, words.join(' '));
    assert.match(err, expected);
    assert.doesNotMatch(err, /^\s+at /m);
  }
});

test('an apply that fails half-way says where, keeps what it made on record, and goes on when mended', async () => {
  const file = join(world.folder, 'half-way.yaml');
  // where a resource gives the value, only the service can tell that the definition is wrong
  const template = (next: string) => `
Resources:
  Next: { Type: AWS::SNS::Topic, Properties: { TopicName: ${next} } }
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - { Effect: Allow, Principal: { Service: states.amazonaws.com }, Action: sts:AssumeRole }
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      StateMachineName: half-way
      RoleArn: !GetAtt Role.Arn
      DefinitionString: '{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"\${Next}"},"B":{"Type":"Succeed"}}}'
      DefinitionSubstitutions: { Next: !GetAtt Next.TopicName }
`;
  writeFileSync(file, template('Nowhere'));
  const failed = await world.riposte('up', file, '--stack', 'half-way');
  assert.equal(failed.code, 1);
  assert.match(failed.out + failed.err, /FAILED to create Machine/);
  assert.match(failed.out + failed.err, /MISSING_TRANSITION_TARGET/);
  assert.doesNotMatch(failed.err, /^\s+at /m);
  const stacks = await world.json<{ name: string; status: string }[]>('stacks');
  assert.match(stacks.find(({ name }) => name === 'half-way')?.status ?? '', /FAILED/);
  writeFileSync(file, template('B'));
  const mended = await world.riposte('up', file, '--stack', 'half-way');
  assert.equal(mended.code, 0, mended.err);
  assert.doesNotMatch(mended.out, /created Role/);
  assert.match(mended.out, /created Machine/);
  assert.equal((await world.riposte('down', 'half-way')).code, 0);
});
