import type {
  CreateArchiveRequest,
  CreateArchiveResponse,
  DeleteArchiveRequest,
  DescribeArchiveRequest,
  DescribeArchiveResponse,
  ListArchivesRequest,
  ListArchivesResponse,
  UpdateArchiveRequest,
  UpdateArchiveResponse,
} from '@aws-sdk/client-eventbridge';
import type { CallContext } from '@riposte/account';
import type { Archive, ArchiveDescription } from '@riposte/events';
import type { ServiceOperation } from '../pipeline/operation.ts';
import { defined } from './defined.ts';
import { eventsArn } from './events-arns.ts';
import { refuseMembers } from './refuse-members.ts';

const service = 'events';

const byName = {
  resourceArn: (context: CallContext, { ArchiveName }: { ArchiveName: string | undefined }) =>
    eventsArn(context, 'archive', ArchiveName!),
  touched: (context: CallContext, { ArchiveName }: { ArchiveName: string | undefined }) => [
    { type: 'AWS::Events::Archive', name: eventsArn(context, 'archive', ArchiveName!) },
  ],
};

const createArchive: ServiceOperation<CreateArchiveRequest, CreateArchiveResponse> = {
  service,
  name: 'CreateArchive',
  access: 'write',
  ...byName,
  async handle({ services, region }, input) {
    refuseMembers(service, input, ['KmsKeyIdentifier']);
    const { ArchiveName, EventSourceArn, Description, EventPattern, RetentionDays } = input;
    const created = await services.events.createArchive(region, {
      ArchiveName: ArchiveName!,
      EventSourceArn: EventSourceArn!,
      ...defined({ Description, EventPattern, RetentionDays }),
    });
    return stateOf(created);
  },
};

const updateArchive: ServiceOperation<UpdateArchiveRequest, UpdateArchiveResponse> = {
  service,
  name: 'UpdateArchive',
  access: 'write',
  ...byName,
  async handle({ services, region }, input) {
    refuseMembers(service, input, ['KmsKeyIdentifier']);
    const { ArchiveName, Description, EventPattern, RetentionDays } = input;
    const change = defined({ Description, EventPattern, RetentionDays });
    return stateOf(await services.events.updateArchive(region, ArchiveName!, change));
  },
};

const describeArchive: ServiceOperation<DescribeArchiveRequest, DescribeArchiveResponse> = {
  service,
  name: 'DescribeArchive',
  access: 'read',
  ...byName,
  async handle({ services, region }, { ArchiveName }) {
    const archive = await services.events.describeArchive(region, ArchiveName!);
    const { ArchiveArn, Description, EventPattern } = archive;
    return { ArchiveArn, ...listed(archive), ...defined({ Description, EventPattern }) };
  },
};

const listArchives: ServiceOperation<ListArchivesRequest, ListArchivesResponse> = {
  service,
  name: 'ListArchives',
  access: 'read',
  resourceArn: (context) => eventsArn(context, 'archive', '*'),
  async handle({ services, region }, { NamePrefix, EventSourceArn, State, NextToken, Limit }) {
    const found = await services.events.listArchives(
      region,
      defined({ NamePrefix, EventSourceArn, State, NextToken, Limit }),
    );
    return { Archives: found.Archives.map(listed), ...defined({ NextToken: found.NextToken }) };
  },
};

const deleteArchive: ServiceOperation<DeleteArchiveRequest> = {
  service,
  name: 'DeleteArchive',
  access: 'write',
  ...byName,
  async handle({ services, region }, { ArchiveName }) {
    await services.events.deleteArchive(region, ArchiveName!);
    return {};
  },
};

function stateOf({ ArchiveArn, State, creationTimeMs }: Archive) {
  return { ArchiveArn, State, CreationTime: new Date(creationTimeMs) };
}

function listed(archive: ArchiveDescription) {
  const { ArchiveName, EventSourceArn, State, RetentionDays, SizeBytes, EventCount, creationTimeMs } =
    archive;
  return {
    ArchiveName,
    EventSourceArn,
    State,
    RetentionDays,
    SizeBytes,
    EventCount,
    CreationTime: new Date(creationTimeMs),
  };
}

export const archiveOperations = [createArchive, updateArchive, describeArchive, listArchives, deleteArchive];
