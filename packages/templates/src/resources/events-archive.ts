import { integer, json, members, text } from '../resolve/shape.ts';
import type { ValueMap } from '../read/value.ts';
import { checkEventPattern } from './event-pattern.ts';
import { documentText, pick, textAt } from './properties.ts';
import type { ResourceRequest, ResourceState, ResourceType } from './resource-type.ts';
import { allow, AlreadyExists, hasCode } from './service-code.ts';

export const eventsArchive: ResourceType = {
  type: 'AWS::Events::Archive',
  shape: members(
    { ArchiveName: text, SourceArn: text, Description: text, EventPattern: json, RetentionDays: integer },
    ['SourceArn'],
  ),
  nameProperty: 'ArchiveName',
  nameLengthMax: 48,
  replacedBy: ['SourceArn'],
  attributes: ['Arn'],

  checkContent: checkEventPattern,

  identify: stateOf,

  async create(request, client) {
    const EventSourceArn = textAt(request.properties, 'SourceArn');
    try {
      await client.call('events', 'CreateArchive', {
        ArchiveName: request.name,
        EventSourceArn,
        ...settingsOf(request),
      });
    } catch (error) {
      if (!hasCode(error, 'ResourceAlreadyExists')) throw error;
      if (!request.adopt) throw new AlreadyExists(`The archive ${request.name}`, { cause: error });
    }
    return stateOf(request);
  },

  async update(request, client) {
    const settings = { Description: '', RetentionDays: 0, ...settingsOf(request) }; // 0: for ever
    await client.call('events', 'UpdateArchive', { ArchiveName: request.name, ...settings });
    return stateOf(request);
  },

  async delete(state, client) {
    await allow(
      client.call('events', 'DeleteArchive', { ArchiveName: state.physicalId }),
      'ResourceNotFound',
    );
  },
};

function settingsOf({ properties }: ResourceRequest): ValueMap {
  return {
    ...pick(properties, 'Description', 'RetentionDays'),
    ...(Object.hasOwn(properties, 'EventPattern') && {
      EventPattern: documentText(properties['EventPattern']),
    }),
  };
}

function stateOf({ name, pseudo: { partition, region, account } }: ResourceRequest): ResourceState {
  return {
    physicalId: name,
    attributes: { Arn: `arn:${partition}:events:${region}:${account}:archive/${name}` },
    details: {},
  };
}
