import type { StoreHost } from '@riposte/engine';

/** The task of one item. */
export const work = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: 'f', 'Payload.$': '$' },
  End: true,
};

/** A machine of one distributed Map. */
export function distributed(
  extra: object = {},
  states: object = { Item: { Type: 'Pass', End: true } },
  ExecutionType = 'STANDARD',
): object {
  const [StartAt] = Object.keys(states);
  const ItemProcessor = { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType }, StartAt, States: states };
  return {
    StartAt: 'Each',
    States: { Each: { Type: 'Map', Label: 'Each', ItemProcessor, End: true, ...extra } },
  };
}

/** The last Map Run of an execution, with its stored children in order of their items. */
export async function mapRunOf(host: StoreHost, executionArn: string) {
  const { mapRuns } = await host.listMapRuns(executionArn, {});
  const mapRun = mapRuns[0];
  if (!mapRun) throw new Error(`${executionArn} has no Map Run`);
  if (mapRun.executionType === 'EXPRESS') return { mapRun, children: [] };
  const { executions } = await host.listExecutions({ mapRunArn: mapRun.mapRunArn }, {});
  const children = executions.toSorted((a, b) => a.mapRun!.index - b.mapRun!.index); // listed as children
  return { mapRun, children };
}
