import type { DeclaredResource } from '../read/template.ts';
import type { ValueMap } from '../read/value.ts';

/** A resource that SAM makes beside the declared one; it stands where that stands and shares its fate. */
export function generated(
  origin: DeclaredResource,
  logicalId: string,
  type: string,
  properties: ValueMap,
): DeclaredResource {
  return {
    logicalId,
    type,
    properties,
    dependsOn: [],
    retainOnDelete: origin.retainOnDelete,
    retainOnReplace: origin.retainOnReplace,
    place: origin.place,
    propertiesPlace: origin.propertiesPlace,
  };
}

/** A policy document that lets a service assume the role. */
export function trustOf(service: string): ValueMap {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: [service] }, Action: ['sts:AssumeRole'] }],
  };
}

export function arnOf(logicalId: string): ValueMap {
  return { 'Fn::GetAtt': [logicalId, 'Arn'] };
}
