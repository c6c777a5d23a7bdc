import type { AccountOperation } from './ports/operation.ts';
import { lookupEvents } from './cloudtrail/lookup-events.ts';
import {
  createAccessKey,
  deleteAccessKey,
  getAccessKeyLastUsed,
  listAccessKeys,
  updateAccessKey,
} from './iam/access-keys.ts';
import { inlinePolicyOperations } from './iam/inline-policies.ts';
import { attachRolePolicy, detachRolePolicy, listAttachedRolePolicies } from './iam/managed-policies.ts';
import { createRole, deleteRole, getRole, listRoles, tagRole, updateAssumeRolePolicy } from './iam/roles.ts';
import { createUser, deleteUser, getUser, listUsers, tagUser } from './iam/users.ts';
import { logOperations } from './logs/operations.ts';
import { publish } from './sns/publish.ts';
import {
  getSubscriptionAttributes,
  listSubscriptions,
  listSubscriptionsByTopic,
  setSubscriptionAttributes,
  subscribe,
  unsubscribe,
} from './sns/subscriptions.ts';
import {
  createTopic,
  deleteTopic,
  getTopicAttributes,
  listTopics,
  setTopicAttributes,
} from './sns/topics.ts';
import { queueOperations } from './sqs/operations.ts';
import { assumeRole } from './sts/assume-role.ts';
import { getAccessKeyInfo, getCallerIdentity } from './sts/identity.ts';

/** Every operation of the local account. One that is not here is refused by the gateway as unknown. */
export const accountOperations: readonly AccountOperation[] = [
  createUser,
  getUser,
  listUsers,
  deleteUser,
  tagUser,
  createAccessKey,
  listAccessKeys,
  updateAccessKey,
  deleteAccessKey,
  getAccessKeyLastUsed,
  createRole,
  getRole,
  listRoles,
  deleteRole,
  updateAssumeRolePolicy,
  tagRole,
  ...inlinePolicyOperations,
  attachRolePolicy,
  detachRolePolicy,
  listAttachedRolePolicies,
  getCallerIdentity,
  getAccessKeyInfo,
  assumeRole,
  lookupEvents,
  createTopic,
  deleteTopic,
  listTopics,
  getTopicAttributes,
  setTopicAttributes,
  subscribe,
  unsubscribe,
  getSubscriptionAttributes,
  setSubscriptionAttributes,
  listSubscriptions,
  listSubscriptionsByTopic,
  publish,
  ...queueOperations,
  ...logOperations,
];
