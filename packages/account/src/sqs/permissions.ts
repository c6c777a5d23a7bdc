import type { AccountOperation } from '../ports/operation.ts';
import { checkedAttributes, mergedAttributes } from './attributes.ts';
import { invalidValue } from './errors.ts';
import { findQueue, onQueue, type QueueInput } from './queue-address.ts';
import type { QueueRecord } from './records.ts';

interface Statement {
  Sid?: string;
}

interface Policy {
  Version: string;
  Id?: string;
  Statement: Statement[];
}

/** Actions that may be given to another account. @see AddPermission in SQS's API reference */
const ACTIONS = new Set([
  '*',
  'SendMessage',
  'ReceiveMessage',
  'DeleteMessage',
  'ChangeMessageVisibility',
  'GetQueueAttributes',
  'GetQueueUrl',
]);

export const addPermission: AccountOperation<
  QueueInput & { Label: string; AWSAccountIds: string[]; Actions: string[] }
> = {
  ...onQueue,
  name: 'AddPermission',
  access: 'write',
  handle(transaction, context, { QueueUrl, Label, AWSAccountIds, Actions }) {
    const queue = findQueue(transaction, context, QueueUrl);
    if (!/^[\w-]{1,80}$/.test(Label))
      throw invalidValue('Label', Label, 'Must be 1 to 80 alphanumeric characters, hyphens or underscores.');
    for (const action of Actions)
      if (!ACTIONS.has(action))
        throw invalidValue(
          'ActionName',
          `SQS:${action}`,
          'Please refer to the appropriate WSDL for a list of valid actions.',
        );
    const policy = policyOf(queue);
    if (policy.Statement.some(({ Sid }) => Sid === Label))
      throw invalidValue('Label', Label, 'Already exists.');
    const [actions, principals] = [
      Actions.map((action) => `SQS:${action}`),
      AWSAccountIds.map((account) => `arn:aws:iam::${account}:root`),
    ];
    const statement = {
      Sid: Label,
      Effect: 'Allow',
      Principal: { AWS: principals.length === 1 ? principals[0] : principals },
      Action: actions.length === 1 ? actions[0] : actions,
      Resource: queue.queueArn,
    };
    const text = JSON.stringify({ ...policy, Statement: [...policy.Statement, statement] });
    const checked = checkedAttributes(transaction, context, queue.queueArn, { Policy: text });
    transaction.put('sqs:queue', queue.id, {
      ...queue,
      attributes: mergedAttributes(queue.attributes, checked),
      changedAtMs: context.nowMs,
    });
    return {};
  },
};

export const removePermission: AccountOperation<QueueInput & { Label: string }> = {
  ...onQueue,
  name: 'RemovePermission',
  access: 'write',
  handle(transaction, context, { QueueUrl, Label }) {
    const queue = findQueue(transaction, context, QueueUrl);
    const policy = policyOf(queue);
    const rest = policy.Statement.filter(({ Sid }) => Sid !== Label);
    if (rest.length === policy.Statement.length) throw invalidValue('Label', Label, "can't find label.");
    const text = rest.length === 0 ? '' : JSON.stringify({ ...policy, Statement: rest });
    transaction.put('sqs:queue', queue.id, {
      ...queue,
      attributes: mergedAttributes(queue.attributes, { Policy: text }),
      changedAtMs: context.nowMs,
    });
    return {};
  },
};

function policyOf({ attributes, queueArn }: QueueRecord): Policy {
  if (attributes.Policy === undefined)
    return { Version: '2012-10-17', Id: `${queueArn}/SQSDefaultPolicy`, Statement: [] };
  const policy = JSON.parse(attributes.Policy) as Policy; // checked when it was set
  return { ...policy, Statement: [policy.Statement].flat() };
}
