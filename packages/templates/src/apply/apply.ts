import type { AwsClient } from '../ports/aws-client.ts';
import { hashProperties } from '../plan/hash.ts';
import { physicalName } from '../plan/names.ts';
import type { PlannedResource, StackPlan } from '../plan/plan.ts';
import { typeNamed } from '../resources/index.ts';
import { memberOf, type Value, type ValueMap } from '../read/value.ts';
import { evaluate, type Scope } from '../resolve/functions.ts';
import { conform } from '../resolve/shape.ts';
import type { ResourceRequest } from '../resources/resource-type.ts';
import type { ReportProgress } from './progress.ts';
import type { ResourceRecord, StackOutput, StackRecord } from './record.ts';
import { StackRun, wallClock, type Now, type SaveRecord } from './run.ts';
import { deleteObsolete, deleteResources } from './tear-down.ts';

/**
 * Carries out a plan: creates and changes in dependency order, then deletes what is gone.
 *
 * A1 Before a resource is made, the record says that it will be; after each step the record says what is. A run that
 *    was cut off anywhere is continued by planning and applying again: what exists under the same name is taken over.
 * A2 A resource of that name that the record did not announce belongs to somebody else and is not touched.
 * A3 On failure nothing is rolled back: the record keeps what was done.
 *
 * @param save  awaited after each step, with the whole record
 * @throws StackFailure naming the resource that failed
 */
export async function applyStack(
  plan: StackPlan,
  client: AwsClient,
  progress: ReportProgress,
  save: SaveRecord,
  now: Now = wallClock,
): Promise<StackRecord> {
  const run = new StackRun(startRecord(plan), progress, save, now);
  const { record } = run;
  const verb = record.status.startsWith('CREATE') ? 'CREATE' : 'UPDATE';
  const onFailure = { status: `${verb}_FAILED`, continuation: 'run up again to continue' } as const;
  await run.save();
  for (const planned of plan.resources) {
    if (planned.action === 'unchanged') {
      const { dependsOn, retainOnDelete, retainOnReplace } = planned;
      Object.assign(recordOf(record, planned.logicalId), { dependsOn, retainOnDelete, retainOnReplace });
      continue;
    }
    const { logicalId, type, action } = planned;
    await run.step({ logicalId, type, action }, onFailure, () => applyResource(plan, planned, run, client));
  }
  const kept = new Set(plan.resources.map(({ logicalId }) => logicalId));
  const gone = Object.keys(record.resources).filter((logicalId) => !kept.has(logicalId));
  await deleteObsolete(run, client, onFailure);
  await deleteResources(run, client, gone, onFailure);
  record.outputs = outputsOf(plan, record);
  await run.save(`${verb}_COMPLETE`);
  return record;
}

function startRecord(plan: StackPlan): StackRecord {
  const { previous, pseudo, guard } = plan;
  const isFirst =
    previous === undefined ||
    ['CREATE_IN_PROGRESS', 'CREATE_FAILED', 'DELETE_COMPLETE'].includes(previous.status);
  const before = previous === undefined ? undefined : structuredClone(previous);
  return {
    name: plan.stackName,
    templateFile: plan.templateFile,
    account: pseudo.account,
    region: pseudo.region,
    partition: pseudo.partition,
    parameters: plan.parameters,
    resources: before?.resources ?? {},
    obsolete: before?.obsolete ?? [],
    outputs: before?.outputs ?? {},
    ...(guard === undefined ? {} : { guard }),
    status: isFirst ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS',
    updatedAt: before?.updatedAt ?? '',
  };
}

/** @returns the physical id */
async function applyResource(
  plan: StackPlan,
  planned: PlannedResource,
  run: StackRun,
  client: AwsClient,
): Promise<string> {
  const { logicalId } = planned;
  const type = typeNamed(planned.type);
  const before = run.record.resources[logicalId];
  const request = requestFor(plan, planned, run.record);
  const propertyHashes = hashProperties(request.properties, planned.source);
  if (planned.action === 'update') {
    const current = recordOf(run.record, logicalId);
    const state = await type.update(request, client, current, planned.changed);
    run.record.resources[logicalId] = {
      ...recordFor(planned, request, current.generation),
      ...state,
      propertyHashes,
    };
    return state.physicalId;
  }
  const identity = type.identify(request);
  const wasAnnounced = before?.status === 'CREATE_IN_PROGRESS' && isSameResource(before, identity);
  if (before !== undefined && !wasAnnounced && !planned.retainOnReplace) {
    const { physicalId, attributes, details } = before;
    run.record.obsolete.push({ logicalId, type: before.type, physicalId, attributes, details });
  }
  const generation = generationOf(planned, before);
  run.record.resources[logicalId] = {
    ...recordFor(planned, request, generation),
    ...identity,
    status: 'CREATE_IN_PROGRESS',
    propertyHashes: {},
  };
  await run.save();
  try {
    const state = await type.create({ ...request, adopt: request.adopt || wasAnnounced }, client);
    run.record.resources[logicalId] = {
      ...recordFor(planned, request, generation),
      ...state,
      propertyHashes,
    };
    return state.physicalId;
  } catch (error) {
    // somebody else's: the announcement must not make it ours on the next run
    if (error instanceof Error && error.name === 'AlreadyExists') forget(run.record, logicalId, before);
    throw error;
  }
}

/** Takes back an announcement, and with it the replacement of what stood before. */
function forget(record: StackRecord, logicalId: string, before: ResourceRecord | undefined): void {
  if (before === undefined) {
    delete record.resources[logicalId];
    return;
  }
  record.resources[logicalId] = before;
  record.obsolete = record.obsolete.filter(
    (one) => one.logicalId !== logicalId || one.physicalId !== before.physicalId,
  );
}

function isSameResource(
  before: ResourceRecord,
  identity: Pick<ResourceRecord, 'physicalId' | 'details'>,
): boolean {
  if (before.physicalId !== identity.physicalId) return false;
  // without a foreseeable id (subscriptions) the details tell which one it is
  return before.physicalId !== '' || JSON.stringify(before.details) === JSON.stringify(identity.details);
}

function generationOf(planned: PlannedResource, before: ResourceRecord | undefined): number {
  return planned.action === 'replace' ? (before?.generation ?? 0) + 1 : (before?.generation ?? 0);
}

function requestFor(plan: StackPlan, planned: PlannedResource, record: StackRecord): ResourceRequest {
  const { logicalId, propertiesPlace, source } = planned;
  const type = typeNamed(planned.type);
  const evaluated = evaluate(planned.properties, finalScope(record), propertiesPlace);
  const properties = conform(evaluated as Value, type.shape, propertiesPlace) as ValueMap; // no NoValue is left after planning; a members shape yields a map
  const explicit = type.nameProperty === undefined ? undefined : memberOf(properties, type.nameProperty);
  const generation = generationOf(planned, record.resources[logicalId]);
  const generated = physicalName(plan.stackName, logicalId, generation, type.nameLengthMax);
  return {
    logicalId,
    stackName: plan.stackName,
    name:
      typeof explicit === 'string' ? explicit : type.nameIsLowerCase ? generated.toLowerCase() : generated,
    properties,
    pseudo: plan.pseudo,
    ...(source === undefined ? {} : { source }),
    adopt: typeof explicit !== 'string',
  };
}

/** After planning only resources are left to ask, and each that is asked for was applied before. */
function finalScope(record: StackRecord): Scope {
  const unexpected = (name: string): never => {
    throw new Error(`${name} was not resolved by the plan.`);
  };
  return {
    parameter: () => undefined,
    condition: unexpected,
    mapping: unexpected,
    resource(logicalId, attribute) {
      const { physicalId, attributes } = recordOf(record, logicalId);
      const value = attribute === undefined ? physicalId : attributes[attribute];
      if (value === undefined) throw new Error(`${logicalId} has no attribute ${attribute}.`);
      return value;
    },
  };
}

function recordFor(
  { type, dependsOn, retainOnDelete, retainOnReplace }: PlannedResource,
  { name }: ResourceRequest,
  generation: number,
): Omit<ResourceRecord, 'physicalId' | 'attributes' | 'details' | 'propertyHashes'> {
  return { type, status: 'COMPLETE', name, generation, dependsOn, retainOnDelete, retainOnReplace };
}

function recordOf(record: StackRecord, logicalId: string): ResourceRecord {
  const resource = record.resources[logicalId];
  if (resource === undefined) throw new Error(`The stack ${record.name} has no resource ${logicalId} yet.`);
  return resource;
}

function outputsOf(plan: StackPlan, record: StackRecord): Record<string, StackOutput> {
  const scope = finalScope(record);
  return Object.fromEntries(
    plan.outputs.map(({ name, value, description, exportName, place }) => [
      name,
      {
        value: String(evaluate(value, scope, place)),
        ...(description === undefined ? {} : { description }),
        ...(exportName === undefined ? {} : { exportName: String(evaluate(exportName, scope, place)) }),
      },
    ]),
  );
}
