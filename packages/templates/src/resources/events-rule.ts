import type { AwsClient } from '../ports/aws-client.ts';
import { TemplateError } from '../template-error.ts';
import { integer, json, list, map, members, oneOf, text } from '../resolve/shape.ts';
import { checkEventPattern } from './event-pattern.ts';
import { documentText, mapsAt, pick, requiredText, textAt, textsAt } from './properties.ts';
import type { ResourceRequest, ResourceState, ResourceType } from './resource-type.ts';
import { allow, AlreadyExists, find } from './service-code.ts';

const target = members(
  {
    Id: text,
    Arn: text,
    RoleArn: text,
    Input: text,
    InputPath: text,
    InputTransformer: members({ InputPathsMap: map(text), InputTemplate: text }, ['InputTemplate']),
    HttpParameters: members({
      PathParameterValues: list(text),
      HeaderParameters: map(text),
      QueryStringParameters: map(text),
    }),
    DeadLetterConfig: members({ Arn: text }),
    RetryPolicy: members({ MaximumRetryAttempts: integer, MaximumEventAgeInSeconds: integer }),
  },
  ['Id', 'Arn'],
);

export const eventsRule: ResourceType = {
  type: 'AWS::Events::Rule',
  shape: members({
    Name: text,
    EventBusName: text,
    Description: text,
    EventPattern: json,
    ScheduleExpression: text,
    State: oneOf('ENABLED', 'DISABLED'),
    RoleArn: text,
    Targets: list(target),
  }),
  nameProperty: 'Name',
  nameLengthMax: 64,
  replacedBy: ['EventBusName'],
  attributes: ['Arn'],

  check(properties, place) {
    if (Object.hasOwn(properties, 'EventPattern') || Object.hasOwn(properties, 'ScheduleExpression')) return;
    throw new TemplateError(place, {
      problem: 'The rule has neither an EventPattern nor a ScheduleExpression',
      fix: 'Add one',
    });
  },

  checkContent: checkEventPattern,

  identify: stateOf,

  async create(request, client) {
    const { name } = request;
    const rule = { Name: name, ...busOf(request) };
    // PutRule would silently change somebody else's rule
    if (
      !request.adopt &&
      (await find(client, ['events', 'DescribeRule', rule], 'ResourceNotFound')) !== undefined
    )
      throw new AlreadyExists(`The rule ${name}`);
    await write(request, client);
    return stateOf(request);
  },

  async update(request, client, previous) {
    const kept = new Set(targetIds(request));
    const gone = textsAt(previous.details, 'targetIds').filter((id) => !kept.has(id));
    if (gone.length > 0) await removeTargets(request.name, busOf(request), gone, client);
    await write(request, client);
    return stateOf(request);
  },

  async delete(state, client) {
    const Name = requiredText(state.details, 'name');
    const bus = textAt(state.details, 'bus');
    const onBus = bus === undefined ? {} : { EventBusName: bus };
    const targets = textsAt(state.details, 'targetIds');
    if (targets.length > 0) await removeTargets(Name, onBus, targets, client);
    await allow(client.call('events', 'DeleteRule', { Name, ...onBus }), 'ResourceNotFound');
  },
};

async function write(request: ResourceRequest, client: AwsClient): Promise<void> {
  const { name, properties } = request;
  await client.call('events', 'PutRule', {
    Name: name,
    ...busOf(request),
    ...pick(properties, 'ScheduleExpression', 'Description', 'RoleArn'),
    State: textAt(properties, 'State') ?? 'ENABLED',
    ...(Object.hasOwn(properties, 'EventPattern')
      ? { EventPattern: documentText(properties['EventPattern']) }
      : {}),
  });
  const Targets = mapsAt(properties, 'Targets');
  if (Targets.length === 0) return;
  const answer = await client.call('events', 'PutTargets', { Rule: name, ...busOf(request), Targets });
  const failed = (answer['FailedEntries'] ?? []) as {
    TargetId?: string;
    ErrorCode?: string;
    ErrorMessage?: string;
  }[]; // the output of PutTargets
  const [first] = failed;
  if (first === undefined) return;
  const error = new Error(
    `The target ${first.TargetId} was refused: ${first.ErrorMessage ?? 'no reason given'}`,
  );
  error.name = first.ErrorCode ?? 'PutTargetsFailed';
  throw error;
}

async function removeTargets(Rule: string, onBus: object, Ids: string[], client: AwsClient): Promise<void> {
  await allow(client.call('events', 'RemoveTargets', { Rule, ...onBus, Ids }), 'ResourceNotFound');
}

function targetIds({ properties }: ResourceRequest): string[] {
  return mapsAt(properties, 'Targets').map((one) => requiredText(one, 'Id'));
}

function busOf({ properties }: ResourceRequest): { EventBusName?: string } {
  const bus = textAt(properties, 'EventBusName');
  return bus === undefined ? {} : { EventBusName: bus };
}

function stateOf(request: ResourceRequest): ResourceState {
  const { name, pseudo } = request;
  const { EventBusName } = busOf(request);
  const bus = EventBusName?.replace(/^arn:.*event-bus\//, '') ?? 'default';
  const path = bus === 'default' ? name : `${bus}/${name}`;
  return {
    physicalId: bus === 'default' ? name : `${bus}|${name}`,
    attributes: { Arn: `arn:${pseudo.partition}:events:${pseudo.region}:${pseudo.account}:rule/${path}` },
    details: {
      name,
      ...(EventBusName === undefined ? {} : { bus: EventBusName }),
      targetIds: targetIds(request),
    },
  };
}
