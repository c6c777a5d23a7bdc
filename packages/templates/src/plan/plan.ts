import type { ResourceRecord, StackRecord } from '../apply/record.ts';
import type { Template } from '../read/template.ts';
import { isMap, memberOf, type ValueMap } from '../read/value.ts';
import { evaluate, type Scope } from '../resolve/functions.ts';
import { resolveParameters } from '../resolve/parameters.ts';
import { typeNamed } from '../resources/index.ts';
import type { PlanFiles, Pseudo, Supported } from '../resources/resource-type.ts';
import { expandSam } from '../sam/transform.ts';
import { Findings, TemplateError, type Place } from '../template-error.ts';
import {
  checkOutputs,
  checkReferences,
  checkResources,
  evaluateResources,
  mapOf,
  type CheckedOutput,
  type CheckedResource,
} from './check.ts';
import { checkContents } from './contents.ts';
import { hashProperties } from './hash.ts';
import { inDependencyOrder } from './order.ts';
import { scopeOf } from './scope.ts';

/** A template to apply: under which name, where, and over what stands. */
export interface PlanRequest extends PlanFiles {
  template: Template;
  /** 1 to 128 letters, digits and hyphens, a letter first. */
  stackName: string;
  parameters: Readonly<Record<string, string>>;
  pseudo: Pseudo;
  /** Default: left to the services. */
  supported?: Supported;
  /** The stack as it was last applied, wholly or in part. */
  previous?: StackRecord;
}

/** A resource of the template, and what applying does with it. */
export interface PlannedResource extends CheckedResource {
  action: 'create' | 'update' | 'replace' | 'unchanged';
  /** Properties that differ from what stands, or may differ since a resource that they name is made anew. */
  changed: string[];
}

/** A resource of the stack that the template has no more. */
export interface PlannedDeletion {
  logicalId: string;
  type: string;
  physicalId: string;
  /** It is left standing (`DeletionPolicy: Retain`), and only forgotten. */
  retain: boolean;
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
  outputs: CheckedOutput[];
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
  checkNames(previous, resources);
  await checkContents(resources, request.supported ?? {}, scopeWith);
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

/** Deletions come last: what is made must not have the name of what is deleted, or it would go with it. */
function checkNames(previous: StackRecord | undefined, resources: readonly PlannedResource[]): void {
  const kept = new Set(resources.map(({ logicalId }) => logicalId));
  const leaving = Object.entries(previous?.resources ?? {}).filter(([logicalId]) => !kept.has(logicalId));
  for (const { logicalId, type, action, properties, place } of resources) {
    const { nameProperty } = typeNamed(type);
    if (nameProperty === undefined || (action !== 'create' && action !== 'replace')) continue;
    const name = memberOf(properties, nameProperty);
    const [namesake] = leaving.find(([, record]) => record.type === type && record.name === name) ?? [];
    if (namesake !== undefined)
      throw new TemplateError(place, {
        problem: `${logicalId} would take the name ${String(name)} from ${namesake}, which is deleted only afterwards`,
        fix: `Keep the logical id ${namesake}, or choose another name`,
      });
  }
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
