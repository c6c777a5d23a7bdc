import type { SendTaskFailureInput, SendTaskHeartbeatInput, SendTaskSuccessInput } from '@aws-sdk/client-sfn';
import type { ServiceOperation } from '../pipeline/operation.ts';
import { defined } from './defined.ts';

const service = 'states';

// A token is told apart by its own text, and names no resource that a policy could.
const common = {
  service,
  access: 'write',
  resourceArn: () => '*',
  subject: (input: { taskToken: string | undefined }) => input.taskToken!,
} as const;

const sendTaskSuccess: ServiceOperation<SendTaskSuccessInput> = {
  ...common,
  name: 'SendTaskSuccess',
  async handle({ services }, { taskToken, output }) {
    await services.executions.sendTaskSuccess({ taskToken: taskToken!, output: output! });
    return {};
  },
};

const sendTaskFailure: ServiceOperation<SendTaskFailureInput> = {
  ...common,
  name: 'SendTaskFailure',
  async handle({ services }, { taskToken, error, cause }) {
    await services.executions.sendTaskFailure({ taskToken: taskToken!, ...defined({ error, cause }) });
    return {};
  },
};

const sendTaskHeartbeat: ServiceOperation<SendTaskHeartbeatInput> = {
  ...common,
  name: 'SendTaskHeartbeat',
  async handle({ services }, { taskToken }) {
    await services.executions.sendTaskHeartbeat({ taskToken: taskToken! });
    return {};
  },
};

export const taskTokenOperations = [sendTaskSuccess, sendTaskFailure, sendTaskHeartbeat];
