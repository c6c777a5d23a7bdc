import type { AwsClient } from '../ports/aws-client.ts';
import { integer, members, oneOf, text } from '../resolve/shape.ts';
import { requiredText, textAt } from './properties.ts';
import type { ResourceRequest, ResourceState, ResourceType } from './resource-type.ts';
import { allow, AlreadyExists, hasCode } from './service-code.ts';

const target = members(
  {
    Arn: text,
    RoleArn: text,
    Input: text,
    DeadLetterConfig: members({ Arn: text }),
    RetryPolicy: members({ MaximumRetryAttempts: integer, MaximumEventAgeInSeconds: integer }),
    EventBridgeParameters: members({ DetailType: text, Source: text }, ['DetailType', 'Source']),
  },
  ['Arn', 'RoleArn'],
);

export const schedulerSchedule: ResourceType = {
  type: 'AWS::Scheduler::Schedule',
  shape: members(
    {
      Name: text,
      GroupName: text,
      Description: text,
      ScheduleExpression: text,
      ScheduleExpressionTimezone: text,
      StartDate: text,
      EndDate: text,
      State: oneOf('ENABLED', 'DISABLED'),
      FlexibleTimeWindow: members({ Mode: oneOf('OFF', 'FLEXIBLE'), MaximumWindowInMinutes: integer }, [
        'Mode',
      ]),
      Target: target,
    },
    ['ScheduleExpression', 'FlexibleTimeWindow', 'Target'],
  ),
  nameProperty: 'Name',
  nameLengthMax: 64,
  replacedBy: ['GroupName'],
  attributes: ['Arn'],

  identify: stateOf,

  async create(request, client) {
    try {
      await write('CreateSchedule', request, client);
    } catch (error) {
      if (!hasCode(error, 'Conflict')) throw error;
      if (!request.adopt) throw new AlreadyExists(`The schedule ${request.name}`, { cause: error });
      await write('UpdateSchedule', request, client);
    }
    return stateOf(request);
  },

  /** UpdateSchedule replaces the schedule: what is not named is the default again. */
  async update(request, client) {
    await write('UpdateSchedule', request, client);
    return stateOf(request);
  },

  async delete({ details }, client) {
    const schedule = { Name: requiredText(details, 'name'), GroupName: requiredText(details, 'group') };
    await allow(client.call('scheduler', 'DeleteSchedule', schedule), 'ResourceNotFound');
  },
};

async function write(
  operation: string,
  { name, properties }: ResourceRequest,
  client: AwsClient,
): Promise<void> {
  const { StartDate, EndDate, ...rest } = properties;
  await client.call('scheduler', operation, {
    ...rest,
    Name: name,
    ...(typeof StartDate === 'string' && { StartDate: new Date(StartDate) }),
    ...(typeof EndDate === 'string' && { EndDate: new Date(EndDate) }),
  });
}

function stateOf({
  name,
  properties,
  pseudo: { partition, region, account },
}: ResourceRequest): ResourceState {
  const group = textAt(properties, 'GroupName') ?? 'default';
  return {
    physicalId: name,
    attributes: { Arn: `arn:${partition}:scheduler:${region}:${account}:schedule/${group}/${name}` },
    details: { name, group },
  };
}
