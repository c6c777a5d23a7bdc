import type { ServiceError } from '@riposte/engine';
import type { Api } from './api.ts';
import type { Integration } from './integration.ts';

/** How one integration names errors and words their cause. */
export interface ErrorNaming {
  /** Before the dot, e.g. `StepFunctions`, `Iam`. */
  prefix: string;
  /** After the dot, for a code of the service, e.g. `ResourceNotFoundException`. */
  exceptionOf(code: string): string;
  /** The SDK whose wording it is: 1 in optimised integrations, 2 in `aws-sdk:` ones. */
  sdk: 1 | 2;
  /** The service as that SDK calls it in a cause, e.g. `AWSLambda`. */
  causeName: string;
}

/**
 * As `refusedAs`, for an optimised integration. Errors that the model of the service has keep their name; others, such as a
 * refusal by policy, get the generic one, as the SDK behind the integrations does.
 * @param names.generic e.g. `AWSLambdaException`
 */
export function refusedAsOptimised(
  api: Api,
  names: { prefix: string; generic: string; causeName: string },
): Integration['refused'] {
  const { prefix, generic, causeName } = names;
  return refusedAs({
    prefix,
    causeName,
    sdk: 1,
    exceptionOf(code) {
      const shape = api.client.errors.get(code)?.name;
      if (shape === undefined) return generic;
      return shape.endsWith('Exception') ? shape : `${shape}Exception`;
    },
  });
}

/** A refused call as the failure of a task, in the words of an SDK. */
export function refusedAs(naming: ErrorNaming): Integration['refused'] {
  return (error, requestId) => ({
    error: `${naming.prefix}.${naming.exceptionOf(error.code)}`,
    cause: causeOf(error, requestId, naming),
  });
}

function causeOf({ message, status, code }: ServiceError, requestId: string, naming: ErrorNaming): string {
  const { causeName } = naming;
  if (naming.sdk === 2) {
    const details = [
      `Service: ${causeName}`,
      `Status Code: ${status}`,
      `Request ID: ${requestId}`,
      // S3 gives every answer a second id. Here it is made of the first, and finds nothing that the first would not.
      ...(causeName === 'S3' ? [`Extended Request ID: ${Buffer.from(requestId).toString('base64')}`] : []),
    ];
    return `${message} (${details.join(', ')}) (SDK Attempt Count: 1)`;
  }
  const details = [
    `Service: ${causeName}`,
    `Status Code: ${status}`,
    `Error Code: ${code}`,
    `Request ID: ${requestId}`,
    'Proxy: null',
  ];
  return `${message} (${details.join('; ')})`;
}
