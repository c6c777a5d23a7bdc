import type { CallContext } from '@riposte/account';
import { ServiceError } from '@riposte/engine';
import { brokenConstraint } from './lambda-constraints.ts';

type Place = Pick<CallContext, 'account' | 'region'>;

/** A function's name out of what callers may give: a name, a partial ARN or an ARN, each with a qualifier or not. */
const NAME =
  /^(?:arn:[^:]+:lambda:(?<region>[^:]+):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[\w-]{1,64})(?::(?<qualifier>\$LATEST|[\w-]+))?$/;

/** As the service's model has it, and its refusals print it. */
const PATTERN =
  '(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?';
const NAME_CHARACTERS_MAX = 64;

/**
 * @param qualifier given apart from the name
 * @throws ServiceError for text that is no function's name, for ARNs of another region or account, and for versions
 *   and aliases: there are none here
 */
export function functionName(context: Place, given: string, qualifier?: string): string {
  const parts = NAME.exec(given)?.groups;
  if (!parts?.['name'])
    throw isTooLong(given)
      ? brokenConstraint('functionName', given, `have length less than or equal to ${NAME_CHARACTERS_MAX}`)
      : brokenConstraint('functionName', given, `satisfy regular expression pattern: ${PATTERN}`);
  if ((parts['account'] ?? context.account) !== context.account) throw noSuchFunction(given);
  if ((parts['region'] ?? context.region) !== context.region)
    throw new ServiceError(
      'ResourceNotFoundException',
      `Functions from '${parts['region']}' are not reachable in this region ('${context.region}')`,
      404,
    );
  const wanted = qualifierOf(given, qualifier);
  if (wanted !== undefined && wanted !== '$LATEST')
    throw noSuchFunction(`${functionArn(context, given)}:${wanted}`);
  return parts['name'];
}

/**
 * @param given  a function's name or ARN, with a qualifier or not
 * @throws ServiceError when the two say different things
 */
export function qualifierOf(given: string, qualifier?: string): string | undefined {
  const derived = NAME.exec(given)?.groups?.['qualifier'];
  if (derived !== undefined && qualifier !== undefined && derived !== qualifier)
    throw new ServiceError(
      'InvalidParameterValueException',
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  return qualifier ?? derived;
}

function isTooLong(given: string): boolean {
  const name = given.replace(/^.*\bfunction:/, '');
  return name.length > NAME_CHARACTERS_MAX && /^[\w-]+$/.test(name);
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
