import { ServiceError, type StoreUnavailable } from '@riposte/engine';
import type { AwsCall } from '../call.ts';

/** Services of the XML protocols name their common errors without `Exception`. */
const XML_SERVICES = new Set([
  'autoscaling',
  'cloudformation',
  'cloudfront',
  'elasticache',
  'elasticbeanstalk',
  'elasticloadbalancing',
  'iam',
  'rds',
  'redshift',
  'route53',
  's3',
  'sns',
  'sts',
]);

/**
 * The service's own "access denied".
 * @param text  see `accessDeniedMessage` of the policy room
 */
export function accessDenied(service: string, text: string): ServiceError {
  // SNS models its refusal under a name of its own
  if (service === 'sns') return new ServiceError('AuthorizationError', text, 403);
  if (service === 'ec2')
    return new ServiceError(
      'UnauthorizedOperation',
      `You are not authorized to perform this operation. ${text}`, // AWS adds an encoded message, which is not here
      403,
    );
  if (XML_SERVICES.has(service)) return new ServiceError('AccessDenied', text, 403);
  return new ServiceError(
    'AccessDeniedException',
    text,
    service === 'lambda' || service === 'sqs' ? 403 : 400,
  );
}

/** In the words of SNS. */
export function noSuchTopic(): ServiceError {
  return new ServiceError('NotFound', 'Topic does not exist', 404);
}

/**
 * The service's own "no such operation" for whatever is not written here.
 * @param isServiceHere whether any operation of the service is
 */
export function unknownOperation(service: string, operation: string, isServiceHere: boolean): ServiceError {
  const text = isServiceHere
    ? `The operation ${service}:${operation} is not supported by Riposte yet.`
    : `This server has no ${service}, so ${service}:${operation} was not called. What it has stands in docs/coverage.md.`;
  if (service === 's3') return new ServiceError('NotImplemented', text, 501);
  return XML_SERVICES.has(service)
    ? new ServiceError('InvalidAction', text, 400)
    : new ServiceError('UnknownOperationException', text, service === 'lambda' ? 404 : 400);
}

/** A rehearsal asks for a change that nobody can answer without making it. */
export function notRehearsable(service: string, operation: string, address: string): ServiceError {
  return accessDenied(
    service,
    `${service}:${operation} was not made: a simulated event caused it, ${address} is outside this server, and what it would answer is not known.`,
  );
}

/** A change that was made, and nobody can say yet where it is on record. */
export function unrecorded({ service, operation }: AwsCall, cause: StoreUnavailable): ServiceError {
  const what = `${service}:${operation} was carried out, but the store refused its audit record, which follows with the next one that it takes. Do not repeat the call without a look. (${cause.message})`;
  return new ServiceError('InternalFailure', what, 500, { cause });
}

/** A bug of ours, as AWS would put it. The cause goes to the log of the server, never to the caller. */
export function internalFailure(service: string, operation: string, cause: unknown): ServiceError {
  const what = `Riposte failed in ${service}:${operation}; the server's log says why.`;
  return new ServiceError('InternalFailure', what, 500, { cause });
}
