import type {
  CreateEventBusRequest,
  CreateEventBusResponse,
  DeleteEventBusRequest,
  DescribeEventBusRequest,
  DescribeEventBusResponse,
  ListEventBusesRequest,
  ListEventBusesResponse,
  PutEventsRequest,
  PutEventsRequestEntry,
  PutEventsResponse,
  TestEventPatternRequest,
  TestEventPatternResponse,
  UpdateEventBusRequest,
  UpdateEventBusResponse,
} from '@aws-sdk/client-eventbridge';
import { type CallContext, isSimulated } from '@riposte/account';
import type { EventBusDescription, EventService } from '@riposte/events';
import type { ServiceOperation } from '../pipeline/operation.ts';
import { defined } from './defined.ts';
import { busArn, touchedBus } from './events-arns.ts';
import { tagRecord } from './events-tags.ts';
import { refuseMembers } from './refuse-members.ts';

const service = 'events';

const putEvents: ServiceOperation<PutEventsRequest, PutEventsResponse> = {
  service,
  name: 'PutEvents',
  access: 'write',
  resourceArn: (context, { Entries }) => busArn(context, Entries?.[0]?.EventBusName),
  furtherResourceArns: (context, { Entries }) => busesOf(context, Entries).slice(1),
  conditions: ({ Entries = [] }) => ({
    ...sharedBy('events:source', Entries, 'Source'),
    ...sharedBy('events:detail-type', Entries, 'DetailType'),
  }),
  resourcePolicies: async ({ events }, context, { Entries }) => {
    const arns = busesOf(context, Entries);
    const policies = await Promise.all(arns.map((arn) => policyOf(events, context, arn)));
    return new Map(
      arns.flatMap((arn, index) => {
        const policy = policies[index];
        return policy === undefined ? [] : [[arn, policy] as const];
      }),
    );
  },
  touched: (context, { Entries }) => busesOf(context, Entries).flatMap(touchedBus),
  async handle({ services, region, caller, forwarded, origin }, input) {
    if (forwarded) {
      const eventBusName = input.Entries?.[0]?.EventBusName ?? 'default';
      await services.events.forwardEvent(region, forwarded, {
        eventBusName,
        // what is forwarded comes from a delivery
        deliveryId: origin!.deliveryId!,
        simulated: isSimulated(caller),
      });
      return { FailedEntryCount: 0, Entries: [{ EventId: forwarded.id }] };
    }
    refuseMembers(service, input, ['EndpointId']);
    const entries = (input.Entries ?? []).map((entry) => defined({ ...entry }));
    const results = await services.events.putEvents(region, entries, {
      simulated: isSimulated(caller),
    });
    return {
      FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length,
      Entries: results,
    };
  },
};

/**
 * A condition key whose value all entries share. AWS judges each entry by its own; where they differ, the key is missing
 * here: what is allowed on its condition only is refused for all of them.
 */
function sharedBy(
  key: string,
  entries: readonly PutEventsRequestEntry[],
  member: 'Source' | 'DetailType',
): Record<string, string> {
  const [value, ...others] = new Set(entries.map((entry) => entry[member]));
  return value === undefined || others.length > 0 ? {} : { [key]: value };
}

/**
 * The policy of a bus. Rules reach the buses of their own account without a role, whatever it says.
 * @returns undefined for a bus that has none or is not there
 */
async function policyOf(
  events: EventService,
  { caller, region, account }: CallContext,
  busArn: string,
): Promise<string | undefined> {
  const [, , , busRegion = region, owner] = busArn.split(':');
  if (owner !== account || caller.kind === 'administrator') return undefined;
  if (caller.kind === 'service' && owner === caller.account) return forRules(busArn);
  const { EventBuses } = await events.listEventBuses(busRegion, {
    NamePrefix: busArn.slice(busArn.indexOf('/') + 1),
  });
  return EventBuses.find(({ Arn }) => Arn === busArn)?.Policy;
}

function forRules(busArn: string): string {
  const Principal = { Service: 'events.amazonaws.com' };
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: 'events:PutEvents', Resource: busArn }],
  });
}

const testEventPattern: ServiceOperation<TestEventPatternRequest, TestEventPatternResponse> = {
  service,
  name: 'TestEventPattern',
  access: 'read',
  resourceArn: () => '*',
  async handle({ services }, { EventPattern, Event }) {
    return { Result: services.events.testEventPattern(EventPattern!, Event!) };
  },
};

const createEventBus: ServiceOperation<CreateEventBusRequest, CreateEventBusResponse> = {
  service,
  name: 'CreateEventBus',
  access: 'write',
  resourceArn: (context, { Name }) => busArn(context, Name),
  touched: (context, { Name }) => touchedBus(busArn(context, Name)),
  async handle({ services, region }, input) {
    refuseMembers(service, input, ['EventSourceName', 'KmsKeyIdentifier', 'DeadLetterConfig', 'LogConfig']);
    const { Name, Description, Tags } = input;
    const created = await services.events.createEventBus(region, {
      Name: Name!,
      ...defined({ Description, tags: Tags && tagRecord(Tags) }),
    });
    return { EventBusArn: created.EventBusArn, ...defined({ Description }) };
  },
};

const updateEventBus: ServiceOperation<UpdateEventBusRequest, UpdateEventBusResponse> = {
  service,
  name: 'UpdateEventBus',
  access: 'write',
  resourceArn: (context, { Name }) => busArn(context, Name),
  touched: (context, { Name }) => touchedBus(busArn(context, Name)),
  async handle({ services, region }, input) {
    refuseMembers(service, input, ['KmsKeyIdentifier', 'DeadLetterConfig', 'LogConfig']);
    const { Arn, Name, Description } = await services.events.updateEventBus(
      region,
      input.Name,
      input.Description,
    );
    return { Arn, Name, ...defined({ Description }) };
  },
};

const describeEventBus: ServiceOperation<DescribeEventBusRequest, DescribeEventBusResponse> = {
  service,
  name: 'DescribeEventBus',
  access: 'read',
  resourceArn: (context, { Name }) => busArn(context, Name),
  async handle({ services, region }, { Name }) {
    return busOf(await services.events.describeEventBus(region, Name));
  },
};

const listEventBuses: ServiceOperation<ListEventBusesRequest, ListEventBusesResponse> = {
  service,
  name: 'ListEventBuses',
  access: 'read',
  resourceArn: () => '*',
  async handle({ services, region }, { NamePrefix, NextToken, Limit }) {
    const page = await services.events.listEventBuses(region, defined({ NamePrefix, NextToken, Limit }));
    return { EventBuses: page.EventBuses.map(busOf), ...defined({ NextToken: page.NextToken }) };
  },
};

const deleteEventBus: ServiceOperation<DeleteEventBusRequest> = {
  service,
  name: 'DeleteEventBus',
  access: 'write',
  resourceArn: (context, { Name }) => busArn(context, Name),
  touched: (context, { Name }) => touchedBus(busArn(context, Name)),
  async handle({ services, region }, { Name }) {
    await services.events.deleteEventBus(region, Name!);
    return {};
  },
};

function busesOf(context: CallContext, entries: PutEventsRequest['Entries']): string[] {
  return [...new Set((entries ?? []).map(({ EventBusName }) => busArn(context, EventBusName)))];
}

function busOf(bus: EventBusDescription) {
  return {
    Name: bus.Name,
    Arn: bus.Arn,
    CreationTime: new Date(bus.creationTimeMs),
    LastModifiedTime: new Date(bus.lastModifiedTimeMs),
    ...defined({ Description: bus.Description, Policy: bus.Policy }),
  };
}

export const eventBusOperations = [
  putEvents,
  testEventPattern,
  createEventBus,
  updateEventBus,
  describeEventBus,
  listEventBuses,
  deleteEventBus,
];
