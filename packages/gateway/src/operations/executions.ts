import type {
  DescribeExecutionInput,
  DescribeExecutionOutput,
  GetExecutionHistoryInput,
  GetExecutionHistoryOutput,
  ListExecutionsInput,
  ListExecutionsOutput,
  RedriveExecutionInput,
  RedriveExecutionOutput,
  StartExecutionInput,
  StartExecutionOutput,
  StartSyncExecutionInput,
  StartSyncExecutionOutput,
  StopExecutionInput,
  StopExecutionOutput,
} from '@aws-sdk/client-sfn';
import { isSimulated } from '@riposte/account';
import { redriveStatusOf, ServiceError, type Execution, type ExecutionOrigin } from '@riposte/engine';
import type { OperationContext, ServiceOperation } from '../pipeline/operation.ts';
import { defined } from './defined.ts';
import { historyEventOf } from './history-event.ts';
import { touchedExecution, touchedMachine } from './states-arns.ts';

const service = 'states';

const startExecution: ServiceOperation<StartExecutionInput, StartExecutionOutput> = {
  service,
  name: 'StartExecution',
  access: 'write',
  resourceArn: (_context, input) => input.stateMachineArn!,
  touched: (_context, { stateMachineArn, name }) => [
    ...touchedMachine(stateMachineArn),
    // two starts of one machine are told apart by the names they give
    ...(name === undefined ? [] : touchedExecution(executionArn(stateMachineArn!, name))),
  ],
  async handle(context, { stateMachineArn, name, input, traceHeader }) {
    const started = await context.services.executions.startExecution({
      stateMachineArn: stateMachineArn!,
      origin: originOf(context),
      ...defined({ name, input, traceHeader, requestKey: context.requestKey }),
    });
    return { executionArn: started.executionArn, startDate: new Date(started.startDate) };
  },
};

const startSyncExecution: ServiceOperation<StartSyncExecutionInput, StartSyncExecutionOutput> = {
  service,
  name: 'StartSyncExecution',
  access: 'write',
  resourceArn: (_context, input) => input.stateMachineArn!,
  touched: (_context, input) => touchedMachine(input.stateMachineArn),
  async handle(context, { stateMachineArn, name, input, traceHeader, includedData }) {
    const ended = await context.services.executions.startSyncExecution({
      stateMachineArn: stateMachineArn!,
      origin: originOf(context),
      ...defined({ name, input, traceHeader }),
    });
    const { startDate, stopDate, input: given, output, ...rest } = ended;
    const included = includedData !== 'METADATA_ONLY';
    return {
      ...rest,
      startDate: new Date(startDate),
      stopDate: new Date(stopDate),
      ...defined({ traceHeader }),
      ...(included && {
        input: given,
        inputDetails: { included: true },
        ...(output !== undefined && { output, outputDetails: { included: true } }),
      }),
      billingDetails: {
        // payloads are bounded so low that the first 64 MB always do
        billedMemoryUsedInMB: 64,
        billedDurationInMilliseconds: Math.max(1, Math.ceil((stopDate - startDate) / 100)) * 100,
      },
    };
  },
};

const stopExecution: ServiceOperation<StopExecutionInput, StopExecutionOutput> = {
  service,
  name: 'StopExecution',
  access: 'write',
  resourceArn: (_context, input) => input.executionArn!,
  touched: (_context, input) => touchedExecution(input.executionArn),
  async handle({ services }, { executionArn, error, cause }) {
    const stopped = await services.executions.stopExecution({
      executionArn: executionArn!,
      ...defined({ error, cause }),
    });
    return { stopDate: new Date(stopped.stopDate) };
  },
};

const redriveExecution: ServiceOperation<RedriveExecutionInput, RedriveExecutionOutput> = {
  service,
  name: 'RedriveExecution',
  access: 'write',
  resourceArn: (_context, input) => input.executionArn!,
  touched: (_context, input) => touchedExecution(input.executionArn),
  async handle({ services }, { executionArn, clientToken }) {
    const { redriveDate } = await services.executions.redriveExecution({
      executionArn: executionArn!,
      ...defined({ clientToken }),
    });
    return { redriveDate: new Date(redriveDate) };
  },
};

const describeExecution: ServiceOperation<DescribeExecutionInput, DescribeExecutionOutput> = {
  service,
  name: 'DescribeExecution',
  access: 'read',
  resourceArn: (_context, input) => input.executionArn!,
  async handle({ services, nowMs }, { executionArn, includedData }) {
    const execution = await services.executions.describeExecution(executionArn!);
    const included = includedData !== 'METADATA_ONLY';
    const { output, error, cause, traceHeader } = execution;
    const { itemCount: _, ...shown } = listed(execution);
    return {
      ...shown,
      ...(included && {
        input: execution.input,
        inputDetails: { included: true },
        ...(output !== undefined && { output, outputDetails: { included: true } }),
      }),
      ...defined({ error, cause, traceHeader }),
      ...redriveStatusOf(execution, nowMs),
    };
  },
};

const listExecutions: ServiceOperation<ListExecutionsInput, ListExecutionsOutput> = {
  service,
  name: 'ListExecutions',
  access: 'read',
  resourceArn: (_context, { stateMachineArn, mapRunArn }) => stateMachineArn ?? mapRunArn ?? '*',
  async handle({ services }, input) {
    const { stateMachineArn, mapRunArn, statusFilter, redriveFilter, maxResults, nextToken } = input;
    if ((stateMachineArn === undefined) === (mapRunArn === undefined))
      throw new ServiceError(
        'ValidationException',
        'Must specify exactly one of stateMachineArn and mapRunArn.',
      );
    if (redriveFilter !== undefined && mapRunArn === undefined)
      throw new ServiceError('ValidationException', 'redriveFilter can only be used with mapRunArn.');
    const page = await services.executions.listExecutions(
      defined({
        stateMachineArn,
        mapRunArn,
        status: statusFilter,
        isRedriven: redriveFilter && redriveFilter === 'REDRIVEN',
      }),
      defined({ maxResults: maxResults === 0 ? undefined : maxResults, nextToken }),
    );
    return {
      executions: page.executions.map(listed),
      ...defined({ nextToken: page.nextToken }),
    };
  },
};

const getExecutionHistory: ServiceOperation<GetExecutionHistoryInput, GetExecutionHistoryOutput> = {
  service,
  name: 'GetExecutionHistory',
  access: 'read',
  resourceArn: (_context, input) => input.executionArn!,
  async handle({ services }, { executionArn, maxResults, nextToken, reverseOrder, includeExecutionData }) {
    const page = await services.executions.getExecutionHistory(
      executionArn!,
      defined({ maxResults: maxResults === 0 ? undefined : maxResults, nextToken, reverseOrder }),
    );
    return {
      events: page.events.map((event) => historyEventOf(event, includeExecutionData !== false)),
      ...defined({ nextToken: page.nextToken }),
    };
  },
};

/** A start by a rule says so itself; a start by a step has that step for a parent. */
function originOf(context: OperationContext): ExecutionOrigin {
  if (context.origin) return context.origin;
  const { step } = context;
  if (!step) return { simulated: isSimulated(context.caller) };
  const { executionArn, stateName, taskId } = step;
  return { simulated: step.simulated, parent: { executionArn, stateName, taskId } };
}

function executionArn(stateMachineArn: string, name: string): string {
  const [machine] = /^(?:[^:]*:){6}[^:]*/.exec(stateMachineArn) ?? [stateMachineArn]; // without version or alias
  return `${machine.replace(':stateMachine:', ':execution:')}:${name}`;
}

function listed(execution: Execution) {
  const { stopDate, mapRun } = execution;
  return {
    executionArn: execution.executionArn,
    stateMachineArn: execution.stateMachineArn,
    name: execution.name,
    status: execution.status,
    startDate: new Date(execution.startDate),
    ...(stopDate !== undefined && { stopDate: new Date(stopDate) }),
    ...defined({
      stateMachineVersionArn: execution.stateMachineVersionArn,
      stateMachineAliasArn: execution.stateMachineAliasArn,
    }),
    ...(mapRun && { mapRunArn: mapRun.mapRunArn, itemCount: mapRun.itemCount }),
    redriveCount: execution.redriveCount ?? 0,
    ...(execution.redriveDate !== undefined && { redriveDate: new Date(execution.redriveDate) }),
  };
}

export const executionOperations = [
  startExecution,
  startSyncExecution,
  stopExecution,
  redriveExecution,
  describeExecution,
  listExecutions,
  getExecutionHistory,
];
