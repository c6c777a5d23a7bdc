import type { DeclaredResource } from '../read/template.ts';
import { describe, isMap, memberOf, placeIn, type Value, type ValueMap } from '../read/value.ts';
import { isDeferred } from '../resolve/functions.ts';
import { TemplateError } from '../template-error.ts';
import { generated, trustOf } from './generated.ts';

/**
 * The role that SAM makes when a resource names none: its logical id is `<Id>Role`.
 * @param managedPolicies  ARNs that every such role gets
 * @throws TemplateError for policy templates and anything else that is not a document or a managed policy
 */
export function roleFor(
  origin: DeclaredResource,
  service: string,
  managedPolicies: readonly string[],
  partition: string,
): DeclaredResource {
  const managed = new Set(managedPolicies);
  const inline: ValueMap[] = [];
  const policies = memberOf(origin.properties, 'Policies') ?? [];
  const list = Array.isArray(policies) ? policies : [policies];
  const listPlace = placeIn(origin.propertiesPlace, origin.properties, 'Policies');
  list.forEach((policy, index) => {
    const place = Array.isArray(policies) ? placeIn(listPlace, policies, index) : listPlace;
    if (typeof policy === 'string') managed.add(managedArn(policy, partition));
    else if (isMap(policy) && Object.hasOwn(policy, 'Statement'))
      inline.push({
        PolicyName: `${origin.logicalId}RolePolicy${index}`,
        PolicyDocument: { Version: '2012-10-17', ...policy },
      });
    else throw notAPolicy(policy, place);
  });
  return generated(origin, `${origin.logicalId}Role`, 'AWS::IAM::Role', {
    AssumeRolePolicyDocument: trustOf(service),
    ...(managed.size === 0 ? {} : { ManagedPolicyArns: [...managed] }),
    ...(inline.length === 0 ? {} : { Policies: inline }),
  });
}

/** The role resource accepts those that it knows and refuses the others by name. */
function managedArn(name: string, partition: string): string {
  if (name.startsWith('arn:')) return name;
  const path = name === 'AWSLambdaBasicExecutionRole' ? 'service-role/' : '';
  return `arn:${partition}:iam::aws:policy/${path}${name}`;
}

function notAPolicy(policy: Value, place: DeclaredResource['place']): TemplateError {
  const [name, ...more] = isMap(policy) && !isDeferred(policy) ? Object.keys(policy) : [];
  if (name?.endsWith('Policy') && more.length === 0)
    return new TemplateError(place, {
      problem: `The SAM policy template ${name} is not supported`,
      fix: 'Write the statements as a policy document: - Statement: […]',
    });
  return new TemplateError(place, {
    problem: `A policy is a document with Statement or the name of a managed policy, and this is ${describe(policy)}`,
    fix:
      name === 'Effect' || more.includes('Effect')
        ? 'Put the statement into a list under Statement'
        : 'Write - Statement: […]',
  });
}
