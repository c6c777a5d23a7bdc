import { filterLogEvents, getLogEvents } from './events.ts';
import { createLogGroup, deleteLogGroup, describeLogGroups } from './groups.ts';
import { putLogEvents } from './put-events.ts';
import { deleteResourcePolicy, describeResourcePolicies, putResourcePolicy } from './resource-policies.ts';
import { deleteRetentionPolicy, putRetentionPolicy } from './retention.ts';
import { createLogStream, deleteLogStream, describeLogStreams } from './streams.ts';
import { logTagOperations } from './tags.ts';

/** CloudWatch Logs. Queries of Logs Insights, metric and subscription filters are not among them. */
export const logOperations = [
  createLogGroup,
  deleteLogGroup,
  describeLogGroups,
  createLogStream,
  deleteLogStream,
  describeLogStreams,
  putLogEvents,
  getLogEvents,
  filterLogEvents,
  putRetentionPolicy,
  deleteRetentionPolicy,
  ...logTagOperations,
  putResourcePolicy,
  describeResourcePolicies,
  deleteResourcePolicy,
];
