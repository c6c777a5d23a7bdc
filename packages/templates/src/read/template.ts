import { TemplateError, type Place } from '../template-error.ts';
import { describe, isMap, memberOf, placeIn, type Value, type ValueMap } from './value.ts';
import { readYaml } from './yaml.ts';

/** One resource as the template declares it. */
export interface DeclaredResource {
  logicalId: string;
  type: string;
  properties: ValueMap;
  dependsOn: string[];
  /** Name of the condition under which it exists. */
  condition?: string;
  retainOnDelete: boolean;
  retainOnReplace: boolean;
  place: Place;
  propertiesPlace: Place;
}

/** A template as read: plain values with known positions, nothing resolved yet. */
export interface Template {
  /** The name it was read under; local paths in it are relative to its folder. */
  file: string;
  description?: string;
  parameters: ValueMap;
  mappings: ValueMap;
  conditions: ValueMap;
  globals: ValueMap;
  metadata: ValueMap;
  outputs: ValueMap;
  transforms: string[];
  resources: DeclaredResource[];
  place: Place;
}

export const SAM_TRANSFORM = 'AWS::Serverless-2016-10-31';
/** CloudFormation's own limit for a template, in bytes. */
const TEMPLATE_BYTES_MAX = 1_048_576;
const SECTIONS =
  'AWSTemplateFormatVersion Description Transform Metadata Parameters Mappings Conditions Globals Resources Outputs'.split(
    ' ',
  );
const RESOURCE_ATTRIBUTES =
  'Type Properties DependsOn Condition Metadata DeletionPolicy UpdateReplacePolicy'.split(' ');

/**
 * Reads a SAM or CloudFormation template, YAML or JSON.
 * @param file  its name, for messages and for the local paths in it
 * @throws TemplateError with line and column: syntax, duplicate keys, unknown tags, unknown sections
 */
export function readTemplate(text: string, file: string): Template {
  const { value, place } = readYaml(text, file);
  if (new TextEncoder().encode(text).length > TEMPLATE_BYTES_MAX)
    throw new TemplateError(place, {
      problem: `The template is larger than ${TEMPLATE_BYTES_MAX} bytes, the limit of CloudFormation`,
      fix: 'Move definitions and code into files of their own',
    });
  if (!isMap(value))
    throw new TemplateError(place, {
      problem: `A template is a map of sections, and this is ${describe(value)}`,
      fix: 'Start with Resources:',
    });
  for (const name of Object.keys(value))
    if (!SECTIONS.includes(name))
      throw new TemplateError(placeIn(place, value, name), {
        problem: `The section ${name} is not supported`,
        fix: `Use only ${SECTIONS.join(', ')}`,
      });
  const section = (name: string): ValueMap => mapAt(value, name, place);
  const resources = section('Resources');
  if (Object.keys(resources).length === 0)
    throw new TemplateError(place, {
      problem: 'The template has no Resources',
      fix: 'Declare at least one resource',
    });
  const resourcesPlace = placeIn(place, value, 'Resources');
  const description = memberOf(value, 'Description');
  return {
    file,
    ...(typeof description === 'string' ? { description } : {}),
    parameters: section('Parameters'),
    mappings: section('Mappings'),
    conditions: section('Conditions'),
    globals: section('Globals'),
    metadata: section('Metadata'),
    outputs: section('Outputs'),
    transforms: readTransforms(value, place),
    resources: Object.keys(resources).map((id) => readResource(resources, id, resourcesPlace)),
    place,
  };
}

function readTransforms(root: ValueMap, place: Place): string[] {
  const transform = memberOf(root, 'Transform');
  if (transform === undefined) return [];
  const list = Array.isArray(transform) ? transform : [transform];
  return list.map((name) => {
    if (name === SAM_TRANSFORM) return name;
    throw new TemplateError(placeIn(place, root, 'Transform'), {
      problem: `The transform ${typeof name === 'string' ? name : JSON.stringify(name)} is not supported`,
      fix: `Only ${SAM_TRANSFORM} is`,
    });
  });
}

function readResource(resources: ValueMap, logicalId: string, parent: Place): DeclaredResource {
  const place = placeIn(parent, resources, logicalId);
  if (!/^[A-Za-z0-9]+$/.test(logicalId))
    throw new TemplateError(place, {
      problem: `The logical id ${logicalId} is not made of letters and digits`,
      fix: 'Rename the resource',
    });
  const body = mapAt(resources, logicalId, parent);
  for (const name of Object.keys(body))
    if (!RESOURCE_ATTRIBUTES.includes(name))
      throw new TemplateError(placeIn(place, body, name), {
        problem: `The resource attribute ${name} is not supported`,
        fix: `Use only ${RESOURCE_ATTRIBUTES.join(', ')}`,
      });
  const type = memberOf(body, 'Type');
  if (typeof type !== 'string')
    throw new TemplateError(place, { problem: `${logicalId} has no Type`, fix: 'Name the resource type' });
  const condition = memberOf(body, 'Condition');
  if (condition !== undefined && typeof condition !== 'string')
    throw new TemplateError(placeIn(place, body, 'Condition'), {
      problem: `The Condition of ${logicalId} is ${describe(condition)}`,
      fix: 'Name a condition of the section Conditions',
    });
  return {
    logicalId,
    type,
    properties: mapAt(body, 'Properties', place),
    dependsOn: readDependsOn(body, place),
    ...(condition === undefined ? {} : { condition }),
    retainOnDelete: readPolicy(body, 'DeletionPolicy', place),
    retainOnReplace: readPolicy(body, 'UpdateReplacePolicy', place),
    place,
    propertiesPlace: placeIn(place, body, 'Properties'),
  };
}

function readDependsOn(body: ValueMap, place: Place): string[] {
  const dependsOn = memberOf(body, 'DependsOn') ?? [];
  const list: Value[] = Array.isArray(dependsOn) ? dependsOn : [dependsOn];
  return list.map((id) => {
    if (typeof id === 'string') return id;
    throw new TemplateError(placeIn(place, body, 'DependsOn'), {
      problem: `DependsOn holds ${describe(id)}`,
      fix: 'Name logical ids',
    });
  });
}

/** @returns whether the resource is to be kept */
function readPolicy(body: ValueMap, name: string, place: Place): boolean {
  const policy = memberOf(body, name);
  if (policy === undefined || policy === 'Delete') return false;
  if (policy === 'Retain') return true;
  throw new TemplateError(placeIn(place, body, name), {
    problem: `${name} is ${describe(policy)}`,
    fix: 'Use Delete or Retain; nothing else is supported',
  });
}

/** The map under `key`; an absent or empty member is an empty map. */
function mapAt(owner: ValueMap, key: string, parent: Place): ValueMap {
  const value = memberOf(owner, key) ?? {};
  if (isMap(value)) return value;
  throw new TemplateError(placeIn(parent, owner, key), {
    problem: `${key} must be a map, and is ${describe(value)}`,
    fix: 'Indent its members below it',
  });
}
