import type {
  CreateScheduleInput,
  CreateScheduleOutput,
  DeleteScheduleInput,
  GetScheduleInput,
  GetScheduleOutput,
  ListSchedulesInput,
  ListSchedulesOutput,
  Target,
  UpdateScheduleInput,
  UpdateScheduleOutput,
} from '@aws-sdk/client-scheduler';
import { type CallContext, isSimulated } from '@riposte/account';
import type { Schedule, ScheduleInput } from '@riposte/events';
import type { ServiceOperation } from '../pipeline/operation.ts';
import { defined } from './defined.ts';
import { refuseMembers } from './refuse-members.ts';

const service = 'scheduler';

/** Members of a target for services that this server does not call. */
const UNWRITTEN_TARGET_MEMBERS = [
  'EcsParameters',
  'KinesisParameters',
  'SageMakerPipelineParameters',
] as const satisfies readonly (keyof Target)[];

type Named = { Name: string | undefined; GroupName?: string | undefined };

const byName = {
  resourceArn: (context: CallContext, { Name, GroupName }: Named) => scheduleArn(context, GroupName, Name!),
  touched: (context: CallContext, { Name, GroupName }: Named) => [
    { type: 'AWS::Scheduler::Schedule', name: scheduleArn(context, GroupName, Name!) },
  ],
};

function scheduleArn({ region, account }: CallContext, group = 'default', name: string): string {
  return `arn:aws:scheduler:${region}:${account}:schedule/${group}/${name}`;
}

const createSchedule: ServiceOperation<CreateScheduleInput, CreateScheduleOutput> = {
  service,
  name: 'CreateSchedule',
  access: 'write',
  ...byName,
  passedRoles: ({ Target: target }) => [target?.RoleArn],
  async handle({ services, region, caller }, input) {
    const how = { simulated: isSimulated(caller) };
    return services.events.createSchedule(region, scheduleInput(input), how);
  },
};

const updateSchedule: ServiceOperation<UpdateScheduleInput, UpdateScheduleOutput> = {
  service,
  name: 'UpdateSchedule',
  access: 'write',
  ...byName,
  passedRoles: ({ Target: target }) => [target?.RoleArn],
  async handle({ services, region, caller }, input) {
    const how = { simulated: isSimulated(caller) };
    return services.events.updateSchedule(region, scheduleInput(input), how);
  },
};

const getSchedule: ServiceOperation<GetScheduleInput, GetScheduleOutput> = {
  service,
  name: 'GetSchedule',
  access: 'read',
  ...byName,
  async handle({ services, region }, { Name, GroupName }) {
    return shown(await services.events.getSchedule(region, Name!, GroupName));
  },
};

const deleteSchedule: ServiceOperation<DeleteScheduleInput> = {
  service,
  name: 'DeleteSchedule',
  access: 'write',
  ...byName,
  async handle({ services, region }, { Name, GroupName }) {
    await services.events.deleteSchedule(region, Name!, GroupName);
    return {};
  },
};

const listSchedules: ServiceOperation<ListSchedulesInput, ListSchedulesOutput> = {
  service,
  name: 'ListSchedules',
  access: 'read',
  resourceArn: (context) => scheduleArn(context, '*', '*'),
  async handle({ services, region }, input) {
    const { GroupName, NamePrefix, State, MaxResults, NextToken } = input;
    const { Schedules, ...next } = await services.events.listSchedules(
      region,
      defined({ GroupName, NamePrefix, State, MaxResults, NextToken }),
    );
    return { Schedules: Schedules.map(summaryOf), ...next };
  },
};

function scheduleInput(input: CreateScheduleInput): ScheduleInput {
  const { Name, ScheduleExpression, FlexibleTimeWindow, Target: target, ...optional } = input;
  refuseMembers(service, target!, UNWRITTEN_TARGET_MEMBERS);
  const { Arn, RoleArn, EventBridgeParameters, ...others } = target!; // required members were checked before
  return {
    Name: Name!,
    ScheduleExpression: ScheduleExpression!,
    FlexibleTimeWindow: {
      Mode: FlexibleTimeWindow!.Mode!,
      ...defined({ MaximumWindowInMinutes: FlexibleTimeWindow!.MaximumWindowInMinutes }),
    },
    Target: {
      Arn: Arn!,
      RoleArn: RoleArn!,
      ...(EventBridgeParameters && {
        EventBridgeParameters: {
          DetailType: EventBridgeParameters.DetailType!,
          Source: EventBridgeParameters.Source!,
        },
      }),
      ...(defined(others) as Pick<ScheduleInput['Target'], 'Input' | 'DeadLetterConfig' | 'RetryPolicy'>),
    },
    ...defined(optional),
  };
}

/** As GetSchedule tells it: what the service fills in by itself is told too. */
function shown(schedule: Schedule): GetScheduleOutput {
  const { FlexibleTimeWindow, Target: target, ...others } = schedule;
  return {
    ...others,
    FlexibleTimeWindow: FlexibleTimeWindow as GetScheduleOutput['FlexibleTimeWindow'],
    Target: {
      ...target,
      RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185, ...target.RetryPolicy },
    },
  };
}

function summaryOf(schedule: Schedule) {
  const { Arn, Name, GroupName, State, CreationDate, LastModificationDate, Target: target } = schedule;
  return { Arn, Name, GroupName, State, CreationDate, LastModificationDate, Target: { Arn: target.Arn } };
}

export const scheduleOperations: readonly ServiceOperation[] = [
  createSchedule,
  updateSchedule,
  getSchedule,
  deleteSchedule,
  listSchedules,
];
