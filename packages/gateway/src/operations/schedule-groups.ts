import type {
  CreateScheduleGroupInput,
  CreateScheduleGroupOutput,
  DeleteScheduleGroupInput,
  GetScheduleGroupInput,
  GetScheduleGroupOutput,
  ListScheduleGroupsInput,
  ListScheduleGroupsOutput,
  ListTagsForResourceInput,
  ListTagsForResourceOutput,
  Tag,
  TagResourceInput,
  UntagResourceInput,
} from '@aws-sdk/client-scheduler';
import type { CallContext } from '@riposte/account';
import type { ServiceOperation } from '../pipeline/operation.ts';
import { defined } from './defined.ts';

const service = 'scheduler';

const byName = {
  resourceArn: (context: CallContext, { Name }: { Name: string | undefined }) => groupArn(context, Name!),
  touched: (context: CallContext, { Name }: { Name: string | undefined }) =>
    touchedGroup(groupArn(context, Name!)),
};

const byArn = {
  resourceArn: (_context: CallContext, { ResourceArn }: { ResourceArn: string | undefined }) => ResourceArn!,
  touched: (_context: CallContext, { ResourceArn }: { ResourceArn: string | undefined }) =>
    touchedGroup(ResourceArn!),
};

function groupArn({ region, account }: CallContext, name: string): string {
  return `arn:aws:scheduler:${region}:${account}:schedule-group/${name}`;
}

function touchedGroup(name: string) {
  return [{ type: 'AWS::Scheduler::ScheduleGroup', name }];
}

const createScheduleGroup: ServiceOperation<CreateScheduleGroupInput, CreateScheduleGroupOutput> = {
  service,
  name: 'CreateScheduleGroup',
  access: 'write',
  ...byName,
  async handle({ services, region }, { Name, Tags }) {
    return services.events.createScheduleGroup(region, Name!, tagsOf(Tags));
  },
};

const getScheduleGroup: ServiceOperation<GetScheduleGroupInput, GetScheduleGroupOutput> = {
  service,
  name: 'GetScheduleGroup',
  access: 'read',
  ...byName,
  async handle({ services, region }, { Name }) {
    return { ...(await services.events.getScheduleGroup(region, Name!)) };
  },
};

const deleteScheduleGroup: ServiceOperation<DeleteScheduleGroupInput> = {
  service,
  name: 'DeleteScheduleGroup',
  access: 'write',
  ...byName,
  async handle({ services, region }, { Name }) {
    await services.events.deleteScheduleGroup(region, Name!);
    return {};
  },
};

const listScheduleGroups: ServiceOperation<ListScheduleGroupsInput, ListScheduleGroupsOutput> = {
  service,
  name: 'ListScheduleGroups',
  access: 'read',
  resourceArn: (context) => groupArn(context, '*'),
  async handle({ services, region }, { NamePrefix, MaxResults, NextToken }) {
    return services.events.listScheduleGroups(region, defined({ NamePrefix, MaxResults, NextToken }));
  },
};

const tagResource: ServiceOperation<TagResourceInput> = {
  service,
  name: 'TagResource',
  access: 'write',
  ...byArn,
  async handle({ services, region }, { ResourceArn, Tags }) {
    await services.events.tagScheduleGroup(region, ResourceArn!, tagsOf(Tags));
    return {};
  },
};

const untagResource: ServiceOperation<UntagResourceInput> = {
  service,
  name: 'UntagResource',
  access: 'write',
  ...byArn,
  async handle({ services, region }, { ResourceArn, TagKeys }) {
    await services.events.untagScheduleGroup(region, ResourceArn!, TagKeys ?? []);
    return {};
  },
};

const listTagsForResource: ServiceOperation<ListTagsForResourceInput, ListTagsForResourceOutput> = {
  service,
  name: 'ListTagsForResource',
  access: 'read',
  ...byArn,
  async handle({ services, region }, { ResourceArn }) {
    const tags = await services.events.listScheduleGroupTags(region, ResourceArn!);
    return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
  },
};

function tagsOf(tags: Tag[] = []): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key!, Value!])); // both are required members
}

export const scheduleGroupOperations: readonly ServiceOperation[] = [
  createScheduleGroup,
  getScheduleGroup,
  deleteScheduleGroup,
  listScheduleGroups,
  tagResource,
  untagResource,
  listTagsForResource,
];
