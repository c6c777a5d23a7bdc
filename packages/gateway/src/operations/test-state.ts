import { isSimulated } from '@riposte/account';
import { withPlainNumbers } from '@riposte/asl';
import { ServiceError } from '@riposte/engine';
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
  furtherActions: ({ revealSecrets }) =>
    revealSecrets === true ? [{ action: 'states:RevealSecrets', resourceArn: '*' }] : [],
  // how the test ended; its data, among them what an HTTP endpoint was sent and said, are the caller's alone
  auditedOutput: ({ status, nextState, error }) => ({ status, nextState, error }),
  async handle(context, input) {
    if (input.revealSecrets === true && (context.step ?? context.requestKey) !== undefined)
      throw secretsKept();
    const report = await context.services.executions.testState(requestOf(context, input));
    const { inspectionData, ...outcome } = report;
    return {
      ...outcome,
      ...(['DEBUG', 'TRACE'].includes(input.inspectionLevel ?? 'INFO') && { inspectionData }),
    };
  },
};

/** Answers to steps, their functions and schedules are kept for when they ask again, and stand in histories. */
function secretsKept(): ServiceError {
  return new ServiceError(
    'ValidationException',
    'revealSecrets: not for calls made by state machines, functions and schedules, because their answers are written down. Make the call as a user.',
  );
}

function requestOf(
  { region, caller, callerGone }: OperationContext,
  input: TestStateInput,
): Parameters<OperationContext['services']['executions']['testState']>[0] {
  const { definition, stateName, roleArn, variables, context, mock, stateConfiguration } = input;
  const { inspectionLevel, revealSecrets } = input;
  const mode = mock?.fieldValidationMode ?? 'STRICT';
  return {
    definition: definition!, // required by the model, checked before
    region,
    isSimulated: isSimulated(caller),
    ...(callerGone && { signal: callerGone }),
    ...defined({
      stateName,
      roleArn,
      input: input.input,
      variables,
      context,
      inspectionLevel,
      revealSecrets,
    }),
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
