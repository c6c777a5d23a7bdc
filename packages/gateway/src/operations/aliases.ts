import type {
  CreateStateMachineAliasInput,
  CreateStateMachineAliasOutput,
  DeleteStateMachineAliasInput,
  DescribeStateMachineAliasInput,
  DescribeStateMachineAliasOutput,
  ListStateMachineAliasesInput,
  ListStateMachineAliasesOutput,
  RoutingConfigurationListItem,
  UpdateStateMachineAliasInput,
  UpdateStateMachineAliasOutput,
} from '@aws-sdk/client-sfn';
import type { Route } from '@riposte/engine';
import type { ServiceOperation } from '../pipeline/operation.ts';
import { defined } from './defined.ts';
import { touchedMachine } from './states-arns.ts';

const service = 'states';

const createStateMachineAlias: ServiceOperation<CreateStateMachineAliasInput, CreateStateMachineAliasOutput> =
  {
    service,
    name: 'CreateStateMachineAlias',
    access: 'write',
    resourceArn: (_context, { name, routingConfiguration }) => aliasArn(routingConfiguration, name),
    touched: (_context, { name, routingConfiguration }) =>
      touchedMachine(aliasArn(routingConfiguration, name)),
    async handle({ services }, { name, description, routingConfiguration }) {
      const alias = await services.executions.createStateMachineAlias({
        name: name!, // required by the model, checked before
        routingConfiguration: routesOf(routingConfiguration ?? []),
        ...defined({ description }),
      });
      return { stateMachineAliasArn: alias.stateMachineAliasArn, creationDate: new Date(alias.creationDate) };
    },
  };

const updateStateMachineAlias: ServiceOperation<UpdateStateMachineAliasInput, UpdateStateMachineAliasOutput> =
  {
    service,
    name: 'UpdateStateMachineAlias',
    access: 'write',
    resourceArn: (_context, input) => input.stateMachineAliasArn!,
    touched: (_context, input) => touchedMachine(input.stateMachineAliasArn),
    async handle({ services }, { stateMachineAliasArn, description, routingConfiguration }) {
      const alias = await services.executions.updateStateMachineAlias({
        stateMachineAliasArn: stateMachineAliasArn!,
        ...defined({ description }),
        ...(routingConfiguration && { routingConfiguration: routesOf(routingConfiguration) }),
      });
      return { updateDate: new Date(alias.updateDate) };
    },
  };

const describeStateMachineAlias: ServiceOperation<
  DescribeStateMachineAliasInput,
  DescribeStateMachineAliasOutput
> = {
  service,
  name: 'DescribeStateMachineAlias',
  access: 'read',
  resourceArn: (_context, input) => input.stateMachineAliasArn!,
  async handle({ services }, input) {
    const alias = await services.executions.describeStateMachineAlias(input.stateMachineAliasArn!);
    return {
      ...alias,
      creationDate: new Date(alias.creationDate),
      updateDate: new Date(alias.updateDate),
    };
  },
};

const deleteStateMachineAlias: ServiceOperation<DeleteStateMachineAliasInput> = {
  service,
  name: 'DeleteStateMachineAlias',
  access: 'write',
  resourceArn: (_context, input) => input.stateMachineAliasArn!,
  touched: (_context, input) => touchedMachine(input.stateMachineAliasArn),
  async handle({ services }, input) {
    await services.executions.deleteStateMachineAlias(input.stateMachineAliasArn!);
    return {};
  },
};

const listStateMachineAliases: ServiceOperation<ListStateMachineAliasesInput, ListStateMachineAliasesOutput> =
  {
    service,
    name: 'ListStateMachineAliases',
    access: 'read',
    resourceArn: (_context, input) => input.stateMachineArn!,
    async handle({ services }, { stateMachineArn, maxResults, nextToken }) {
      const page = await services.executions.listStateMachineAliases(
        stateMachineArn!,
        defined({ maxResults, nextToken }),
      );
      const stateMachineAliases = page.stateMachineAliases.map((alias) => ({
        stateMachineAliasArn: alias.stateMachineAliasArn,
        creationDate: new Date(alias.creationDate),
      }));
      return { stateMachineAliases, ...defined({ nextToken: page.nextToken }) };
    },
  };

/** The alias belongs to the machine whose versions it leads to. */
function aliasArn(
  routes: readonly RoutingConfigurationListItem[] | undefined,
  name: string | undefined,
): string {
  const versionArn = routes?.[0]?.stateMachineVersionArn ?? '';
  return `${versionArn.replace(/:\d+$/, '')}:${name ?? ''}`;
}

function routesOf(routes: readonly RoutingConfigurationListItem[]): Route[] {
  return routes.map(({ stateMachineVersionArn, weight }) => ({
    stateMachineVersionArn: stateMachineVersionArn!, // required by the model
    weight: weight!,
  }));
}

export const aliasOperations = [
  createStateMachineAlias,
  updateStateMachineAlias,
  describeStateMachineAlias,
  deleteStateMachineAlias,
  listStateMachineAliases,
];
