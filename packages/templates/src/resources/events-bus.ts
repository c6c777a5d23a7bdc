import { members, text } from '../resolve/shape.ts';
import { pick, textAt } from './properties.ts';
import type { ResourceRequest, ResourceState, ResourceType } from './resource-type.ts';
import { allow, AlreadyExists, hasCode } from './service-code.ts';

export const eventBus: ResourceType = {
  type: 'AWS::Events::EventBus',
  shape: members({ Name: text, Description: text }, ['Name']),
  nameProperty: 'Name',
  nameLengthMax: 256,
  replacedBy: [],
  attributes: ['Arn', 'Name'],

  identify: stateOf,

  async create(request, client) {
    try {
      await client.call('events', 'CreateEventBus', {
        Name: request.name,
        ...pick(request.properties, 'Description'),
      });
    } catch (error) {
      if (!hasCode(error, 'ResourceAlreadyExists')) throw error;
      if (!request.adopt) throw new AlreadyExists(`The event bus ${request.name}`, { cause: error });
    }
    return stateOf(request);
  },

  async update(request, client) {
    await client.call('events', 'UpdateEventBus', {
      Name: request.name,
      Description: textAt(request.properties, 'Description') ?? '',
    });
    return stateOf(request);
  },

  async delete(state, client) {
    await allow(client.call('events', 'DeleteEventBus', { Name: state.physicalId }), 'ResourceNotFound');
  },
};

function stateOf({ name, pseudo: { partition, region, account } }: ResourceRequest): ResourceState {
  return {
    physicalId: name,
    attributes: { Arn: `arn:${partition}:events:${region}:${account}:event-bus/${name}`, Name: name },
    details: {},
  };
}
