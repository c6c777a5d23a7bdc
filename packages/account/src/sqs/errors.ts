import { ServiceError } from '@riposte/engine';

/** A parameter that breaks a rule. */
export function invalidParameter(message: string): ServiceError {
  return new ServiceError('InvalidParameterValue', message);
}

/** In the words that SQS has for most of them. */
export function invalidValue(parameter: string, value: unknown, reason: string): ServiceError {
  return invalidParameter(`Value ${String(value)} for parameter ${parameter} is invalid. Reason: ${reason}`);
}

export function missingParameter(parameter: string): ServiceError {
  return new ServiceError('MissingParameter', `The request must contain the parameter ${parameter}.`);
}

export function noSuchQueue(): ServiceError {
  return new ServiceError('QueueDoesNotExist', 'The specified queue does not exist.');
}

export function unsupported(message: string): ServiceError {
  return new ServiceError('UnsupportedOperation', message);
}

/** @throws ServiceError for a number outside its limits; undefined passes */
export function checkRange(parameter: string, value: number | undefined, min: number, max: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return;
  throw invalidValue(parameter, value, `Must be between ${min} and ${max}, if provided.`);
}
