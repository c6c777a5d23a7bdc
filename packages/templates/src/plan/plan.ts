import type { DeclaredResource, Template } from '../read/template.ts';
import { describe, isMap, memberOf, placeIn, type Value, type ValueMap } from '../read/value.ts';
import { evaluate, isDeferred, NO_VALUE, referencesOf, type Scope } from '../resolve/functions.ts';
import { resolveParameters } from '../resolve/parameters.ts';
import { conform } from '../resolve/shape.ts';
import { resourceTypes } from '../resources/index.ts';
import type { PlanFiles, Pseudo, ResourceSource, ResourceType } from '../resources/resource-type.ts';
import { expandSam } from '../sam/transform.ts';
import { Findings, TemplateError, type Place } from '../template-error.ts';
import type { ResourceRecord, StackRecord } from '../apply/record.ts';
import { hashProperties } from './hash.ts';
import { inDependencyOrder } from './order.ts';
import { scopeOf } from './scope.ts';

export interface PlanRequest extends PlanFiles {
  template: Template;
  /** 1 to 128 letters, digits and hyphens, a letter first. */
  stackName: string;
  parameters: Readonly<Record<string, string>>;
  pseudo: Pseudo;
  /** The stack as it was last applied, wholly or in part. */
  previous?: StackRecord;
}

export interface PlannedResource {
  logicalId: string;
  type: string;
  action: 'create' | 'update' | 'replace' | 'unchanged';
  /** Properties that differ from what stands, or may differ since a resource that they name is made anew. */
  changed: string[];
  /** Checked; holds functions where another resource gives the value. */
  properties: ValueMap;
  source?: ResourceSource;
  dependsOn: string[];
  retainOnDelete: boolean;
  retainOnReplace: boolean;
  place: Place;
  propertiesPlace: Place;
}

export interface PlannedDeletion {
  logicalId: string;
  type: string;
  physicalId: string;
  retain: boolean;
}

export interface PlannedOutput {
  name: string;
  value: Value;
  description?: string;
  exportName?: Value;
  place: Place;
}

/** What applying a template would do. Making it changes nothing. */
export interface StackPlan {
  stackName: string;
  pseudo: Pseudo;
  templateFile: string;
  /** As used, without those that are NoEcho. */
  parameters: Record<string, string>;
  /** In the order in which they are made. */
  resources: PlannedResource[];
  /** In the order in which they go. */
  deletions: PlannedDeletion[];
  outputs: PlannedOutput[];
  /** What the person should know before applying. */
  notes: string[];
  guard?: ValueMap;
  previous?: StackRecord;
}

/**
 * Works out what has to be created, changed, replaced and deleted so that the stack is as the template says.
 * @throws TemplateError naming, with their places, everything that is wrong or not supported; nothing was changed
 */
export async function planStack(request: PlanRequest): Promise<StackPlan> {
  const { template, stackName, pseudo, previous } = request;
  checkStack(request);
  const parameters = await resolveParameters(template, request.parameters, previous?.parameters ?? {});
  const scopeWith = (resource: Scope['resource']): Scope =>
    scopeOf(template, stackName, parameters, pseudo, resource);
  const anyResource = scopeWith(() => undefined);
  const { present, absent } = await evaluateResources(template, anyResource);
  const globalsPlace: Place = { ...template.place, path: 'Globals' };
  const globals = mapOf(evaluate(template.globals, anyResource, globalsPlace), globalsPlace);
  const declared = await expandSam(template, present, globals, pseudo.partition);
  const checkedScope = scopeWith(checkReferences(declared, absent));
  const checked = await checkResources(request, declared, checkedScope, absent);
  const outputs = await checkOutputs(template, checkedScope);
  const ordered = inDependencyOrder(checked, (resource) => resource.place);
  const resources = await decide(request, ordered, scopeWith);
  const guard = memberOf(template.metadata, 'Riposte');
  return {
    stackName,
    pseudo,
    templateFile: template.file,
    parameters: Object.fromEntries(
      [...parameters].filter(([, { noEcho }]) => !noEcho).map(([name, { text }]) => [name, text]),
    ),
    resources,
    deletions: deletionsOf(previous, resources),
    outputs,
    notes: notesOf(resources),
    ...(isMap(guard) ? { guard } : {}),
    ...(previous === undefined ? {} : { previous }),
  };
}

/** A resource as far as the template alone tells. */
type CheckedResource = Omit<PlannedResource, 'action' | 'changed'>;

function checkStack({ template, stackName, pseudo, previous }: PlanRequest): void {
  if (!/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(stackName))
    throw new TemplateError(template.place, {
      problem: `"${stackName}" is no name for a stack`,
      fix: 'Use 1 to 128 letters, digits and hyphens, a letter first',
    });
  if (previous !== undefined && (previous.account !== pseudo.account || previous.region !== pseudo.region))
    throw new TemplateError(template.place, {
      problem: `The stack ${stackName} stands in ${previous.account}/${previous.region}, not in ${pseudo.account}/${pseudo.region}`,
      fix: 'Apply it there, or use another stack name',
    });
}

/** Conditions applied, functions resolved as far as resources are not concerned. */
async function evaluateResources(
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
function checkReferences(
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

async function checkResources(
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

async function checkOutputs(template: Template, scope: Scope): Promise<PlannedOutput[]> {
  const findings = new Findings();
  const outputs: PlannedOutput[] = [];
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

/** Compares each resource with what stands. Dependencies come first, so that what they become is known. */
async function decide(
  { previous }: PlanRequest,
  ordered: readonly CheckedResource[],
  scopeWith: (resource: Scope['resource']) => Scope,
): Promise<PlannedResource[]> {
  const findings = new Findings();
  /** Resources that will be what they are: their values are known now. */
  const steady = new Map<string, ResourceRecord>();
  const scope = scopeWith((id, attribute) => {
    const record = steady.get(id);
    return attribute === undefined ? record?.physicalId : record?.attributes[attribute];
  });
  const planned: PlannedResource[] = [];
  for (const resource of ordered)
    await findings.during(() => {
      const record = previous?.resources[resource.logicalId];
      if (record === undefined || record.status === 'CREATE_IN_PROGRESS') {
        planned.push({ ...resource, action: 'create', changed: [] });
        return;
      }
      if (record.type !== resource.type)
        throw new TemplateError(resource.place, {
          problem: `${resource.logicalId} is a ${record.type} in the stack; its type cannot change to ${resource.type}`,
          fix: 'Give the new resource another logical id',
        });
      const known = mapOf(
        evaluate(resource.properties, scope, resource.propertiesPlace),
        resource.propertiesPlace,
      );
      const changed = changedProperties(known, resource, record);
      const action = actionFor(resource, changed);
      if (action !== 'replace') steady.set(resource.logicalId, record);
      planned.push({ ...resource, action, changed });
    });
  findings.throwIfAny();
  return planned;
}

function changedProperties(known: ValueMap, resource: CheckedResource, record: ResourceRecord): string[] {
  const hashes = hashProperties(known, resource.source);
  const names = new Set([...Object.keys(hashes), ...Object.keys(record.propertyHashes)]);
  return [...names].filter((name) => hashes[name] !== record.propertyHashes[name]);
}

function actionFor(resource: CheckedResource, changed: readonly string[]): PlannedResource['action'] {
  if (changed.length === 0) return 'unchanged';
  const { nameProperty, replacedBy } = typeNamed(resource.type);
  const renamed = nameProperty !== undefined && changed.includes(nameProperty);
  const causes = changed.filter((name) => replacedBy.includes(name));
  if (causes.length === 0) return renamed ? 'replace' : 'update';
  if (nameProperty !== undefined && !renamed && Object.hasOwn(resource.properties, nameProperty))
    throw new TemplateError(resource.place, {
      problem: `${resource.logicalId} must be replaced since ${causes.join(' and ')} changed, and the new one cannot have the name of the old one`,
      fix: `Change ${nameProperty} too, or leave it out`,
    });
  return 'replace';
}

function deletionsOf(
  previous: StackRecord | undefined,
  resources: readonly PlannedResource[],
): PlannedDeletion[] {
  if (previous === undefined) return [];
  const kept = new Set(resources.map(({ logicalId }) => logicalId));
  return [
    ...previous.obsolete.map(({ logicalId, type, physicalId }) => ({
      logicalId,
      type,
      physicalId,
      retain: false,
    })),
    ...Object.entries(previous.resources)
      .filter(([logicalId]) => !kept.has(logicalId))
      .map(([logicalId, { type, physicalId, retainOnDelete }]) => ({
        logicalId,
        type,
        physicalId,
        retain: retainOnDelete,
      })),
  ];
}

/** Each note once, with the resources that it concerns. */
function notesOf(resources: readonly PlannedResource[]): string[] {
  const concerned = new Map<string, string[]>();
  for (const { logicalId, type, properties } of resources)
    for (const note of typeNamed(type).notes?.(properties) ?? [])
      concerned.set(note, [...(concerned.get(note) ?? []), logicalId]);
  return [...concerned].map(([note, ids]) => `${ids.join(', ')}: ${note}`);
}

/** The type of a resource that was checked. */
export function typeNamed(name: string): ResourceType {
  const type = resourceTypes.get(name);
  if (type === undefined)
    throw new Error(`The resource type ${name} is not known to this version of Riposte.`);
  return type;
}

function mapOf(value: Value | typeof NO_VALUE, place: Place): ValueMap {
  if (value === NO_VALUE) return {};
  if (isMap(value) && !isDeferred(value)) return value;
  throw new TemplateError(place, {
    problem: `This must be a map, and is ${describe(value)}`,
    fix: 'Give a map',
  });
}
