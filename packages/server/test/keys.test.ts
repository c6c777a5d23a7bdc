import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type CallRecord, verifyCallChain } from '@riposte/account';
import { readAdministratorKey, startServer } from '@riposte/server';
import { Database, SqliteAccountStore } from '@riposte/store-sqlite';
import { ACCOUNT, riposte, World } from './support/world.ts';

let world: World;

before(async () => {
  world = await World.open();
});
after(() => world.close());

test('without the default key, test/test is refused and the generated key works, for the command line as well', async () => {
  const own = await World.open({ defaultKey: false });
  try {
    await assert.rejects(own.aws().call('sts', 'GetCallerIdentity', {}), { name: 'InvalidClientTokenId' });
    const key = await readAdministratorKey(join(own.folder, 'data'));
    assert.ok(key);
    const identity = await own.aws(key).call('sts', 'GetCallerIdentity', {});
    assert.equal(identity['Arn'], `arn:aws:iam::${ACCOUNT}:root`);
    assert.equal((await own.riposte('executions')).code, 0);
    const environment = { RIPOSTE_ACCESS_KEY_ID: 'test', RIPOSTE_SECRET_ACCESS_KEY: 'test' };
    const refused = await riposte(['executions', '--endpoint', own.url], environment);
    assert.equal(refused.code, 1);
  } finally {
    await own.close();
  }
});

test('a server that others can reach does not start with the key that everybody knows', async () => {
  const dataFolder = join(world.folder, 'open');
  await assert.rejects(
    startServer(world.configuration({ dataFolder, host: '0.0.0.0' }), () => {}),
    { name: 'ConfigurationError', message: /--no-default-key/ },
  );
});

test('each region has resources of its own', async () => {
  const roleArn = await world.createRole('steps', 'states');
  const definition = JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Succeed' } } });
  const west = world.aws(undefined, 'us-west-2');
  const created = await west.call('states', 'CreateStateMachine', { name: 'west', definition, roleArn });
  assert.equal(created['stateMachineArn'], `arn:aws:states:us-west-2:${ACCOUNT}:stateMachine:west`);
  const names = async (aws: typeof west) => {
    const { stateMachines } = await aws.call('states', 'ListStateMachines', {});
    return (stateMachines as { name: string }[]).map(({ name }) => name);
  };
  assert.deepEqual(await names(west), ['west']);
  assert.deepEqual(await names(world.aws()), []);
});

test('the account of the configuration stands in every ARN', async () => {
  const account = '123456789012';
  const own = await World.open({ account, region: 'eu-central-1' });
  try {
    const aws = own.aws(undefined, 'eu-central-1');
    const { TopicArn } = await aws.call('sns', 'CreateTopic', { Name: 'alarm' });
    assert.equal(TopicArn, `arn:aws:sns:eu-central-1:${account}:alarm`);
    const { Account } = await aws.call('sts', 'GetCallerIdentity', {});
    assert.equal(Account, account);
    const { event } = await own.simulate({ name: 'health/AWS_RISK_CREDENTIALS_EXPOSED' });
    assert.deepEqual([event.account, event.region], [account, 'eu-central-1']);
  } finally {
    await own.close();
  }
});

test('a user without permission is refused in the words of AWS, and the refusal is in CloudTrail', async () => {
  const key = await world.createUser('carol');
  await assert.rejects(world.aws(key).call('iam', 'CreateUser', { UserName: 'backdoor' }), {
    name: /^AccessDenied/,
    message: `User: arn:aws:iam::${ACCOUNT}:user/carol is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::${ACCOUNT}:user/backdoor because no identity-based policy allows the iam:CreateUser action`,
  });
  const { Events } = await world.aws().call('cloudtrail', 'LookupEvents', {
    LookupAttributes: [{ AttributeKey: 'AccessKeyId', AttributeValue: key.accessKeyId }],
  });
  const [event] = Events as { EventName: string; Username: string; CloudTrailEvent: string }[];
  assert.deepEqual([event?.EventName, event?.Username], ['CreateUser', 'carol']);
  const record = JSON.parse(event?.CloudTrailEvent ?? '') as Record<string, unknown>;
  assert.equal(record['errorCode'], 'AccessDenied');
});

test('an explicit deny wins, and is named as one', async () => {
  const key = await world.createUser(
    'dave',
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Effect: 'Deny', Action: 'sns:*', Resource: '*' },
  );
  await world.aws(key).call('iam', 'ListUsers', {});
  await assert.rejects(world.aws(key).call('sns', 'CreateTopic', { Name: 'mine' }), {
    name: /^AuthorizationError/,
    message:
      /user\/dave is not authorized to perform: SNS:CreateTopic on resource: .*:mine with an explicit deny in an identity-based policy/i,
  });
});

test('a key that is deactivated or deleted opens nothing any more', async () => {
  const key = await world.createUser('erin');
  const aws = world.aws();
  const who = () => world.aws(key).call('sts', 'GetCallerIdentity', {});
  await who();
  const named = { UserName: 'erin', AccessKeyId: key.accessKeyId };
  await aws.call('iam', 'UpdateAccessKey', { ...named, Status: 'Inactive' });
  await assert.rejects(who(), { name: 'InvalidClientTokenId' });
  await aws.call('iam', 'UpdateAccessKey', { ...named, Status: 'Active' });
  await who();
  await aws.call('iam', 'DeleteAccessKey', named);
  await assert.rejects(who(), { name: 'InvalidClientTokenId' });
});

test('people’s door is the administrator’s alone', async () => {
  const key = await world.createUser('frank', { Effect: 'Allow', Action: '*', Resource: '*' });
  const { code, err } = await riposte(['executions', '--endpoint', world.url], {
    RIPOSTE_ACCESS_KEY_ID: key.accessKeyId,
    RIPOSTE_SECRET_ACCESS_KEY: key.secretAccessKey,
  });
  assert.equal(code, 1);
  assert.match(err, /for the administrator/);
  const { peopleUrl } = world.server.describe();
  assert.equal((await fetch(`${peopleUrl}/api/executions`)).status, 401);
});

test('the record of all these calls is one unbroken chain', async () => {
  await world.stop();
  const database = new Database(join(world.folder, 'data', 'riposte.sqlite'));
  try {
    const store = new SqliteAccountStore(database);
    const newestFirst: CallRecord[] = await store.transaction((transaction) =>
      transaction.findCalls({ limit: 1000 }),
    );
    const records = newestFirst.toReversed();
    const verdict = verifyCallChain(records);
    assert.ok(verdict.intact, JSON.stringify(verdict));
    assert.ok(verdict.records > 20);
    assert.ok(records.some(({ errorCode, userIdentity }) => errorCode && userIdentity.userName === 'carol'));
    const [first, second, ...rest] = records;
    assert.ok(first && second);
    const changed = verifyCallChain([first, { ...second, operation: 'ListUsers' }, ...rest]);
    assert.equal(changed.intact, false);
  } finally {
    await database.close();
  }
  await world.start();
});
