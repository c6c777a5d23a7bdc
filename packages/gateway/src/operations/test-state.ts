import { withPlainNumbers } from '@riposte/asl';
import type { TestStateInput, TestStateOutput } from '@aws-sdk/client-sfn';
import { mockedResultProblem } from '../answers/mocked-result.ts';
import type { OperationContext, ServiceOperation } from '../pipeline/operation.ts';
import { defined } from './defined.ts';

const testState: ServiceOperation<TestStateInput, TestStateOutput> = {
  service: 'states',
  name: 'TestState',
  access: 'write',
  resourceArn: () => '*',
  passedRoles: ({ roleArn }) => [roleArn],
  async handle(context, input) {
    const report = await context.services.executions.testState(requestOf(context, input));
    const { inspectionData, ...outcome } = report;
    return {
      ...outcome,
      ...(['DEBUG', 'TRACE'].includes(input.inspectionLevel ?? 'INFO') && { inspectionData }),
    };
  },
};

function requestOf(
  { region, step, callerGone }: OperationContext,
  input: TestStateInput,
): Parameters<OperationContext['services']['executions']['testState']>[0] {
  const { definition, stateName, roleArn, variables, context, revealSecrets, mock, stateConfiguration } =
    input;
  const mode = mock?.fieldValidationMode ?? 'STRICT';
  return {
    definition: definition!, // required by the model, checked before
    region,
    isSimulated: step?.simulated === true,
    ...(callerGone && { signal: callerGone }),
    ...defined({ stateName, roleArn, input: input.input, variables, context, revealSecrets }),
    ...(mock && {
      mock: defined({
        result: mock.result,
        errorOutput: mock.errorOutput && defined(mock.errorOutput),
      }),
    }),
    ...(stateConfiguration && { stateConfiguration: defined(stateConfiguration) }),
    ...(mode !== 'NONE' && {
      checkMockedResult: (resource, result) => mockedResultProblem(resource, withPlainNumbers(result), mode),
    }),
  };
}

export const testStateOperations = [testState];
