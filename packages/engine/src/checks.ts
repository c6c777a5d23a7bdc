import { jsonProblem, parseJson } from '@riposte/asl';
import { ServiceError } from './ports/service-error.ts';

/** UTF-8 bytes of an input, an output or a result. */
const PAYLOAD_BYTES_MAX = 262_144;
const NAME_LENGTH_MAX = 80;
// Cc: U+0000–001F and U+007F–009F; Cs: surrogates without their other half
const NAME_FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~$&,;:/`\p{Cc}\p{Cs}\ufffe\uffff]/u;

/** @throws ServiceError `InvalidName` */
export function checkName(name: string): void {
  if (name.length === 0 || name.length > NAME_LENGTH_MAX || NAME_FORBIDDEN.test(name))
    throw new ServiceError('InvalidName', `Invalid Name: '${name}'`);
}

const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/;

/** The execution role is named by its ARN; whether it is there shows when it is assumed. @throws ServiceError `InvalidArn` */
export function checkRoleArn(roleArn: string): void {
  if (!ROLE_ARN.test(roleArn)) throw new ServiceError('InvalidArn', `Invalid Role Arn: '${roleArn}'`);
}

/** @throws ServiceError `InvalidExecutionInput` unless it is JSON of at most 256 KiB */
export function checkExecutionInput(input: string): void {
  checkLength('input', input);
  const problem = problemOf(input);
  if (problem === undefined) return;
  const reason = input.trim() === '' ? 'Invalid execution input.' : problem;
  throw new ServiceError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${reason}'`);
}

/** @throws ServiceError `InvalidOutput` unless it is JSON of at most 256 KiB */
export function checkTaskOutput(output: string): void {
  checkLength('output', output);
  const problem = problemOf(output);
  if (problem !== undefined) throw new ServiceError('InvalidOutput', `Invalid Output: '${problem}'`);
}

/** @returns 100 for an absent or zero `maxResults` */
export function pageLimit(maxResults: number | undefined): number {
  if (maxResults === undefined || maxResults === 0) return 100;
  if (maxResults > 1000 || maxResults < 0)
    throw validationError(
      'maxResults',
      maxResults,
      `Member must have value ${maxResults < 0 ? 'greater than or equal to 0' : 'less than or equal to 1000'}`,
    );
  return maxResults;
}

/** Of a standard machine where only an express one will do, or the other way round. */
export function typeNotSupported(): ServiceError {
  return new ServiceError(
    'StateMachineTypeNotSupported',
    'This operation is not supported by this type of state machine',
  );
}

export function invalidToken(): ServiceError {
  return new ServiceError('InvalidToken', "Invalid Token: 'Invalid token'");
}

/**
 * A request that the service refuses as a whole, in its own words.
 * @param reason  of the service's list, where it has one for this
 */
export function serviceValidation(message: string, reason?: string): ServiceError {
  return Object.assign(new ServiceError('ValidationException', message), reason && { reason });
}

/** The services' own answer to a member that breaks a constraint of its shape. */
export function validationError(member: string, value: unknown, constraint: string): ServiceError {
  return new ServiceError(
    'ValidationException',
    `1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}

function checkLength(member: string, text: string): void {
  if (Buffer.byteLength(text) > PAYLOAD_BYTES_MAX)
    throw new ServiceError(
      'ValidationException',
      `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${PAYLOAD_BYTES_MAX}`,
    );
}

function problemOf(text: string): string | undefined {
  try {
    parseJson(text);
    return undefined;
  } catch (error) {
    return jsonProblem(text, error);
  }
}
