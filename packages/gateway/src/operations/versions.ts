import type {
  DeleteStateMachineVersionInput,
  ListStateMachineVersionsInput,
  ListStateMachineVersionsOutput,
  PublishStateMachineVersionInput,
  PublishStateMachineVersionOutput,
} from '@aws-sdk/client-sfn';
import type { ServiceOperation } from '../pipeline/operation.ts';
import { defined } from './defined.ts';
import { touchedMachine } from './states-arns.ts';

const service = 'states';

const publishStateMachineVersion: ServiceOperation<
  PublishStateMachineVersionInput,
  PublishStateMachineVersionOutput
> = {
  service,
  name: 'PublishStateMachineVersion',
  access: 'write',
  resourceArn: (_context, input) => input.stateMachineArn!,
  touched: (_context, input) => touchedMachine(input.stateMachineArn),
  async handle({ services }, { stateMachineArn, revisionId, description }) {
    const version = await services.executions.publishStateMachineVersion({
      stateMachineArn: stateMachineArn!, // required by the model, checked before
      ...defined({ revisionId, description }),
    });
    return {
      stateMachineVersionArn: version.stateMachineVersionArn,
      creationDate: new Date(version.creationDate),
    };
  },
};

const listStateMachineVersions: ServiceOperation<
  ListStateMachineVersionsInput,
  ListStateMachineVersionsOutput
> = {
  service,
  name: 'ListStateMachineVersions',
  access: 'read',
  resourceArn: (_context, input) => input.stateMachineArn!,
  async handle({ services }, { stateMachineArn, maxResults, nextToken }) {
    const page = await services.executions.listStateMachineVersions(
      stateMachineArn!,
      defined({ maxResults, nextToken }),
    );
    const stateMachineVersions = page.stateMachineVersions.map((version) => ({
      stateMachineVersionArn: version.stateMachineVersionArn,
      creationDate: new Date(version.creationDate),
    }));
    return { stateMachineVersions, ...defined({ nextToken: page.nextToken }) };
  },
};

const deleteStateMachineVersion: ServiceOperation<DeleteStateMachineVersionInput> = {
  service,
  name: 'DeleteStateMachineVersion',
  access: 'write',
  resourceArn: (_context, input) => input.stateMachineVersionArn!,
  touched: (_context, input) => touchedMachine(input.stateMachineVersionArn),
  async handle({ services }, input) {
    await services.executions.deleteStateMachineVersion(input.stateMachineVersionArn!);
    return {};
  },
};

export const versionOperations = [
  publishStateMachineVersion,
  listStateMachineVersions,
  deleteStateMachineVersion,
];
