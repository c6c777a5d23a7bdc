/** Codes and statuses of errors as each protocol has them. */
import { ServiceError } from '@riposte/engine';
import type { ErrorModel, Protocol, ServiceModel } from './models.ts';

export interface WireError {
  code: string;
  status: number;
  /** Where the service's model has this error. */
  model?: ErrorModel;
}

type CommonError = readonly [
  json: string,
  query: string,
  jsonStatus: number,
  restStatus: number,
  queryStatus: number,
];

/** The failures that every service has and no model lists. Either name finds them. */
const commonErrors: readonly CommonError[] = [
  ['AccessDeniedException', 'AccessDenied', 400, 403, 403],
  ['ExpiredTokenException', 'ExpiredToken', 400, 403, 403],
  ['IncompleteSignatureException', 'IncompleteSignature', 400, 403, 400],
  ['InternalServerException', 'InternalFailure', 500, 500, 500],
  ['InvalidParameterValueException', 'InvalidParameterValue', 400, 400, 400],
  ['InvalidSignatureException', 'SignatureDoesNotMatch', 400, 403, 403],
  ['MissingAuthenticationTokenException', 'MissingAuthenticationToken', 400, 403, 403],
  ['MissingRequiredParameterException', 'MissingParameter', 400, 400, 400],
  ['RequestEntityTooLargeException', 'RequestEntityTooLarge', 413, 413, 413],
  ['SerializationException', 'MalformedInput', 400, 400, 400],
  ['ThrottlingException', 'Throttling', 400, 429, 400],
  ['UnknownOperationException', 'InvalidAction', 400, 404, 400],
  ['UnrecognizedClientException', 'InvalidClientTokenId', 400, 403, 403],
  ['ValidationException', 'ValidationError', 400, 400, 400],
];

const commonByName = new Map(
  commonErrors.flatMap((error) => [[error[0], error] as const, [error[1], error] as const]),
);

/**
 * The error's code may be given as the shape's name (`NoSuchEntityException`) or as awsQuery has it
 * (`NoSuchEntity`); each protocol gets its own. The model's status wins over the error's.
 */
export function wireError(
  error: ServiceError,
  protocol: Protocol,
  service: ServiceModel | undefined,
): WireError {
  const model = service?.errors.get(error.code);
  const common = commonByName.get(error.code);
  if (common !== undefined) {
    const [json, query, jsonStatus, restStatus, queryStatus] = common;
    if (protocol === 'awsQuery' || protocol === 'restXml') return { code: query, status: queryStatus };
    const status = protocol === 'restJson1' ? restStatus : jsonStatus;
    return { code: json, status, ...(model !== undefined && { model }) };
  }
  if (model === undefined) return { code: error.code, status: error.status };
  const code = protocol === 'awsQuery' ? model.queryCode : model.name; // S3's models have S3's codes for names
  return { code, status: model.status ?? error.status, model };
}

/** The body of an error in JSON: the message under the name that the shape gives it, and the shape's other members. */
export function errorBody(error: ServiceError, model: ErrorModel | undefined): Record<string, unknown> {
  const members = model === undefined ? [] : [...model.schema.structIterator()].map(([name]) => name);
  const body: Record<string, unknown> = {
    [members.find((name) => name.toLowerCase() === 'message') ?? 'message']: error.message,
  };
  for (const name of members) {
    const value: unknown = Object.hasOwn(error, name) ? Reflect.get(error, name) : undefined;
    if (!(name in body) && value !== undefined) body[name] = value;
  }
  // Lambda's errors say whose fault they are
  if (members.includes('Type')) body['Type'] ??= error.status < 500 ? 'User' : 'Service';
  return body;
}

/** The service's own answer to an operation that it does not know. */
export function unknownOperation(service: ServiceModel, asked: string): ServiceError {
  return new ServiceError(
    'UnknownOperationException',
    service.protocol === 'awsQuery'
      ? `Could not find operation ${asked} for version ${service.version}`
      : `The service ${service.service} has no operation ${asked}.`,
  );
}

/** The name that a service which spoke awsQuery before tells beside the new one: clients written for it look there. */
export function queryErrorHeader(error: ServiceError, service: ServiceModel): Record<string, string> {
  const { code, status } = wireError(error, 'awsQuery', service);
  return { 'x-amzn-query-error': `${code};${status < 500 ? 'Sender' : 'Receiver'}` };
}
