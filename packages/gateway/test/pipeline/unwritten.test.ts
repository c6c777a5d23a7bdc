import assert from 'node:assert/strict';
import test from 'node:test';
import { ACCOUNT, openWorld, policy, REGION, userCaller, type World } from '../support/world.ts';

const table = (name: string) => `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`;

/** Alice, with these statements as her only policy, asks for what this server has not. */
async function ask(
  world: World,
  statements: readonly object[],
  service: string,
  operation: string,
  input: object,
): Promise<{ code: string; message: string; status: number }> {
  const alice = await userCaller(world, 'alice');
  const document = policy(...statements.map((statement) => ({ Effect: 'Allow', ...statement })));
  await world.call('iam', 'PutUserPolicy', { UserName: 'alice', PolicyName: 'p', PolicyDocument: document });
  return world.call(service, operation, input, alice).then(
    () => assert.fail(`${service}:${operation} is not there`),
    (error) => error,
  );
}

const absent = /^This server has no /;
const putItem = { TableName: 'Orders', Item: {} };

test('who may not is refused in the words of AWS, also by a service that is not here', async (t) => {
  const world = openWorld(t);
  const refused = await ask(world, [{ Action: 's3:*', Resource: '*' }], 'dynamodb', 'PutItem', putItem);
  assert.deepEqual(
    [refused.code, refused.status, refused.message],
    [
      'AccessDeniedException',
      400,
      `User: arn:aws:iam::${ACCOUNT}:user/alice is not authorized to perform: dynamodb:PutItem on resource: ${table('Orders')} because no identity-based policy allows the dynamodb:PutItem action`,
    ],
  );
  const record = (await world.records()).at(-1);
  assert.deepEqual(
    [record?.operation, record?.errorCode, record?.verdict],
    ['PutItem', 'AccessDeniedException', 'No identity-based policy allows dynamodb:PutItem.'],
  );
});

test('who may is told that the service is not here', async (t) => {
  const world = openWorld(t);
  const allowed = [{ Action: 'dynamodb:PutItem', Resource: table('Orders') }];
  const answer = await ask(world, allowed, 'dynamodb', 'PutItem', putItem);
  assert.equal(answer.code, 'UnknownOperationException');
  assert.match(answer.message, absent);
  assert.match(
    (await world.records()).at(-1)?.verdict ?? '',
    /policy "p" .* The operation is not supported\.$/,
  );
});

/** What is allowed, what is asked, and whether that is enough. */
const cases: Readonly<Record<string, [statements: object[], string, string, object, boolean]>> = {
  'another table': [[{ Action: '*', Resource: table('Other') }], 'dynamodb', 'PutItem', putItem, false],
  'a table by its ARN': [
    [{ Action: '*', Resource: table('Orders') }],
    'dynamodb',
    'PutItem',
    { TableName: table('Orders') },
    true,
  ],
  'an index, which is not its table': [
    [{ Action: '*', Resource: `${table('Orders')}/index/*` }],
    'dynamodb',
    'Query',
    { TableName: 'Orders', IndexName: 'ByDay' },
    true,
  ],
  'tables that the request names where nobody looks': [
    [{ Action: '*', Resource: table('Other') }],
    'dynamodb',
    'BatchGetItem',
    { RequestItems: { Orders: {} } },
    true,
  ],
  'no tables at all for those': [[{ Action: 's3:*', Resource: '*' }], 'dynamodb', 'BatchGetItem', {}, false],
  'a Deny of one resource, where it is not known which is meant': [
    [
      { Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: '*', Resource: table('Other') },
    ],
    'dynamodb',
    'BatchGetItem',
    {},
    true,
  ],
  'a Deny of all of them': [
    [
      { Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: 'dynamodb:*', Resource: '*' },
    ],
    'dynamodb',
    'BatchGetItem',
    {},
    false,
  ],
  'one of two instances': [
    [{ Action: '*', Resource: `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-1` }],
    'ec2',
    'TerminateInstances',
    { InstanceIds: ['i-1', 'i-2'] },
    false,
  ],
  'both of them': [
    [{ Action: '*', Resource: `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-?` }],
    'ec2',
    'TerminateInstances',
    { InstanceIds: ['i-1', 'i-2'] },
    true,
  ],
  'a key by its alias': [
    [{ Action: '*', Resource: `arn:aws:kms:${REGION}:${ACCOUNT}:key/1` }],
    'kms',
    'Decrypt',
    { KeyId: 'alias/mine' },
    true,
  ],
  'an action that is of no resource': [
    [{ Action: 'ec2:Describe*', Resource: '*' }],
    'ec2',
    'DescribeInstances',
    {},
    true,
  ],
  'a service whose actions have another name': [
    [{ Action: 'cloudwatch:*', Resource: '*' }],
    'monitoring',
    'PutMetricData',
    {},
    true,
  ],
  'what IAM has no action for': [[], 'dynamodb', 'TransactWriteItems', {}, true],
};
for (const [what, [statements, service, operation, input, isAllowed]] of Object.entries(cases))
  test(`${isAllowed ? 'enough' : 'not enough'} for ${service}:${operation}: ${what}`, async (t) => {
    const allow = statements.length === 0 ? [{ Action: 'sts:None', Resource: '*' }] : statements;
    const { message } = await ask(openWorld(t), allow, service, operation, input);
    assert.match(message, isAllowed ? absent : / is not authorized to perform: /);
  });

test('EC2 refuses with a code of its own', async (t) => {
  const refused = await ask(
    openWorld(t),
    [{ Action: 's3:*', Resource: '*' }],
    'ec2',
    'DescribeInstances',
    {},
  );
  assert.deepEqual([refused.code, refused.status], ['UnauthorizedOperation', 403]);
  assert.match(refused.message, /^You are not authorized to perform this operation\. User: .*alice is not /);
});
