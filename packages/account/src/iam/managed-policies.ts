import type { AccountOperation, CallContext } from '../ports/operation.ts';
import { listed, type ListInput } from './checks.ts';
import { entityArn, findRole, noSuchEntity } from './entities.ts';
import type { AccountTransaction } from '../ports/account-store.ts';

/** AWS managed policies that this server knows, by ARN, as AWS publishes them. */
const MANAGED_POLICIES: ReadonlyMap<string, string> = new Map([
  [
    'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: '*',
        },
      ],
    }),
  ],
]);

interface AttachInput {
  RoleName: string;
  PolicyArn: string;
}

export const attachRolePolicy: AccountOperation<AttachInput> = {
  service: 'iam',
  name: 'AttachRolePolicy',
  access: 'write',
  resourceArn: roleArn,
  touched,
  handle(transaction, _context, { RoleName, PolicyArn }) {
    const role = findRole(transaction, RoleName);
    if (!MANAGED_POLICIES.has(PolicyArn))
      throw noSuchEntity(
        `Policy ${PolicyArn} does not exist or is not attachable. This server knows: ${[...MANAGED_POLICIES.keys()].join(', ')}. For others use PutRolePolicy.`,
      );
    const attachedPolicies = [...new Set([...role.attachedPolicies, PolicyArn])].sort();
    transaction.put('iam:role', RoleName, { ...role, attachedPolicies });
    return {};
  },
};

export const detachRolePolicy: AccountOperation<AttachInput> = {
  service: 'iam',
  name: 'DetachRolePolicy',
  access: 'write',
  resourceArn: roleArn,
  touched,
  handle(transaction, _context, { RoleName, PolicyArn }) {
    const role = findRole(transaction, RoleName);
    if (!role.attachedPolicies.includes(PolicyArn)) throw noSuchEntity(`Policy ${PolicyArn} was not found.`);
    const attachedPolicies = role.attachedPolicies.filter((arn) => arn !== PolicyArn);
    transaction.put('iam:role', RoleName, { ...role, attachedPolicies });
    return {};
  },
};

export const listAttachedRolePolicies: AccountOperation<
  ListInput & { RoleName: string; PathPrefix?: string }
> = {
  service: 'iam',
  name: 'ListAttachedRolePolicies',
  access: 'read',
  resourceArn: roleArn,
  handle(transaction, _context, input) {
    const role = findRole(transaction, input.RoleName);
    const prefix = input.PathPrefix ?? '/';
    const arns = role.attachedPolicies.filter((arn) => arn.slice(arn.indexOf('/')).startsWith(prefix));
    const { page, end } = listed(arns, (arn) => arn, input);
    return {
      AttachedPolicies: page.map((arn) => ({ PolicyName: managedPolicyName(arn), PolicyArn: arn })),
      ...end,
    };
  },
};

/** The document behind an ARN that `attachRolePolicy` accepted. */
export function managedPolicyDocument(arn: string): string | undefined {
  return MANAGED_POLICIES.get(arn);
}

export function managedPolicyName(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

function roleArn(context: CallContext, input: { RoleName: string }, transaction: AccountTransaction): string {
  return entityArn(transaction, context, 'role', input.RoleName);
}

function touched(_context: CallContext, { RoleName, PolicyArn }: AttachInput) {
  return [
    { type: 'AWS::IAM::Role', name: RoleName },
    { type: 'AWS::IAM::Policy', name: PolicyArn },
  ];
}
