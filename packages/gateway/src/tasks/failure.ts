import type { ServiceError, TaskOutcome } from '@riposte/engine';
import { serviceModel } from '../wire/models.ts';

/** How one integration names errors and words their cause. */
export interface ErrorNaming {
  /** Signing name. */
  service: string;
  /** Before the dot, e.g. `StepFunctions`, `Iam`. */
  prefix: string;
  /** Takes the place of errors that the service's model does not have, e.g. `AWSLambdaException`. */
  generic: string;
  /** The SDK whose wording it is: 1 in optimised integrations, 2 in `aws-sdk:` ones. */
  sdk: 1 | 2;
  /** The service as that SDK calls it in a cause, e.g. `AWSLambda`. */
  causeName: string;
}

/**
 * A refused call as the failure of a task. Errors that the model of the service has keep their name; others, such as
 * a refusal by policy, get the generic one, as the SDKs behind the integrations do.
 */
export function failureOf(error: ServiceError, requestId: string, naming: ErrorNaming): TaskOutcome {
  const shape = serviceModel(naming.service)?.errors.get(error.code)?.name;
  const name = shape === undefined ? naming.generic : withSuffix(shape);
  return { kind: 'failed', error: `${naming.prefix}.${name}`, cause: causeOf(error, requestId, naming) };
}

function causeOf({ message, status, code }: ServiceError, requestId: string, naming: ErrorNaming): string {
  if (naming.sdk === 2)
    return `${message} (Service: ${naming.causeName}, Status Code: ${status}, Request ID: ${requestId}) (SDK Attempt Count: 1)`;
  const details = [
    `Service: ${naming.causeName}`,
    `Status Code: ${status}`,
    `Error Code: ${code}`,
    `Request ID: ${requestId}`,
    'Proxy: null',
  ];
  return `${message} (${details.join('; ')})`;
}

function withSuffix(shape: string): string {
  return shape.endsWith('Exception') ? shape : `${shape}Exception`;
}
