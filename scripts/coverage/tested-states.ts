import type { SimulatedSystem } from '@riposte/server';
import { pass, type Answer, type Call } from './tour-call.ts';

/** States and definitions by themselves, in as many situations as answers differ. */
export async function testedStates(call: Call): Promise<void> {
  const test = (state: object, more: object = {}) =>
    call('TestState', {
      definition: JSON.stringify(state),
      inspectionLevel: 'DEBUG',
      input: '{"a":[1]}',
      ...more,
    });
  await test({ Type: 'Pass', InputPath: '$', Parameters: { 'a.$': '$.a' }, ResultPath: '$.b', Next: 'N' });
  await test(
    { Type: 'Pass', QueryLanguage: 'JSONata', Output: '{% $v %}', Next: 'N' },
    { variables: '{"v":1}' },
  );
  const task = {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: 'f' },
    Retry: [{ ErrorEquals: ['Busy'] }],
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }],
    ResultSelector: { 'r.$': '$' },
    Next: 'N',
  };
  const mock = { result: '{"StatusCode":200}' };
  await test(task, { mock });
  const jsonata = {
    Type: 'Task',
    QueryLanguage: 'JSONata',
    Resource: task.Resource,
    Arguments: { FunctionName: 'f' },
    Next: 'N',
  };
  await test(jsonata, { mock });
  for (const error of ['Busy', 'Broken'])
    await test(task, { mock: { errorOutput: { error, cause: 'why' } } });
  const each = {
    Type: 'Map',
    ItemsPath: '$.a',
    ItemSelector: { 'i.$': '$$.Map.Item.Value' },
    MaxConcurrency: 2,
    ItemProcessor: pass,
    Next: 'N',
  };
  await test(each, { mock: { result: '[1]' } });
  const distributed = {
    ...each,
    ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...pass },
    ItemBatcher: { MaxItemsPerBatch: 2 },
    ToleratedFailureCount: 1,
    ToleratedFailurePercentage: 50,
  };
  await test(distributed, {
    mock: { result: '[1]' },
    stateConfiguration: { mapIterationFailureCount: 1 },
  });
  const { ItemsPath: _, ...reading } = distributed;
  await test(
    {
      ...reading,
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'JSON', ItemsPointer: '/list' },
        Parameters: { Bucket: 'b', Key: 'k' },
      },
    },
    { mock: { result: '[1]' }, stateConfiguration: { mapItemReaderData: '{"list":[1]}' } },
  );
  await call('ValidateStateMachineDefinition', { definition: '{"StartAt":"P","States":{}}' });
}

/** An `http:invoke` with the secrets of its connection shown. */
export async function testedHttpTask(call: Call, system: SimulatedSystem): Promise<void> {
  const document = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: statement });
  const { Role } = await system.call('iam', 'CreateRole', {
    RoleName: 'caller',
    AssumeRolePolicyDocument: document({
      Effect: 'Allow',
      Principal: { Service: 'states.amazonaws.com' },
      Action: 'sts:AssumeRole',
    }),
  });
  await system.call('iam', 'PutRolePolicy', {
    RoleName: 'caller',
    PolicyName: 'all',
    PolicyDocument: document({ Effect: 'Allow', Action: '*', Resource: '*' }),
  });
  const { ConnectionArn } = await system.call('events', 'CreateConnection', {
    Name: 'tour',
    AuthorizationType: 'API_KEY',
    AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'X-Key', ApiKeyValue: 'k' } },
  });
  const Parameters = {
    ApiEndpoint: 'https://api.example.com/',
    Method: 'POST',
    Authentication: { ConnectionArn },
    RequestBody: 'hello',
  };
  await call('TestState', {
    definition: JSON.stringify({
      Type: 'Task',
      Resource: 'arn:aws:states:::http:invoke',
      Parameters,
      End: true,
    }),
    roleArn: (Role as Answer)['Arn'],
    inspectionLevel: 'TRACE',
    revealSecrets: true,
  });
}
