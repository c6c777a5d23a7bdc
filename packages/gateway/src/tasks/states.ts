import type { Integration } from './integration.ts';
import { inputWithText } from './parameters.ts';
import { metadataOf, pascalResult } from './result.ts';

/**
 * `arn:…:states:::states:startExecution` in all its forms: this starts the child; waiting for its end, where the
 * state asks for it, is the engine's.
 */
export const startExecution: Integration = {
  service: 'states',
  operation: 'StartExecution',
  naming: {
    service: 'states',
    prefix: 'StepFunctions',
    generic: 'AWSStepFunctionsException',
    sdk: 1,
    causeName: 'AWSStepFunctions',
  },
  input: inputWithText('states', 'StartExecution', 'Input'),
  result: (output, told) => ({
    ...(pascalResult(output, 'epoch-ms') as object),
    ...metadataOf(startExecution, output, told),
  }),
};
