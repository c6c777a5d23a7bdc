import type {
  CreateStateMachineInput,
  CreateStateMachineOutput,
  DeleteStateMachineInput,
  DescribeStateMachineForExecutionInput,
  DescribeStateMachineForExecutionOutput,
  DescribeStateMachineInput,
  DescribeStateMachineOutput,
  ListStateMachinesInput,
  ListStateMachinesOutput,
  UpdateStateMachineInput,
  UpdateStateMachineOutput,
  ValidateStateMachineDefinitionInput,
  ValidateStateMachineDefinitionOutput,
} from '@aws-sdk/client-sfn';
import { parseDefinition } from '@riposte/asl';
import type { ServiceOperation } from '../pipeline/operation.ts';
import { integrations } from '../tasks/support.ts';
import { defined } from './defined.ts';
import { checkLogDestination, settingsOfInput, shownSettings } from './machine-settings.ts';
import { shownDefinition } from './shown-definition.ts';
import { stateMachineArn, touchedMachine } from './states-arns.ts';
import { tagRecord } from './states-tags.ts';

const service = 'states';

const createStateMachine: ServiceOperation<CreateStateMachineInput, CreateStateMachineOutput> = {
  service,
  name: 'CreateStateMachine',
  access: 'write',
  resourceArn: (context, { name }) => stateMachineArn(context, name ?? ''),
  passedRoles: ({ roleArn }) => [roleArn],
  touched: (context, { name }) => touchedMachine(stateMachineArn(context, name ?? '')),
  async handle({ services, store, account, region }, input) {
    const settings = settingsOfInput(input);
    await checkLogDestination(store, { account, region }, settings);
    const { name, definition, roleArn, type, tags, publish, versionDescription } = input;
    const created = await services.executions.createStateMachine({
      name: name!, // required by the model, checked before
      definition: definition!,
      roleArn: roleArn!,
      region,
      ...defined({ type, publish, versionDescription, settings }),
      ...(tags && { tags: tagRecord(tags) }),
    });
    return {
      stateMachineArn: created.stateMachineArn,
      creationDate: new Date(created.creationDate),
      ...defined({ stateMachineVersionArn: created.stateMachineVersionArn }),
    };
  },
};

const updateStateMachine: ServiceOperation<UpdateStateMachineInput, UpdateStateMachineOutput> = {
  service,
  name: 'UpdateStateMachine',
  access: 'write',
  resourceArn: (_context, input) => input.stateMachineArn!,
  passedRoles: ({ roleArn }) => [roleArn],
  touched: (_context, input) => touchedMachine(input.stateMachineArn),
  async handle({ services, store, account, region }, input) {
    const settings = settingsOfInput(input);
    await checkLogDestination(store, { account, region }, settings);
    const { definition, roleArn, publish, versionDescription } = input;
    const updated = await services.executions.updateStateMachine({
      stateMachineArn: input.stateMachineArn!,
      ...defined({ definition, roleArn, settings, publish, versionDescription }),
    });
    const { revisionId, stateMachineVersionArn } = updated;
    return defined({ updateDate: new Date(updated.updateDate), revisionId, stateMachineVersionArn });
  },
};

const describeStateMachine: ServiceOperation<DescribeStateMachineInput, DescribeStateMachineOutput> = {
  service,
  name: 'DescribeStateMachine',
  access: 'read',
  resourceArn: (_context, input) => input.stateMachineArn!,
  async handle({ services }, input) {
    const machine = await services.executions.describeStateMachine(input.stateMachineArn!);
    return {
      stateMachineArn: machine.stateMachineArn,
      name: machine.name,
      status: machine.status ?? 'ACTIVE',
      ...shownDefinition(machine.definition, input.includedData),
      roleArn: machine.roleArn,
      type: machine.type,
      creationDate: new Date(machine.creationDate),
      ...shownSettings(machine),
      ...defined({ revisionId: machine.revisionId, description: machine.description, label: machine.label }),
    };
  },
};

const describeStateMachineForExecution: ServiceOperation<
  DescribeStateMachineForExecutionInput,
  DescribeStateMachineForExecutionOutput
> = {
  service,
  name: 'DescribeStateMachineForExecution',
  access: 'read',
  resourceArn: (_context, input) => input.executionArn!,
  async handle({ services }, { executionArn, includedData }) {
    const execution = await services.executions.describeExecution(executionArn!);
    return {
      stateMachineArn: execution.stateMachineArn,
      name: execution.stateMachineArn.split(':').at(-1),
      ...shownDefinition(execution.definition, includedData),
      roleArn: execution.roleArn,
      // executions that an earlier version of the server started do not say
      updateDate: new Date(execution.machine?.updateDate ?? execution.startDate),
      ...shownSettings(execution.machine ?? {}),
      ...defined({
        revisionId: execution.machine?.revisionId,
        mapRunArn: execution.mapRun?.mapRunArn,
        // the part of `NAME/LABEL` that names the Map
        label: execution.mapRun && execution.stateMachineArn.split('/').at(-1),
      }),
    };
  },
};

const deleteStateMachine: ServiceOperation<DeleteStateMachineInput> = {
  service,
  name: 'DeleteStateMachine',
  access: 'write',
  resourceArn: (_context, input) => input.stateMachineArn!,
  touched: (_context, input) => touchedMachine(input.stateMachineArn),
  async handle({ services }, input) {
    await services.executions.deleteStateMachine(input.stateMachineArn!);
    return {};
  },
};

const listStateMachines: ServiceOperation<ListStateMachinesInput, ListStateMachinesOutput> = {
  service,
  name: 'ListStateMachines',
  access: 'read',
  resourceArn: () => '*',
  async handle({ services, region }, { maxResults, nextToken }) {
    const page = await services.executions.listStateMachines(region, defined({ maxResults, nextToken }));
    const stateMachines = page.stateMachines.map((machine) => ({
      stateMachineArn: machine.stateMachineArn,
      name: machine.name,
      type: machine.type,
      creationDate: new Date(machine.creationDate),
    }));
    return { stateMachines, ...defined({ nextToken: page.nextToken }) };
  },
};

const validateStateMachineDefinition: ServiceOperation<
  ValidateStateMachineDefinitionInput,
  ValidateStateMachineDefinitionOutput
> = {
  service,
  name: 'ValidateStateMachineDefinition',
  access: 'read',
  resourceArn: () => '*',
  async handle(_context, { definition, type, severity, maxResults }) {
    const { diagnostics: found } = parseDefinition(definition!, { ...defined({ type }), integrations });
    const wanted = found.filter((one) => severity === 'WARNING' || one.severity === 'ERROR');
    const limit = maxResults === undefined || maxResults === 0 ? 100 : maxResults;
    return {
      result: found.some((one) => one.severity === 'ERROR') ? 'FAIL' : 'OK',
      diagnostics: wanted.slice(0, limit),
      truncated: wanted.length > limit,
    };
  },
};

export const stateMachineOperations = [
  createStateMachine,
  updateStateMachine,
  describeStateMachine,
  describeStateMachineForExecution,
  deleteStateMachine,
  listStateMachines,
  validateStateMachineDefinition,
];
