import type {
  CreateActivityInput,
  CreateActivityOutput,
  DeleteActivityInput,
  DescribeActivityInput,
  DescribeActivityOutput,
  GetActivityTaskInput,
  GetActivityTaskOutput,
  ListActivitiesInput,
  ListActivitiesOutput,
} from '@aws-sdk/client-sfn';
import type { ServiceOperation } from '../pipeline/operation.ts';
import { defined } from './defined.ts';
import { activityArn, touchedActivity } from './states-arns.ts';
import { refuseEncryption } from './machine-settings.ts';
import { tagRecord } from './states-tags.ts';

const service = 'states';

const createActivity: ServiceOperation<CreateActivityInput, CreateActivityOutput> = {
  service,
  name: 'CreateActivity',
  access: 'write',
  resourceArn: (context, { name }) => activityArn(context, name ?? ''),
  touched: (context, { name }) => touchedActivity(activityArn(context, name ?? '')),
  async handle({ services, region }, { name, tags, encryptionConfiguration }) {
    refuseEncryption(encryptionConfiguration);
    const activity = await services.executions.createActivity({
      name: name!, // required by the model, checked before
      region,
      ...(tags && { tags: tagRecord(tags) }),
    });
    return { activityArn: activity.activityArn, creationDate: new Date(activity.creationDate) };
  },
};

const describeActivity: ServiceOperation<DescribeActivityInput, DescribeActivityOutput> = {
  service,
  name: 'DescribeActivity',
  access: 'read',
  resourceArn: (_context, input) => input.activityArn!,
  async handle({ services }, input) {
    const activity = await services.executions.describeActivity(input.activityArn!);
    return {
      activityArn: activity.activityArn,
      name: activity.name,
      creationDate: new Date(activity.creationDate),
      encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
    };
  },
};

const deleteActivity: ServiceOperation<DeleteActivityInput> = {
  service,
  name: 'DeleteActivity',
  access: 'write',
  resourceArn: (_context, input) => input.activityArn!,
  touched: (_context, input) => touchedActivity(input.activityArn),
  async handle({ services }, input) {
    await services.executions.deleteActivity(input.activityArn!);
    return {};
  },
};

const listActivities: ServiceOperation<ListActivitiesInput, ListActivitiesOutput> = {
  service,
  name: 'ListActivities',
  access: 'read',
  resourceArn: () => '*',
  async handle({ services, region }, { maxResults, nextToken }) {
    const page = await services.executions.listActivities(region, defined({ maxResults, nextToken }));
    const activities = page.activities.map((activity) => ({
      activityArn: activity.activityArn,
      name: activity.name,
      creationDate: new Date(activity.creationDate),
    }));
    return { activities, ...defined({ nextToken: page.nextToken }) };
  },
};

/** A change, though its name says otherwise: the task is taken from the others. */
const getActivityTask: ServiceOperation<GetActivityTaskInput, GetActivityTaskOutput> = {
  service,
  name: 'GetActivityTask',
  access: 'write',
  resourceArn: (_context, input) => input.activityArn!,
  touched: (_context, input) => touchedActivity(input.activityArn),
  async handle({ services, signal, callerGone }, input) {
    const task = await services.executions.getActivityTask({
      activityArn: input.activityArn!,
      ...defined({ workerName: input.workerName, signal: signal ?? callerGone }),
    });
    return task ?? {};
  },
};

export const activityOperations = [
  createActivity,
  describeActivity,
  deleteActivity,
  listActivities,
  getActivityTask,
];
