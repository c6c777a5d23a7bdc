import type { AwsClient } from '../../src/index.ts';

interface Call {
  service: string;
  operation: string;
  input: Record<string, unknown>;
}
type Answer = (input: Record<string, unknown>, account: FakeAccount) => object;

/** The resources of an account by kind and id, as JSON that a test can compare. */
export class FakeAccount {
  readonly resources = new Map<string, Record<string, unknown>>();

  keys(): string[] {
    return [...this.resources.keys()].sort();
  }

  get(kind: string, id: unknown): Record<string, unknown> | undefined {
    return this.resources.get(`${kind} ${String(id)}`);
  }

  require(kind: string, id: unknown, code: string): Record<string, unknown> {
    return this.get(kind, id) ?? fail(code, `${kind} ${String(id)} does not exist`);
  }

  put(kind: string, id: unknown, value: Record<string, unknown>): void {
    this.resources.set(`${kind} ${String(id)}`, value);
  }

  create(kind: string, id: unknown, value: Record<string, unknown>, code: string): void {
    if (this.get(kind, id) !== undefined) fail(code, `${kind} ${String(id)} exists`);
    this.put(kind, id, value);
  }

  delete(kind: string, id: unknown, code: string): void {
    if (!this.resources.delete(`${kind} ${String(id)}`)) fail(code, `${kind} ${String(id)} does not exist`);
  }
}

/** An AwsClient over a small account, that records its calls and can fail before or after the effect of one. */
export class FakeAws implements AwsClient {
  readonly calls: Call[] = [];
  readonly account: FakeAccount;
  failAt: { call: number; when: 'before' | 'after'; error: Error } | undefined;

  constructor(account = new FakeAccount()) {
    this.account = account;
  }

  async call(service: string, operation: string, input: object): Promise<Record<string, unknown>> {
    const answer = operations[`${service}:${operation}`];
    if (answer === undefined) throw new Error(`The fake does not know ${service}:${operation}.`);
    this.calls.push({ service, operation, input: input as Record<string, unknown> });
    const failure = this.failAt?.call === this.calls.length ? this.failAt : undefined;
    if (failure?.when === 'before') throw failure.error;
    if (failure === undefined)
      return answer(this.calls.at(-1)!.input, this.account) as Record<string, unknown>;
    try {
      answer(this.calls.at(-1)!.input, this.account);
    } catch {
      // the answer is lost, whatever it was
    }
    throw failure.error;
  }

  /** `iam:CreateRole` and so on, in order. */
  names(): string[] {
    return this.calls.map(({ service, operation }) => `${service}:${operation}`);
  }

  input(name: string): Record<string, unknown> {
    const call = this.calls.find(({ service, operation }) => `${service}:${operation}` === name);
    if (call === undefined) throw new Error(`${name} was not called.`);
    return call.input;
  }
}

export function serviceError(code: string, message: string): Error {
  const error = new Error(message);
  error.name = code;
  return error;
}

function fail(code: string, message: string): never {
  throw serviceError(code, message);
}

const at = 'arn:aws:';
const here = 'us-east-1:000000000000';
const queueUrl = (name: unknown) => `https://queues/000000000000/${String(name)}`;
const ruleKey = (input: Record<string, unknown>, name: unknown) =>
  `${String(input['EventBusName'] ?? 'default')}|${String(name)}`;

/** Create, update, describe and delete of what a service keeps by name, under an ARN of its own choice. */
function kept(service: string, kind: string, name: string, existsCode: string): Record<string, Answer> {
  const missing = 'ResourceNotFoundException';
  return {
    [`${service}:Create${kind}`]: (input, account) => {
      const arn = `${at}${service}:${here}:${kind}/${String(input[name])}/chosen`;
      account.create(kind, input[name], { ...input, [`${kind}Arn`]: arn }, existsCode);
      return {};
    },
    [`${service}:Update${kind}`]: (input, account) =>
      Object.assign(account.require(kind, input[name], missing), input),
    [`${service}:Describe${kind}`]: (input, account) => account.require(kind, input[name], missing),
    [`${service}:Delete${kind}`]: (input, account) => {
      account.delete(kind, input[name], missing);
      return {};
    },
  };
}

const operations: Record<string, Answer> = {
  'iam:CreateRole': (input, account) => {
    account.create(
      'role',
      input['RoleName'],
      { Description: '', MaxSessionDuration: 3600, ...input, policies: {}, attached: {} },
      'EntityAlreadyExists',
    );
    return {
      Role: { Arn: `${at}iam::000000000000:role/${String(input['RoleName'])}`, RoleId: 'AROAEXAMPLE' },
    };
  },
  'iam:GetRole': (input, account) => {
    account.require('role', input['RoleName'], 'NoSuchEntity');
    return {
      Role: { Arn: `${at}iam::000000000000:role/${String(input['RoleName'])}`, RoleId: 'AROAEXAMPLE' },
    };
  },
  'iam:UpdateRole': (input, account) =>
    Object.assign(account.require('role', input['RoleName'], 'NoSuchEntity'), input),
  'iam:UpdateAssumeRolePolicy': (input, account) =>
    Object.assign(account.require('role', input['RoleName'], 'NoSuchEntity'), {
      AssumeRolePolicyDocument: input['PolicyDocument'],
    }),
  'iam:PutRolePolicy': (input, account) => {
    const role = account.require('role', input['RoleName'], 'NoSuchEntity');
    (role['policies'] as Record<string, unknown>)[String(input['PolicyName'])] = input['PolicyDocument'];
    return {};
  },
  'iam:DeleteRolePolicy': (input, account) => {
    const policies = account.require('role', input['RoleName'], 'NoSuchEntity')['policies'] as object;
    if (!Reflect.has(policies, String(input['PolicyName']))) fail('NoSuchEntity', 'no such policy');
    Reflect.deleteProperty(policies, String(input['PolicyName']));
    return {};
  },
  'iam:AttachRolePolicy': (input, account) => {
    const role = account.require('role', input['RoleName'], 'NoSuchEntity');
    (role['attached'] as Record<string, unknown>)[String(input['PolicyArn'])] = true;
    return {};
  },
  'iam:DetachRolePolicy': (input, account) => {
    const role = account.require('role', input['RoleName'], 'NoSuchEntity');
    Reflect.deleteProperty(role['attached'] as object, String(input['PolicyArn']));
    return {};
  },
  'iam:DeleteRole': (input, account) => {
    const role = account.require('role', input['RoleName'], 'NoSuchEntity');
    if (Object.keys({ ...(role['policies'] as object), ...(role['attached'] as object) }).length > 0)
      fail('DeleteConflict', 'Cannot delete entity, must delete policies first.');
    account.delete('role', input['RoleName'], 'NoSuchEntity');
    return {};
  },
  'lambda:CreateFunction': (input, account) => {
    account.create(
      'function',
      input['FunctionName'],
      { Description: '', MemorySize: 128, ...input, permissions: {} },
      'ResourceConflictException',
    );
    return {};
  },
  'lambda:UpdateFunctionCode': (input, account) => {
    account.require('function', input['FunctionName'], 'ResourceNotFoundException')['Code'] = {
      ZipFile: input['ZipFile'],
    };
    return {};
  },
  'lambda:UpdateFunctionConfiguration': (input, account) =>
    Object.assign(account.require('function', input['FunctionName'], 'ResourceNotFoundException'), input),
  'lambda:DeleteFunction': (input, account) => {
    account.delete('function', input['FunctionName'], 'ResourceNotFoundException');
    return {};
  },
  'lambda:AddPermission': (input, account) => {
    const { permissions } = account.require('function', input['FunctionName'], 'ResourceNotFoundException');
    if (Reflect.has(permissions as object, String(input['StatementId'])))
      fail('ResourceConflictException', 'exists');
    (permissions as Record<string, unknown>)[String(input['StatementId'])] = input;
    return {};
  },
  'lambda:RemovePermission': (input, account) => {
    const { permissions } = account.require('function', input['FunctionName'], 'ResourceNotFoundException');
    Reflect.deleteProperty(permissions as object, String(input['StatementId']));
    return {};
  },
  'states:CreateStateMachine': (input, account) => {
    const arn = `${at}states:${here}:stateMachine:${String(input['name'])}`;
    const before = account.get('machine', arn);
    if (before !== undefined && before['definition'] !== input['definition'])
      fail('StateMachineAlreadyExists', 'exists');
    account.put('machine', arn, { stateMachineArn: arn, ...input });
    return { stateMachineArn: arn };
  },
  'states:DescribeStateMachine': (input, account) =>
    account.require('machine', input['stateMachineArn'], 'StateMachineDoesNotExist'),
  'states:UpdateStateMachine': (input, account) =>
    Object.assign(account.require('machine', input['stateMachineArn'], 'StateMachineDoesNotExist'), input),
  'states:DeleteStateMachine': (input, account) => {
    account.delete('machine', input['stateMachineArn'], 'StateMachineDoesNotExist');
    return {};
  },
  'sns:CreateTopic': (input, account) => {
    const arn = `${at}sns:${here}:${String(input['Name'])}`;
    if (account.get('topic', arn) === undefined) account.put('topic', arn, { subscriptions: {} });
    return { TopicArn: arn };
  },
  'sns:GetTopicAttributes': (input, account) =>
    account.require('topic', input['TopicArn'], 'NotFoundException'),
  'sns:SetTopicAttributes': (input, account) => {
    const topic = account.require('topic', input['TopicArn'], 'NotFoundException');
    topic[String(input['AttributeName'])] = input['AttributeValue'];
    return {};
  },
  'sns:Subscribe': (input, account) => {
    const { subscriptions } = account.require('topic', input['TopicArn'], 'NotFoundException');
    const SubscriptionArn = `${String(input['TopicArn'])}:${String(input['Protocol'])}-${String(input['Endpoint'])}`;
    (subscriptions as Record<string, unknown>)[SubscriptionArn] = {
      SubscriptionArn,
      Protocol: input['Protocol'],
      Endpoint: input['Endpoint'],
    };
    return { SubscriptionArn };
  },
  'sns:SetSubscriptionAttributes': () => ({}),
  'sns:ListSubscriptionsByTopic': (input, account) => ({
    Subscriptions: Object.values(
      account.require('topic', input['TopicArn'], 'NotFoundException')['subscriptions'] as object,
    ),
  }),
  'sns:Unsubscribe': (input, account) => {
    const arn = String(input['SubscriptionArn']);
    const topic = account.require('topic', arn.slice(0, arn.lastIndexOf(':')), 'NotFoundException');
    Reflect.deleteProperty(topic['subscriptions'] as object, arn);
    return {};
  },
  'sns:DeleteTopic': (input, account) => {
    account.resources.delete(`topic ${String(input['TopicArn'])}`);
    return {};
  },
  'sqs:GetQueueUrl': (input, account) => {
    const QueueUrl = queueUrl(input['QueueName']);
    account.require('queue', QueueUrl, 'QueueDoesNotExist');
    return { QueueUrl };
  },
  'sqs:CreateQueue': (input, account) => {
    const QueueUrl = queueUrl(input['QueueName']);
    if (account.get('queue', QueueUrl) === undefined)
      account.put('queue', QueueUrl, { MessageRetentionPeriod: '345600' });
    return { QueueUrl };
  },
  'sqs:SetQueueAttributes': (input, account) => {
    const queue = account.require('queue', input['QueueUrl'], 'QueueDoesNotExist');
    Object.assign(queue, input['Attributes']);
    return {};
  },
  'sqs:TagQueue': (input, account) => {
    const queue = account.require('queue', input['QueueUrl'], 'QueueDoesNotExist');
    queue['tags'] = { ...(queue['tags'] as object), ...(input['Tags'] as object) };
    return {};
  },
  'sqs:UntagQueue': (input, account) => {
    const { tags } = account.require('queue', input['QueueUrl'], 'QueueDoesNotExist');
    for (const key of input['TagKeys'] as string[]) Reflect.deleteProperty(tags as object, key);
    return {};
  },
  'sqs:DeleteQueue': (input, account) => {
    account.delete('queue', input['QueueUrl'], 'QueueDoesNotExist');
    return {};
  },
  'events:CreateEventBus': (input, account) => {
    account.create('bus', input['Name'], { ...input }, 'ResourceAlreadyExistsException');
    return {};
  },
  'events:UpdateEventBus': (input, account) =>
    Object.assign(account.require('bus', input['Name'], 'ResourceNotFoundException'), input),
  'events:DeleteEventBus': (input, account) => {
    if (account.keys().some((key) => key.startsWith(`rule ${String(input['Name'])}|`)))
      fail('ValidationException', 'the bus has rules');
    account.resources.delete(`bus ${String(input['Name'])}`);
    return {};
  },
  'events:DescribeRule': (input, account) =>
    account.require('rule', ruleKey(input, input['Name']), 'ResourceNotFoundException'),
  'events:PutRule': (input, account) => {
    const key = ruleKey(input, input['Name']);
    account.put('rule', key, { ...input, targets: account.get('rule', key)?.['targets'] ?? {} });
    return {};
  },
  'events:PutTargets': (input, account) => {
    const { targets } = account.require('rule', ruleKey(input, input['Rule']), 'ResourceNotFoundException');
    const failed = [];
    for (const target of input['Targets'] as Record<string, unknown>[])
      if (target['Arn'] === 'refused')
        failed.push({ TargetId: target['Id'], ErrorCode: 'ValidationException', ErrorMessage: 'not an ARN' });
      else (targets as Record<string, unknown>)[String(target['Id'])] = target;
    return { FailedEntryCount: failed.length, FailedEntries: failed };
  },
  'events:RemoveTargets': (input, account) => {
    const { targets } = account.require('rule', ruleKey(input, input['Rule']), 'ResourceNotFoundException');
    for (const id of input['Ids'] as string[]) Reflect.deleteProperty(targets as object, id);
    return {};
  },
  'events:DeleteRule': (input, account) => {
    const rule = account.get('rule', ruleKey(input, input['Name']));
    if (Object.keys((rule?.['targets'] ?? {}) as object).length > 0)
      fail('ValidationException', "Rule can't be deleted since it has targets.");
    account.resources.delete(`rule ${ruleKey(input, input['Name'])}`);
    return {};
  },
  's3:HeadBucket': (input, account) => account.require('bucket', input['Bucket'], 'NotFound'),
  's3:CreateBucket': (input, account) => {
    account.put('bucket', input['Bucket'], account.get('bucket', input['Bucket']) ?? {});
    return {};
  },
  's3:DeleteBucket': (input, account) => {
    if (account.require('bucket', input['Bucket'], 'NoSuchBucket')['objects'] !== undefined)
      fail('BucketNotEmpty', 'The bucket you tried to delete is not empty');
    account.delete('bucket', input['Bucket'], 'NoSuchBucket');
    return {};
  },
  'events:DescribeEventBus': (input, account) =>
    account.require('bus', input['Name'], 'ResourceNotFoundException'),
  'events:PutPermission': (input, account) => {
    account.require('bus', input['EventBusName'], 'ResourceNotFoundException')['Policy'] = input['Policy'];
    return {};
  },
  'events:RemovePermission': (input, account) => {
    const bus = account.require('bus', input['EventBusName'], 'ResourceNotFoundException');
    if (bus['Policy'] === undefined) fail('ResourceNotFoundException', 'the bus has no policy');
    delete bus['Policy'];
    return {};
  },
  ...kept('events', 'Archive', 'ArchiveName', 'ResourceAlreadyExistsException'),
  ...kept('events', 'Connection', 'Name', 'ResourceAlreadyExistsException'),
  ...kept('events', 'ApiDestination', 'Name', 'ResourceAlreadyExistsException'),
  ...kept('scheduler', 'Schedule', 'Name', 'ConflictException'),
  ...kept('scheduler', 'ScheduleGroup', 'Name', 'ConflictException'),
  'logs:DescribeResourcePolicies': (_input, account) => ({
    resourcePolicies: account
      .keys()
      .filter((key) => key.startsWith('resource policy '))
      .map((key) => ({ policyName: key.slice('resource policy '.length) })),
  }),
  'logs:PutResourcePolicy': (input, account) => {
    account.put('resource policy', input['policyName'], { ...input });
    return {};
  },
  'logs:DeleteResourcePolicy': (input, account) => {
    account.delete('resource policy', input['policyName'], 'ResourceNotFoundException');
    return {};
  },
  'logs:CreateLogGroup': (input, account) => {
    account.create('log group', input['logGroupName'], { ...input }, 'ResourceAlreadyExistsException');
    return {};
  },
  'logs:PutRetentionPolicy': (input, account) =>
    Object.assign(account.require('log group', input['logGroupName'], 'ResourceNotFoundException'), input),
  'logs:DeleteRetentionPolicy': (input, account) => {
    Reflect.deleteProperty(
      account.require('log group', input['logGroupName'], 'ResourceNotFoundException'),
      'retentionInDays',
    );
    return {};
  },
  'logs:DeleteLogGroup': (input, account) => {
    account.delete('log group', input['logGroupName'], 'ResourceNotFoundException');
    return {};
  },
};
