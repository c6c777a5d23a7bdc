import type { CallContext } from '@riposte/account';
import { ServiceError } from '@riposte/engine';

type Place = Pick<CallContext, 'account' | 'region'>;

/** A function's name out of what callers may give: a name, a partial ARN or an ARN, each with a qualifier or not. */
const NAME =
  /^(?:arn:[^:]+:lambda:(?<region>[^:]+):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[\w-]{1,64})(?::(?<qualifier>\$LATEST|[\w-]+))?$/;

/**
 * @param qualifier given apart from the name
 * @throws ServiceError for text that is no function's name, for ARNs of another region or account, and for versions
 *   and aliases: there are none here
 */
export function functionName(context: Place, given: string, qualifier?: string): string {
  const parts = NAME.exec(given)?.groups;
  if (!parts?.['name'])
    throw new ServiceError(
      'ValidationException',
      `1 validation error detected: Value '${given}' at 'functionName' failed to satisfy constraint: Member must be a function's name or ARN`,
    );
  if ((parts['account'] ?? context.account) !== context.account) throw noSuchFunction(given);
  if ((parts['region'] ?? context.region) !== context.region)
    throw new ServiceError(
      'ResourceNotFoundException',
      `Functions from '${parts['region']}' are not reachable in this region ('${context.region}')`,
      404,
    );
  const wanted = [qualifier, parts['qualifier']].find((one) => one !== undefined && one !== '$LATEST');
  if (wanted !== undefined)
    throw new ServiceError(
      'ResourceNotFoundException',
      `Function not found: ${given}:${wanted}. Versions and aliases are not supported by Riposte yet.`,
      404,
    );
  return parts['name'];
}

export function functionArn(context: Place, given: string): string {
  const parts = NAME.exec(given)?.groups;
  const region = parts?.['region'] ?? context.region;
  const account = parts?.['account'] ?? context.account;
  return `arn:aws:lambda:${region}:${account}:function:${parts?.['name'] ?? given}`;
}

export function touchedFunction(arn: string) {
  return [{ type: 'AWS::Lambda::Function', name: arn }];
}

export function noSuchFunction(arn: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `Function not found: ${arn}`, 404);
}
