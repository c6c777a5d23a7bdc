import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDiagnostics, parseDefinition } from '@riposte/asl';
import { integrations } from '../../src/tasks/support.ts';

/** What stands against a machine of one task; empty when it may be created. */
function says(resource: string, fields: object = {}): string {
  const state = { Type: 'Task', Resource: resource, End: true, ...fields };
  const definition = { StartAt: 'A', States: { A: state } };
  const { diagnostics } = parseDefinition(JSON.stringify(definition), { integrations });
  return formatDiagnostics(diagnostics.filter(({ severity }) => severity === 'ERROR'));
}

const NOT_RECOGNIZED =
  'is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.';

for (const resource of [
  'lambda:invoke',
  'lambda:invoke.waitForTaskToken',
  'states:startExecution',
  'states:startExecution.sync',
  'states:startExecution.sync:2',
  'sns:publish',
  'sqs:sendMessage.waitForTaskToken',
  'events:putEvents',
  'aws-sdk:dynamodb:putItem',
  'aws-sdk:s3:getObject',
  'aws-sdk:ec2:describeInstances.waitForTaskToken',
  'aws-sdk:sfn:startExecution',
])
  test(`a machine may ask for ${resource}`, () => assert.equal(says(`arn:aws:states:::${resource}`), ''));

test('what AWS has and this server has not is refused by name', () => {
  assert.match(
    says('arn:aws:states:::dynamodb:putItem'),
    /^SCHEMA_VALIDATION_FAILED: The optimised integration 'dynamodb:putItem' is not supported by this server\..* at \/States\/A\/Resource$/,
  );
  assert.match(says('arn:aws:states:::ecs:runTask.sync'), /'ecs:runTask' is not supported by this server/);
});

test('what AWS does not have is refused in its words', () => {
  for (const resource of [
    'aws-sdk:dynamodb:putItems',
    'aws-sdk:nosuch:getItem',
    'aws-sdk:states:startExecution',
  ]) {
    const arn = `arn:aws:states:::${resource}`;
    assert.equal(
      says(arn),
      `SCHEMA_VALIDATION_FAILED: The resource provided ${arn} ${NOT_RECOGNIZED} at /States/A/Resource`,
    );
  }
});

test('a service whose client is not installed is refused with the line that installs it', () => {
  const arn = 'arn:aws:states:::aws-sdk:databasemigration:describeConnections';
  assert.equal(
    says(arn),
    `SCHEMA_VALIDATION_FAILED: The resource provided ${arn} ${NOT_RECOGNIZED} This server knows the service once its client is installed: npm install @aws-sdk/client-database-migration-service at /States/A/Resource`,
  );
});

const PARAMETERS: readonly (readonly [string, object, string[]])[] = [
  ['lambda:invoke', { Parameters: { 'FunctionName.$': '$.f', Payload: {} } }, []],
  ['lambda:invoke', { QueryLanguage: 'JSONata', Arguments: '{% $states.input %}' }, []],
  ['lambda:invoke', { Parameters: {} }, ["The field 'FunctionName' is required but was missing"]],
  [
    'sns:publish',
    { Parameters: { TopicArn: 't', Message: 'm', 'Text.$': '$' } },
    ["The field 'Text' is not supported by Step Functions"],
  ],
  [
    'aws-sdk:dynamodb:putItem',
    { QueryLanguage: 'JSONata', Arguments: { tableName: 't', Item: '{% $i %}' } },
    [
      "The field 'tableName' is not supported by Step Functions",
      "The field 'TableName' is required but was missing",
    ],
  ],
  [
    'http:invoke',
    { Parameters: { 'Method.$': '$.m', InvocationConfig: {}, Url: 'u' } },
    [
      "The field 'Url' is not supported by Step Functions",
      "The field 'ApiEndpoint' is required but was missing",
    ],
  ],
  [
    'http:invoke',
    {
      Parameters: {
        ApiEndpoint: 'api.example.com',
        Method: 'GET',
        InvocationConfig: {},
        Headers: { 'Authorization.$': '$.token', Via: 'v', 'X-Own.$': '$.own' },
      },
    },
    [
      "The value for the 'ApiEndpoint' field is not valid",
      "The 'Headers' field contains unsupported values: [authorization, via]",
    ],
  ],
  [
    'http:invoke',
    {
      QueryLanguage: 'JSONata',
      Arguments: {
        ApiEndpoint: '{% $url %}',
        Method: 'GET',
        InvocationConfig: {},
        Headers: '{% $headers %}',
      },
    },
    [],
  ],
  ['aws-sdk:iam:listUsers', { Parameters: {} }, []],
  // a resource that is refused is told of once
  [
    'aws-sdk:iam:listUser',
    { Parameters: { Name: 1 } },
    [`The resource provided arn:aws:states:::aws-sdk:iam:listUser ${NOT_RECOGNIZED}`],
  ],
];
for (const [resource, fields, problems] of PARAMETERS)
  test(`${JSON.stringify(fields)} of ${resource}: ${problems.join(', ') || 'nothing is wrong'}`, () => {
    const text = says(`arn:aws:states:::${resource}`, fields);
    const found = text === '' ? [] : text.split(', SCHEMA_VALIDATION_FAILED: ');
    assert.deepEqual(
      found.map((one) => one.replace(/^SCHEMA_VALIDATION_FAILED: /, '').replace(/ at \/States\/A\/\w+$/, '')),
      problems,
    );
  });
