import { members, text } from '../resolve/shape.ts';
import type { ResourceRequest, ResourceState, ResourceType } from './resource-type.ts';
import { allow, AlreadyExists, hasCode } from './service-code.ts';

export const schedulerGroup: ResourceType = {
  type: 'AWS::Scheduler::ScheduleGroup',
  shape: members({ Name: text }),
  nameProperty: 'Name',
  nameLengthMax: 64,
  replacedBy: [],
  attributes: ['Arn'],

  identify: stateOf,

  async create(request, client) {
    try {
      await client.call('scheduler', 'CreateScheduleGroup', { Name: request.name });
    } catch (error) {
      if (!hasCode(error, 'Conflict')) throw error;
      if (!request.adopt) throw new AlreadyExists(`The schedule group ${request.name}`, { cause: error });
    }
    return stateOf(request);
  },

  update: async (request) => stateOf(request),

  /** The service deletes the group's schedules with it. */
  async delete(state, client) {
    await allow(
      client.call('scheduler', 'DeleteScheduleGroup', { Name: state.physicalId }),
      'ResourceNotFound',
    );
  },
};

function stateOf({ name, pseudo: { partition, region, account } }: ResourceRequest): ResourceState {
  return {
    physicalId: name,
    attributes: { Arn: `arn:${partition}:scheduler:${region}:${account}:schedule-group/${name}` },
    details: {},
  };
}
