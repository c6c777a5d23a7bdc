import type { ServiceError } from '@riposte/engine';
import type { InvocationOutcome } from '@riposte/events';
import { ApiDestinationFailure } from '../operations/invoke-api-destination.ts';

/**
 * The services' errors as the ERROR_CODE of a dead letter and whether another attempt could help.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
const CODES: Readonly<Record<string, readonly [errorCode: string, retryable: boolean]>> = {
  AccessDenied: ['NO_PERMISSIONS', false],
  AccessDeniedException: ['NO_PERMISSIONS', false],
  AuthorizationError: ['NO_PERMISSIONS', false],
  QueueDoesNotExist: ['NO_RESOURCE', false],
  StateMachineDoesNotExist: ['NO_RESOURCE', false],
  StateMachineDeleting: ['NO_RESOURCE', false],
  ResourceNotFoundException: ['NO_RESOURCE', false],
  NotFound: ['NO_RESOURCE', false],
  NotFoundException: ['NO_RESOURCE', false],
  ExecutionAlreadyExists: ['RESOURCE_ALREADY_EXISTS', false],
  InvalidExecutionInput: ['INVALID_JSON', false],
  InvalidRequestContentException: ['INVALID_JSON', false],
  ExecutionLimitExceeded: ['RESOURCE_LIMIT_EXCEEDED', true],
  TooManyRequestsException: ['THROTTLING', true],
  ThrottlingException: ['THROTTLING', true],
  Throttling: ['THROTTLING', true],
};

type FailedInvocation = Extract<InvocationOutcome, { kind: 'failed' }>;

/** A call that was answered with an error. Errors of the service itself pass, those of the request do not. */
export function failedInvocation(error: ServiceError): FailedInvocation {
  if (error instanceof ApiDestinationFailure)
    return {
      kind: 'failed',
      errorCode: error.errorCode,
      errorMessage: error.message,
      retryable: error.retryable,
      ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
    };
  const ofService: readonly [string, boolean] = ['INTERNAL_ERROR', true];
  const ofRequest: readonly [string, boolean] = ['INVALID_PARAMETER', false];
  const [errorCode, retryable] = CODES[error.code] ?? (error.status >= 500 ? ofService : ofRequest);
  return { kind: 'failed', errorCode, errorMessage: error.message, retryable };
}

/** Codes that a service gives another name where its older protocol is spoken. */
const OLDER_CODES: Readonly<Record<string, string>> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
};

/**
 * The same of a schedule: EventBridge Scheduler tells the code of the service that was called.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html, the example of a dead letter
 */
export function failedSchedule(error: ServiceError): InvocationOutcome {
  return { ...failedInvocation(error), errorCode: OLDER_CODES[error.code] ?? error.code };
}

/** The role of a target could not be assumed. */
export function failureOfRole(error: ServiceError): InvocationOutcome {
  return {
    kind: 'failed',
    errorCode: 'FAILED_TO_ASSUME_ROLE',
    errorMessage: error.message,
    retryable: false,
  };
}

/** What the target is sent, or what it is, can never be right. */
export function invalidParameter(errorMessage: string): InvocationOutcome {
  return { kind: 'failed', errorCode: 'INVALID_PARAMETER', errorMessage, retryable: false };
}
