import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from './support/until.ts';
import { ACCOUNT, World } from './support/world.ts';

const GROUP = '/aws/vendedlogs/states/respond';

let world: World;

before(async () => {
  world = await World.open();
});
after(() => world.close());

const call = (operation: string, input: object) => world.aws().call('logs', operation, input);

async function createLogged(name: string, type: string): Promise<string> {
  const created = await world.aws().call('states', 'CreateStateMachine', {
    name,
    type,
    roleArn: await world.createRole(`${name}Role`, 'states'),
    definition: JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Succeed' } } }),
    loggingConfiguration: {
      level: 'ALL',
      includeExecutionData: true,
      destinations: [
        { cloudWatchLogsLogGroup: { logGroupArn: `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:${GROUP}:*` } },
      ],
    },
  });
  return String(created['stateMachineArn']);
}

test('an execution says where its records are, and the command it names prints them', async () => {
  await call('CreateLogGroup', { logGroupName: GROUP });
  const { executionArn } = await world.run(await createLogged('respond', 'STANDARD'));
  const shown = await world.riposte('show', executionArn);
  const [, group = '', filter = ''] = /^logs {4}riposte logs (\S+) --filter '(.*)'$/m.exec(shown.out) ?? [];
  assert.equal(group, GROUP);
  const records = await until('The records', async () => {
    const lines = await world.json<{ message: string }[]>('logs', group, '--filter', filter);
    return lines.length === 4 && lines.map(({ message }) => (JSON.parse(message) as { type: string }).type);
  });
  assert.deepEqual(records, [
    'ExecutionStarted',
    'SucceedStateEntered',
    'SucceedStateExited',
    'ExecutionSucceeded',
  ]);
  const ends = await world.riposte('logs', GROUP, '--filter', '{ $.type = "ExecutionS*" && $.id > 1 }');
  assert.deepEqual([ends.code, ends.out], [0, ''], 'ids are texts: none is greater than a number');
  const printed = await world.riposte('logs', GROUP, '--filter', '{ $.type = "ExecutionSucceeded" }');
  assert.match(printed.out, /^\d{4}-\d{2}-\d{2}T[\d:.]+Z {2}\{"id":"4","type":"ExecutionSucceeded",.*\}\n$/);
});

test('the records of an express execution outlive the server, and show says where they are', async () => {
  const stateMachineArn = await createLogged('quick', 'EXPRESS');
  const { executionArn } = await world.aws().call('states', 'StartExecution', { stateMachineArn });
  await world.restart();
  const shown = await world.riposte('show', String(executionArn));
  assert.equal(shown.code, 1);
  const [, filter = ''] = /riposte logs GROUP --filter '(.*)'/.exec(shown.err) ?? [];
  const records = await world.json<{ message: string }[]>('logs', GROUP, '--filter', filter);
  assert.equal(records.length, 4);
});

test('groups are listed; a group, a time or a filter that makes no sense is refused with what would', async () => {
  await call('CreateLogGroup', { logGroupName: 'app' });
  await call('PutRetentionPolicy', { logGroupName: 'app', retentionInDays: 7 });
  const groups = await world.riposte('logs');
  assert.match(groups.out, /^app\s+0\s+7 days$/m);
  assert.match(groups.out, /^\/aws\/vendedlogs\/states\/respond\s+\d+\s+for ever$/m);
  const absent = await world.riposte('logs', 'other');
  assert.equal(absent.code, 1);
  assert.match(
    absent.err,
    /There is no log group 'other'. There are:\n {2}\/aws\/vendedlogs\/states\/respond\n {2}app/,
  );
  const since = await world.riposte('logs', 'app', '--since', 'yesterday');
  assert.equal(since.code, 2);
  assert.match(since.err, /--since is 'yesterday', and must be a span such as 10m/);
  const filter = await world.riposte('logs', 'app', '--filter', '{ $.a }');
  assert.equal(filter.code, 1);
  assert.match(filter.err, /Invalid filter pattern: an operator/);
  assert.match((await world.riposte('logs', 'app')).err, /No lines. --since looks further back/);
});

test('what this server does not have of Logs is refused by name', async () => {
  await assert.rejects(
    call('StartQuery', { logGroupName: 'app', queryString: 'fields @message', startTime: 0, endTime: 1 }),
    { name: 'UnknownOperationException', message: /StartQuery/ },
  );
});

test('a group that is followed prints what comes, each line once', async (t) => {
  await call('CreateLogGroup', { logGroupName: 'followed' });
  const place = { logGroupName: 'followed', logStreamName: 'one' };
  await call('CreateLogStream', place);
  const put = (message: string) =>
    call('PutLogEvents', { ...place, logEvents: [{ timestamp: Date.now(), message }] });
  await put('first');
  const launcher = resolve(import.meta.dirname, '../../cli/bin/riposte.cjs');
  const follower = spawn(process.execPath, [
    launcher,
    'logs',
    'followed',
    '--follow',
    '--endpoint',
    world.url,
  ]);
  t.after(() => follower.kill());
  let printed = '';
  follower.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  await until('The first line', async () => printed.includes('first'));
  await put('second');
  await until('The second line', async () => printed.includes('second'));
  assert.deepEqual(
    printed
      .trim()
      .split('\n')
      .map((line) => line.split('  ')[1]),
    ['first', 'second'],
  );
});
