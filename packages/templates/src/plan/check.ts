import type { DeclaredResource, Template } from '../read/template.ts';
import { describe, isMap, memberOf, placeIn, type Value, type ValueMap } from '../read/value.ts';
import { evaluate, isDeferred, NO_VALUE, referencesOf, type Scope } from '../resolve/functions.ts';
import { conform } from '../resolve/shape.ts';
import { resourceTypes } from '../resources/index.ts';
import type { PlanFiles, ResourceSource } from '../resources/resource-type.ts';
import { Findings, TemplateError, type Place } from '../template-error.ts';

/** A resource as far as the template alone tells. */
export interface CheckedResource {
  logicalId: string;
  type: string;
  /** Checked; holds functions where another resource gives the value. */
  properties: ValueMap;
  source?: ResourceSource;
  dependsOn: string[];
  retainOnDelete: boolean;
  retainOnReplace: boolean;
  place: Place;
  propertiesPlace: Place;
}

export interface CheckedOutput {
  name: string;
  value: Value;
  description?: string;
  exportName?: Value;
  place: Place;
}

/** Conditions applied, functions resolved as far as resources are not concerned. */
export async function evaluateResources(
  template: Template,
  scope: Scope,
): Promise<{ present: DeclaredResource[]; absent: Set<string> }> {
  const findings = new Findings();
  const present: DeclaredResource[] = [];
  const absent = new Set<string>();
  for (const resource of template.resources)
    await findings.during(() => {
      const { condition, logicalId, properties, place, propertiesPlace } = resource;
      if (condition !== undefined && !scope.condition(condition, place)) {
        absent.add(logicalId);
        return;
      }
      const evaluated = mapOf(evaluate(properties, scope, propertiesPlace), propertiesPlace);
      present.push({ ...resource, properties: evaluated });
    });
  findings.throwIfAny();
  return { present, absent };
}

/** Refuses references to what is not there, and attributes that a type has not. */
export function checkReferences(
  declared: readonly DeclaredResource[],
  absent: ReadonlySet<string>,
): Scope['resource'] {
  const types = new Map(declared.map(({ logicalId, type }) => [logicalId, type]));
  return (logicalId, attribute, place) => {
    const typeName = types.get(logicalId);
    if (typeName === undefined)
      throw new TemplateError(place, {
        problem: absent.has(logicalId)
          ? `${logicalId} is referred to and does not exist under these conditions`
          : `There is no parameter or resource ${logicalId}`,
        fix: absent.has(logicalId)
          ? 'Put the reference under the same condition with Fn::If'
          : 'Correct the name',
      });
    const type = resourceTypes.get(typeName);
    if (attribute !== undefined && type !== undefined && !type.attributes.includes(attribute))
      throw new TemplateError(place, {
        problem: `${typeName} has no supported attribute ${attribute}`,
        fix: `Supported are ${type.attributes.join(', ') || 'none'}`,
      });
    return undefined;
  };
}

export async function checkResources(
  files: PlanFiles,
  declared: readonly DeclaredResource[],
  scope: Scope,
  absent: ReadonlySet<string>,
): Promise<CheckedResource[]> {
  const findings = new Findings();
  const checked: CheckedResource[] = [];
  const known = new Set(declared.map(({ logicalId }) => logicalId));
  for (const resource of declared)
    await findings.during(async () => {
      const { logicalId, type: typeName, place, propertiesPlace } = resource;
      const type = resourceTypes.get(typeName);
      if (type === undefined) throw unsupported(resource);
      const evaluated = mapOf(evaluate(resource.properties, scope, propertiesPlace), propertiesPlace);
      const properties = conform(evaluated, type.shape, propertiesPlace) as ValueMap; // a members shape yields a map
      type.check?.(properties, propertiesPlace);
      const source = await type.load?.(properties, files, propertiesPlace);
      for (const id of resource.dependsOn)
        if (!known.has(id) && !absent.has(id))
          throw new TemplateError(place, {
            problem: `${logicalId} depends on ${id}, which is not there`,
            fix: 'Correct DependsOn',
          });
      const dependsOn = new Set(resource.dependsOn.filter((id) => known.has(id)));
      for (const id of referencesOf(properties)) dependsOn.add(id);
      const { retainOnDelete, retainOnReplace } = resource;
      checked.push({
        logicalId,
        type: typeName,
        properties,
        ...(source === undefined ? {} : { source }),
        dependsOn: [...dependsOn],
        retainOnDelete,
        retainOnReplace,
        place,
        propertiesPlace,
      });
    });
  findings.throwIfAny();
  return checked;
}

function unsupported({ type, place }: DeclaredResource): TemplateError {
  const isSam = type.startsWith('AWS::Serverless::');
  const expanded = type === 'AWS::Serverless::Function' || type === 'AWS::Serverless::StateMachine';
  return new TemplateError(place, {
    problem: `The resource type ${type} is not supported`,
    fix: expanded
      ? 'Add Transform: AWS::Serverless-2016-10-31 to the template'
      : `Supported are ${isSam ? 'AWS::Serverless::Function, AWS::Serverless::StateMachine' : [...resourceTypes.keys()].join(', ')}`,
  });
}

export async function checkOutputs(template: Template, scope: Scope): Promise<CheckedOutput[]> {
  const findings = new Findings();
  const outputs: CheckedOutput[] = [];
  const section: Place = { ...template.place, path: 'Outputs' };
  for (const name of Object.keys(template.outputs))
    await findings.during(() => {
      const place = placeIn(section, template.outputs, name);
      const output = mapOf(template.outputs[name] ?? null, place);
      for (const key of Object.keys(output))
        if (!['Value', 'Description', 'Export', 'Condition'].includes(key))
          throw new TemplateError(placeIn(place, output, key), {
            problem: `The output attribute ${key} is not supported`,
            fix: 'Use Value, Description, Export, Condition',
          });
      const condition = memberOf(output, 'Condition');
      if (typeof condition === 'string' && !scope.condition(condition, place)) return;
      const value = evaluate(memberOf(output, 'Value') ?? null, scope, placeIn(place, output, 'Value'));
      if (value === NO_VALUE || value === null || (typeof value === 'object' && !isDeferred(value)))
        throw new TemplateError(place, {
          problem: `The output ${name} is ${value === NO_VALUE ? 'no value' : describe(value)}`,
          fix: 'Give a Value that is a text',
        });
      const description = memberOf(output, 'Description');
      const exported = memberOf(output, 'Export');
      const exportName = isMap(exported ?? null)
        ? evaluate(memberOf(exported as ValueMap, 'Name') ?? null, scope, placeIn(place, output, 'Export'))
        : NO_VALUE;
      outputs.push({
        name,
        value,
        ...(typeof description === 'string' ? { description } : {}),
        ...(exportName === NO_VALUE ? {} : { exportName }),
        place,
      });
    });
  findings.throwIfAny();
  return outputs;
}

/** @throws TemplateError when it is no map; no value at all is an empty one */
export function mapOf(value: Value | typeof NO_VALUE, place: Place): ValueMap {
  if (value === NO_VALUE) return {};
  if (isMap(value) && !isDeferred(value)) return value;
  throw new TemplateError(place, {
    problem: `This must be a map, and is ${describe(value)}`,
    fix: 'Give a map',
  });
}
