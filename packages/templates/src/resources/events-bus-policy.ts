import type { AwsClient } from '../ports/aws-client.ts';
import { json, members, text } from '../resolve/shape.ts';
import { TemplateError } from '../template-error.ts';
import { documentText, pick, requiredText, textAt } from './properties.ts';
import type { ResourceRequest, ResourceState, ResourceType } from './resource-type.ts';
import { allow } from './service-code.ts';

/** One statement of a bus's policy; the bus may have others. */
export const eventBusPolicy: ResourceType = {
  type: 'AWS::Events::EventBusPolicy',
  shape: members(
    {
      EventBusName: text,
      StatementId: text,
      Statement: json,
      Action: text,
      Principal: text,
      Condition: members({ Type: text, Key: text, Value: text }, ['Type', 'Key', 'Value']),
    },
    ['StatementId'],
  ),
  nameLengthMax: 64,
  replacedBy: ['EventBusName', 'StatementId'],
  attributes: [],

  check(properties, place) {
    const isOld = Object.hasOwn(properties, 'Action') && Object.hasOwn(properties, 'Principal');
    if (Object.hasOwn(properties, 'Statement') !== isOld) return;
    throw new TemplateError(place, {
      problem: `The policy has ${isOld ? 'both a Statement and Action with Principal' : 'neither a Statement nor Action and Principal'}`,
      fix: 'Give a Statement, or Action and Principal',
    });
  },

  identify: stateOf,

  async create(request, client) {
    await write(request, client);
    return stateOf(request);
  },

  async update(request, client) {
    await write(request, client);
    return stateOf(request);
  },

  async delete({ details }, client) {
    await allow(
      client.call('events', 'RemovePermission', {
        EventBusName: requiredText(details, 'bus'),
        StatementId: requiredText(details, 'statementId'),
      }),
      'ResourceNotFound',
    );
  },
};

/** The API takes one statement only in its old form; a Statement goes in with the whole policy of the bus. */
async function write({ properties }: ResourceRequest, client: AwsClient): Promise<void> {
  const EventBusName = busOf(properties);
  const StatementId = requiredText(properties, 'StatementId');
  if (!Object.hasOwn(properties, 'Statement')) {
    const given = pick(properties, 'Action', 'Principal', 'Condition');
    await client.call('events', 'PutPermission', { EventBusName, StatementId, ...given });
    return;
  }
  const described = await client.call('events', 'DescribeEventBus', { Name: EventBusName });
  const before = parsed(described['Policy']);
  const own = { ...(JSON.parse(documentText(properties['Statement'])) as object), Sid: StatementId };
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [...before.filter(({ Sid }) => Sid !== StatementId), own],
  });
  await client.call('events', 'PutPermission', { EventBusName, Policy });
}

/** The statements of a policy, as the service answers it. */
function parsed(policy: unknown): { Sid?: string }[] {
  if (typeof policy !== 'string' || policy === '') return [];
  return (JSON.parse(policy) as { Statement: { Sid?: string }[] }).Statement; // a policy that the service keeps
}

function busOf(properties: ResourceRequest['properties']): string {
  return textAt(properties, 'EventBusName') ?? 'default';
}

/** Ref is bus and statement, as of every resource that CloudFormation identifies by both. */
function stateOf({ properties }: ResourceRequest): ResourceState {
  const bus = busOf(properties);
  const statementId = requiredText(properties, 'StatementId');
  return { physicalId: `${bus}|${statementId}`, attributes: {}, details: { bus, statementId } };
}
