import { exceptionName, memberName } from '../sdk/names.ts';
import type { SdkAction } from '../sdk/actions.ts';
import { refusedAs } from './failure.ts';
import type { Integration } from './integration.ts';
import { inputOf, membersOf, nameProblems } from './parameters.ts';
import { resultOf } from './result.ts';

/** `arn:…:states:::aws-sdk:<service>:<action>`: the API as it is, in the words of the AWS SDK for Java 2. */
export function awsSdkIntegration({
  service: { client, service },
  client: { errors },
  operation,
}: Extract<SdkAction, { kind: 'known' }>): Integration {
  return {
    service,
    operation: operation.name,
    refused: refusedAsSdk(client, errors),
    nameProblems: (names) => nameProblems(operation.input, memberName, names),
    input: (text) => inputOf(service, operation, membersOf(text), memberName),
    result: (output) => resultOf(operation, output, { nameOf: memberName, dates: 'iso' }),
  };
}

/**
 * Refusals as the SDK for Java 2 tells them.
 * @param client  e.g. `S3`
 * @param errors  those of the service's model, by code
 */
export function refusedAsSdk(
  client: string,
  errors: ReadonlyMap<string, { name: string }>,
): Integration['refused'] {
  return refusedAs({
    prefix: client,
    exceptionOf: (code) => {
      const shape = errors.get(code)?.name;
      return shape === undefined ? `${client}Exception` : exceptionName(shape);
    },
    sdk: 2,
    causeName: client,
  });
}
