import type {
  DescribeMapRunInput,
  DescribeMapRunOutput,
  ListMapRunsInput,
  ListMapRunsOutput,
  UpdateMapRunInput,
  UpdateMapRunOutput,
} from '@aws-sdk/client-sfn';
import type { ItemStatus, MapRunDescription } from '@riposte/engine';
import type { ServiceOperation } from '../pipeline/operation.ts';
import { defined } from './defined.ts';

const service = 'states';

const describeMapRun: ServiceOperation<DescribeMapRunInput, DescribeMapRunOutput> = {
  service,
  name: 'DescribeMapRun',
  access: 'read',
  resourceArn: (_context, input) => input.mapRunArn!,
  async handle({ services }, input) {
    const mapRun = await services.executions.describeMapRun(input.mapRunArn!);
    const { mapRunArn, executionArn, status, startDate, stopDate, redriveDate } = mapRun;
    return {
      mapRunArn,
      executionArn,
      status,
      startDate: new Date(startDate),
      ...(stopDate !== undefined && { stopDate: new Date(stopDate) }),
      maxConcurrency: mapRun.maxConcurrency,
      toleratedFailurePercentage: mapRun.toleratedFailurePercentage ?? 0,
      toleratedFailureCount: mapRun.toleratedFailureCount ?? 0,
      itemCounts: countsOf(mapRun, 'items'),
      executionCounts: countsOf(mapRun, 'executions'),
      redriveCount: mapRun.redriveCount,
      ...(redriveDate !== undefined && { redriveDate: new Date(redriveDate) }),
    };
  },
};

const updateMapRun: ServiceOperation<UpdateMapRunInput, UpdateMapRunOutput> = {
  service,
  name: 'UpdateMapRun',
  access: 'write',
  resourceArn: (_context, input) => input.mapRunArn!,
  touched: (_context, { mapRunArn }) =>
    mapRunArn === undefined ? [] : [{ type: 'AWS::StepFunctions::MapRun', name: mapRunArn }],
  async handle({ services }, input) {
    const { mapRunArn, maxConcurrency, toleratedFailureCount, toleratedFailurePercentage } = input;
    await services.executions.updateMapRun({
      mapRunArn: mapRunArn!,
      ...defined({ maxConcurrency, toleratedFailureCount, toleratedFailurePercentage }),
    });
    return {};
  },
};

const listMapRuns: ServiceOperation<ListMapRunsInput, ListMapRunsOutput> = {
  service,
  name: 'ListMapRuns',
  access: 'read',
  resourceArn: (_context, input) => input.executionArn!,
  async handle({ services }, { executionArn, maxResults, nextToken }) {
    const page = await services.executions.listMapRuns(executionArn!, defined({ maxResults, nextToken }));
    const mapRuns = page.mapRuns.map(({ stopDate, startDate, ...mapRun }) => ({
      executionArn: mapRun.executionArn,
      mapRunArn: mapRun.mapRunArn,
      stateMachineArn: mapRun.stateMachineArn,
      startDate: new Date(startDate),
      ...(stopDate !== undefined && { stopDate: new Date(stopDate) }),
    }));
    return { mapRuns, ...defined({ nextToken: page.nextToken }) };
  },
};

/** By the names of the API. */
function countsOf(
  { counts, areResultsWritten, notRedrivable }: MapRunDescription,
  what: 'items' | 'executions',
): NonNullable<DescribeMapRunOutput['itemCounts']> {
  const count = (status: ItemStatus) => counts[status]?.[what] ?? 0;
  const ended = { succeeded: count('SUCCEEDED'), failed: count('FAILED'), timedOut: count('TIMED_OUT') };
  const aborted = count('ABORTED');
  const open = { pending: count('PENDING'), running: count('RUNNING') };
  const pendingRedrive = count('PENDING_REDRIVE');
  const endedCount = ended.succeeded + ended.failed + ended.timedOut + aborted;
  return {
    ...open,
    ...ended,
    aborted,
    total: open.pending + open.running + pendingRedrive + endedCount,
    resultsWritten: areResultsWritten ? endedCount : 0,
    failuresNotRedrivable: notRedrivable[what],
    pendingRedrive,
  };
}

export const mapRunOperations = [describeMapRun, updateMapRun, listMapRuns];
