import { join } from 'node:path';
import { packageCode } from '@riposte/functions';
import type { KilledServer } from './killed-server.ts';
import { type Kind, ruleName } from './ledger.ts';

const HOME = 'us-east-1:000000000000';
const VISIBILITY_SECONDS = '5'; // what a killed server handed out comes back soon
const ROLE = 'soak';
/** On the second bus: it sends on whatever comes there. */
export const ONWARD_RULE = 'soak-onward';

export const arns = {
  machine: `arn:aws:states:${HOME}:stateMachine:soak`,
  function: `arn:aws:lambda:${HOME}:function:soak`,
  topic: `arn:aws:sns:${HOME}:soak`,
  bus: `arn:aws:events:${HOME}:event-bus/soak`,
  logGroup: `arn:aws:logs:${HOME}:log-group:/aws/events/soak`,
  role: 'arn:aws:iam::000000000000:role/soak',
  queue: (name: string) => `arn:aws:sqs:${HOME}:${name}`,
};
export const queueUrl = (name: string): string => `https://sqs.us-east-1.amazonaws.com/000000000000/${name}`;

/** Queues that the soak reads. `soak-queue` is a target; the others tell what a topic and a bus passed on, and what died. */
export const QUEUES = ['soak-queue', 'soak-topic', 'soak-bus', 'soak-dead'] as const;
export type Queue = (typeof QUEUES)[number];

export const statement = (Effect: 'Allow' | 'Deny', Action: string, Resource: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect, Principal: { Service: 'events.amazonaws.com' }, Action, Resource }],
  });

export async function createQueue(server: KilledServer, QueueName: string): Promise<void> {
  await server.call('sqs', 'CreateQueue', {
    QueueName,
    Attributes: { VisibilityTimeout: VISIBILITY_SECONDS },
  });
}

export async function allowMachine(server: KilledServer): Promise<void> {
  await putRolePolicy(server, 'machine', 'states:StartExecution', arns.machine);
}

export async function allowBus(server: KilledServer): Promise<void> {
  await putRolePolicy(server, 'bus', 'events:PutEvents', arns.bus);
}

export async function forbid(server: KilledServer, PolicyName: string): Promise<void> {
  await server.call('iam', 'DeleteRolePolicy', { RoleName: ROLE, PolicyName }, 'NoSuchEntity');
}

export async function allowFunction(server: KilledServer): Promise<void> {
  await server.call(
    'lambda',
    'AddPermission',
    {
      FunctionName: 'soak',
      StatementId: 'events',
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
    },
    'ResourceConflict',
  );
}

export async function setTopicPolicy(server: KilledServer, effect: 'Allow' | 'Deny'): Promise<void> {
  await server.call('sns', 'SetTopicAttributes', {
    TopicArn: arns.topic,
    AttributeName: 'Policy',
    AttributeValue: statement(effect, 'sns:Publish', arns.topic),
  });
}

/** One rule for each kind of target; an event names the kinds that it is for. */
export async function createWorld(
  server: KilledServer,
  urls: { endpoint: string; reports: string },
): Promise<void> {
  for (const queue of QUEUES) await createQueue(server, queue);
  await createRole(server);
  await server.call('states', 'CreateStateMachine', {
    name: 'soak',
    roleArn: arns.role,
    definition: JSON.stringify({ StartAt: 'End', States: { End: { Type: 'Pass', End: true } } }),
  });
  const { zip } = await packageCode(join(import.meta.dirname, 'function'));
  await server.call('lambda', 'CreateFunction', {
    FunctionName: 'soak',
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Role: arns.role,
    Code: { ZipFile: zip },
    Environment: { Variables: { REPORT_TO: urls.reports } },
  });
  await allowFunction(server);
  await server.call('sns', 'CreateTopic', { Name: 'soak' });
  await setTopicPolicy(server, 'Allow');
  await server.call('sns', 'Subscribe', {
    TopicArn: arns.topic,
    Protocol: 'sqs',
    Endpoint: arns.queue('soak-topic'),
    Attributes: { RawMessageDelivery: 'true' },
  });
  await server.call('logs', 'CreateLogGroup', { logGroupName: '/aws/events/soak' });
  await server.call('events', 'CreateEventBus', { Name: 'soak' });
  await createRules(server, urls.endpoint);
}

async function createRules(server: KilledServer, endpoint: string): Promise<void> {
  const { ConnectionArn } = await server.call('events', 'CreateConnection', {
    Name: 'soak',
    AuthorizationType: 'API_KEY',
    AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'X-Key', ApiKeyValue: 'soak' } },
  });
  const destination = async (Name: string) => {
    const created = await server.call('events', 'CreateApiDestination', {
      Name,
      ConnectionArn,
      InvocationEndpoint: `${endpoint}/${Name}`,
      HttpMethod: 'POST',
      InvocationRateLimitPerSecond: 300,
    });
    return { Arn: String(created['ApiDestinationArn']), RoleArn: arns.role };
  };
  const poison = async (Name: string) => ({
    ...(await destination(Name)),
    RetryPolicy: { MaximumRetryAttempts: 1 },
  });
  const targets: Record<Kind, object> = {
    machine: { Arn: arns.machine, RoleArn: arns.role },
    function: { Arn: arns.function },
    topic: { Arn: arns.topic },
    queue: { Arn: arns.queue('soak-queue') },
    bus: { Arn: arns.bus, RoleArn: arns.role },
    http: await destination('http'),
    log: { Arn: arns.logGroup },
    'poison-1': await poison('poison-1'),
    'poison-2': await poison('poison-2'),
    'poison-3': await poison('poison-3'),
    'poison-4': await poison('poison-4'),
    'poison-5': await poison('poison-5'),
  };
  for (const [kind, target] of Object.entries(targets) as [Kind, object][])
    // its own keys
    await createRule(server, ruleName(kind), { source: ['soak'], detail: { kinds: [kind] } }, target);
  await createRule(
    server,
    ONWARD_RULE,
    { source: ['soak'] },
    { Arn: arns.queue('soak-bus') },
    { EventBusName: 'soak' },
  );
  // never matches, after as much work as one may cost on a hostile event; what came of it would be a stray
  await createRule(
    server,
    'soak-costly',
    { source: ['soak'], detail: { a: { b: [1], c: { d: [1], last: [-1] }, last: [-1] } } },
    { Arn: arns.queue('soak-queue') },
  );
}

async function createRule(
  server: KilledServer,
  Name: string,
  pattern: object,
  target: object,
  bus: { EventBusName?: string } = {},
): Promise<void> {
  await server.call('events', 'PutRule', { Name, ...bus, EventPattern: JSON.stringify(pattern) });
  await server.call('events', 'PutTargets', {
    Rule: Name,
    ...bus,
    Targets: [
      {
        Id: 'target',
        RetryPolicy: { MaximumRetryAttempts: 4 },
        DeadLetterConfig: { Arn: arns.queue('soak-dead') },
        ...target,
      },
    ],
  });
}

async function createRole(server: KilledServer): Promise<void> {
  await server.call('iam', 'CreateRole', {
    RoleName: ROLE,
    AssumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: ['events.amazonaws.com', 'states.amazonaws.com', 'lambda.amazonaws.com'] },
          Action: 'sts:AssumeRole',
        },
      ],
    }),
  });
  await allowMachine(server);
  await allowBus(server);
  await putRolePolicy(server, 'http', 'events:InvokeApiDestination', '*');
}

async function putRolePolicy(
  server: KilledServer,
  PolicyName: string,
  Action: string,
  Resource: string,
): Promise<void> {
  await server.call('iam', 'PutRolePolicy', {
    RoleName: ROLE,
    PolicyName,
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action, Resource }],
    }),
  });
}
