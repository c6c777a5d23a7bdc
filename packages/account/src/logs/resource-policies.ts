import { ServiceError } from '@riposte/engine';
import type { AccountTransaction } from '../ports/account-store.ts';
import type { AccountOperation } from '../ports/operation.ts';
import { pageOf } from '../page.ts';
import { checkedLimit } from './constraints.ts';

/** Who may write into the groups of a region, by name: type `logs:resource-policy`, id `<region>/<name>`. */
interface ResourcePolicyRecord {
  policyName: string;
  policyDocument: string;
  lastUpdatedTime: number;
}

const POLICIES_MAX = 10;
const DOCUMENT_LENGTH_MAX = 5120;
const PAGE_MAX = 50;

/** All policies of a region as one, which is how they are asked; undefined where there is none. */
export function resourcePolicyOf(transaction: AccountTransaction, region: string): string | undefined {
  const policies = transaction.list<ResourcePolicyRecord>('logs:resource-policy', `${region}/`);
  if (policies.length === 0) return undefined;
  const statements = policies.flatMap(
    ({ policyDocument }) => (JSON.parse(policyDocument) as { Statement: object | object[] }).Statement, // checked when put
  );
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

export const putResourcePolicy: AccountOperation<{ policyName: string; policyDocument: string }> = {
  service: 'logs',
  name: 'PutResourcePolicy',
  access: 'write',
  resourceArn: () => '*',
  handle(transaction, { region, nowMs }, { policyName, policyDocument }) {
    if (!isPolicy(policyDocument))
      throw new ServiceError('InvalidParameterException', 'The policy document is not a valid JSON policy.');
    const id = `${region}/${policyName}`;
    const isNew = transaction.get('logs:resource-policy', id) === undefined;
    if (isNew && transaction.list('logs:resource-policy', `${region}/`).length >= POLICIES_MAX)
      throw new ServiceError('LimitExceededException', 'Resource limit exceeded.');
    const resourcePolicy: ResourcePolicyRecord = { policyName, policyDocument, lastUpdatedTime: nowMs };
    transaction.put('logs:resource-policy', id, resourcePolicy);
    return { resourcePolicy };
  },
};

export const describeResourcePolicies: AccountOperation<{ limit?: number; nextToken?: string }> = {
  service: 'logs',
  name: 'DescribeResourcePolicies',
  access: 'read',
  resourceArn: () => '*',
  handle(transaction, { region }, { limit, nextToken }) {
    const policies = transaction.list<ResourcePolicyRecord>('logs:resource-policy', `${region}/`);
    const page = pageOf(policies, ({ policyName }) => policyName, {
      after: nextToken,
      limit: checkedLimit(limit, PAGE_MAX),
      code: 'InvalidParameterException',
    });
    return { resourcePolicies: page.items, ...(page.next !== undefined && { nextToken: page.next }) };
  },
};

export const deleteResourcePolicy: AccountOperation<{ policyName: string }> = {
  service: 'logs',
  name: 'DeleteResourcePolicy',
  access: 'write',
  resourceArn: () => '*',
  handle(transaction, { region }, { policyName }) {
    if (!transaction.delete('logs:resource-policy', `${region}/${policyName}`))
      throw new ServiceError('ResourceNotFoundException', `Policy with name [${policyName}] does not exist.`);
    return {};
  },
};

function isPolicy(text: string): boolean {
  if (text.length > DOCUMENT_LENGTH_MAX) return false;
  try {
    const document: unknown = JSON.parse(text);
    return typeof document === 'object' && document !== null && 'Statement' in document;
  } catch {
    return false;
  }
}
