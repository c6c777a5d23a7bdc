import { inDependencyOrder } from '../plan/order.ts';
import { typeNamed } from '../resources/index.ts';
import type { AwsClient } from '../ports/aws-client.ts';
import type { ReportProgress } from './progress.ts';
import type { StackRecord, StackStatus } from './record.ts';
import { StackRun, wallClock, type Now, type SaveRecord } from './run.ts';

/**
 * Deletes a stack's resources, dependents first. What is gone already is no error; what a policy retains stays, and
 * so do the log groups that functions wrote.
 * @returns the record, empty, with status DELETE_COMPLETE
 * @throws StackFailure when a resource cannot be deleted; running it again continues
 */
export async function tearDownStack(
  record: StackRecord,
  client: AwsClient,
  progress: ReportProgress,
  save: SaveRecord,
  now: Now = wallClock,
): Promise<StackRecord> {
  const run = new StackRun(structuredClone(record), progress, save, now);
  await run.save('DELETE_IN_PROGRESS');
  const onFailure = { status: 'DELETE_FAILED', continuation: 'run down again to continue' } as const;
  await deleteObsolete(run, client, onFailure);
  await deleteResources(run, client, Object.keys(run.record.resources), onFailure);
  run.record.outputs = {};
  await run.save('DELETE_COMPLETE');
  return run.record;
}

interface OnFailure {
  status: StackStatus;
  continuation: string;
}

/** Deletes what was replaced, latest first: later ones may use earlier ones. */
export async function deleteObsolete(run: StackRun, client: AwsClient, onFailure: OnFailure): Promise<void> {
  for (const resource of run.record.obsolete.toReversed()) {
    const { logicalId, type } = resource;
    await run.step({ logicalId, type, action: 'delete' }, onFailure, async () => {
      await typeNamed(type).delete(resource, client);
      run.record.obsolete.splice(run.record.obsolete.indexOf(resource), 1);
      return resource.physicalId;
    });
  }
}

/** Deletes the named resources from stack and record, dependents first. */
export async function deleteResources(
  run: StackRun,
  client: AwsClient,
  logicalIds: readonly string[],
  onFailure: OnFailure,
): Promise<void> {
  const entries = Object.entries(run.record.resources).map(([logicalId, resource]) => ({
    logicalId,
    resource,
    dependsOn: resource.dependsOn,
  }));
  const ordered = inDependencyOrder(entries, ({ logicalId }) => ({
    file: run.record.templateFile ?? run.record.name,
    path: `Resources/${logicalId}`,
    line: 1,
    column: 1,
  }));
  for (const { logicalId, resource } of ordered.toReversed()) {
    if (!logicalIds.includes(logicalId)) continue;
    const action = resource.retainOnDelete ? 'retain' : 'delete';
    await run.step({ logicalId, type: resource.type, action }, onFailure, async () => {
      if (action === 'delete') await typeNamed(resource.type).delete(resource, client);
      delete run.record.resources[logicalId];
      return resource.physicalId;
    });
  }
}
