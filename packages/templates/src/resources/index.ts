import { eventsApiDestination } from './events-api-destination.ts';
import { eventsArchive } from './events-archive.ts';
import { eventBusPolicy } from './events-bus-policy.ts';
import { eventBus } from './events-bus.ts';
import { eventsConnection } from './events-connection.ts';
import { eventsRule } from './events-rule.ts';
import { iamPolicy } from './iam-policy.ts';
import { iamRole } from './iam-role.ts';
import { lambdaFunction } from './lambda-function.ts';
import { lambdaPermission } from './lambda-permission.ts';
import { logGroup } from './log-group.ts';
import { logsResourcePolicy } from './logs-resource-policy.ts';
import type { ResourceType } from './resource-type.ts';
import { s3Bucket } from './s3-bucket.ts';
import { schedulerGroup } from './scheduler-group.ts';
import { schedulerSchedule } from './scheduler-schedule.ts';
import { snsSubscription } from './sns-subscription.ts';
import { snsTopicPolicy } from './sns-topic-policy.ts';
import { snsTopic } from './sns-topic.ts';
import { sqsQueuePolicy } from './sqs-queue-policy.ts';
import { sqsQueue } from './sqs-queue.ts';
import { stateMachine } from './state-machine.ts';

const types = [
  iamRole,
  iamPolicy,
  lambdaFunction,
  lambdaPermission,
  stateMachine,
  snsTopic,
  snsSubscription,
  snsTopicPolicy,
  sqsQueue,
  sqsQueuePolicy,
  eventsRule,
  eventBus,
  eventBusPolicy,
  eventsArchive,
  eventsConnection,
  eventsApiDestination,
  schedulerSchedule,
  schedulerGroup,
  logGroup,
  logsResourcePolicy,
  s3Bucket,
];

/** Every resource type that a stack may hold, by name. */
export const resourceTypes: ReadonlyMap<string, ResourceType> = new Map(types.map((one) => [one.type, one]));

/** The type of a resource that a plan or record names. @throws Error when a newer version wrote it */
export function typeNamed(name: string): ResourceType {
  const type = resourceTypes.get(name);
  if (type === undefined)
    throw new Error(`The resource type ${name} is not known to this version of Riposte.`);
  return type;
}
