import { serviceValidation } from './checks.ts';
import { ServiceError } from './ports/service-error.ts';

export interface StateMachineArn {
  partition: string;
  region: string;
  account: string;
  name: string;
}

export interface ExecutionArn extends StateMachineArn {
  executionName: string;
}

export function stateMachineArn({ partition, region, account, name }: StateMachineArn): string {
  return `arn:${partition}:states:${region}:${account}:stateMachine:${name}`;
}

/** A machine's ARN without version or alias. @throws ServiceError `InvalidArn`, `StateMachineDoesNotExist` */
export function parseStateMachineArn(arn: string): StateMachineArn {
  const { qualifier, ...machine } = parseQualifiedArn(arn);
  if (qualifier !== undefined) throw stateMachineDoesNotExist(arn);
  return machine;
}

/** Of a machine, a version (`…:3`) or an alias (`…:PROD`). */
export interface QualifiedArn extends StateMachineArn {
  qualifier?: string;
}

/** @throws ServiceError `InvalidArn`; `ValidationException` for a label */
export function parseQualifiedArn(arn: string): QualifiedArn {
  const { partition, region, account, type, rest } = splitArn(arn);
  if (type !== 'stateMachine') throw wrongType(type);
  const [name = '', qualifier, ...more] = rest;
  if (qualifier === '' || more.length > 0) throw invalidArn(`Invalid ARN: ${arn}`);
  if (name.includes('/'))
    throw serviceValidation(
      `A labelled ARN names what the children of a distributed Map run; this operation does not take it: ${arn}`,
      'API_DOES_NOT_SUPPORT_LABELED_ARNS',
    );
  return { partition, region, account, name, ...(qualifier !== undefined && { qualifier }) };
}

export function isVersion(qualifier: string): boolean {
  return /^\d+$/.test(qualifier);
}

export function activityArn({ partition, region, account, name }: StateMachineArn): string {
  return `arn:${partition}:states:${region}:${account}:activity:${name}`;
}

/** @throws ServiceError `InvalidArn` */
export function parseActivityArn(arn: string): StateMachineArn {
  const { partition, region, account, type, rest } = splitArn(arn);
  if (type !== 'activity') throw wrongType(type);
  if (rest.length > 1) throw invalidArn(`Invalid ARN: ${arn}`);
  return { partition, region, account, name: rest[0]! }; // splitArn has seen it
}

/** Whether a Task's resource is an activity. */
export function isActivityArn(resource: string): boolean {
  return /^arn:[^:]+:states:[^:]+:\d+:activity:/.test(resource);
}

/** The execution's ARN. @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html */
export function executionArn(machine: StateMachineArn, executionName: string): string {
  const { partition, region, account, name } = machine;
  return `arn:${partition}:states:${region}:${account}:execution:${name}:${executionName}`;
}

export function expressExecutionArn(machine: StateMachineArn, executionName: string, id: string): string {
  const { partition, region, account, name } = machine;
  return `arn:${partition}:states:${region}:${account}:express:${name}:${executionName}:${id}`;
}

interface MapRunArn extends StateMachineArn {
  label: string;
  id: string;
}

/** `…:mapRun:NAME/LABEL:UUID`. @throws ServiceError `InvalidArn` */
export function parseMapRunArn(arn: string): MapRunArn {
  const { partition, region, account, type, rest } = splitArn(arn);
  if (type !== 'mapRun') throw wrongType(type);
  const [name, label, ...more] = rest[0]!.split('/'); // splitArn has seen it
  if (!name || !label || more.length > 0 || !rest[1] || rest.length > 2)
    throw invalidArn(`Invalid ARN: ${arn}`);
  return { partition, region, account, name, label, id: rest[1] };
}

/** What the children of a Map Run are executions of: `…:stateMachine:NAME/LABEL`. */
export function labelledMachineArn(mapRunArn: string): string {
  const { label, id: _, ...machine } = parseMapRunArn(mapRunArn);
  return `${stateMachineArn(machine)}/${label}`;
}

/** @param id  tells express executions of the same name apart */
export function childExecutionArn(
  mapRunArn: string,
  type: 'STANDARD' | 'EXPRESS',
  executionName: string,
  id: string,
): string {
  const { label, id: _, ...machine } = parseMapRunArn(mapRunArn);
  const labelled = { ...machine, name: `${machine.name}/${label}` };
  return type === 'STANDARD'
    ? executionArn(labelled, executionName)
    : expressExecutionArn(labelled, executionName, id);
}

/** @throws ServiceError `InvalidArn` */
export function parseExecutionArn(arn: string): ExecutionArn {
  const { partition, region, account, type, rest } = splitArn(arn);
  if (type !== 'execution') throw wrongType(type);
  const [name, executionName] = rest;
  if (!name || !executionName || rest.length > 2) throw invalidArn(`Invalid ARN: ${arn}`);
  return { partition, region, account, name, executionName };
}

export function stateMachineDoesNotExist(arn: string): ServiceError {
  return new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
}

export function executionDoesNotExist(arn: string): ServiceError {
  return new ServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
}

/** In a definition's text, each once. */
export function activityArnsIn(definition: string): string[] {
  return [...new Set(definition.match(/arn:[^:"]+:states:[^:"]+:\d+:activity:[^"\\]+/g))];
}

export function activityDoesNotExist(arn: string): ServiceError {
  return new ServiceError('ActivityDoesNotExist', `Activity Does Not Exist: '${arn}'`);
}

export function resourceNotFound(arn: string): ServiceError {
  return new ServiceError('ResourceNotFound', `Resource not found: '${arn}'`);
}

function wrongType(type: string): ServiceError {
  return invalidArn(`Resource type not valid in this context: ${type}`);
}

function splitArn(arn: string) {
  const [prefix, partition, service, region, account, type, ...rest] = arn.split(':');
  if (prefix !== 'arn') throw invalidArn(`Invalid ARN prefix: ${arn}`);
  if (service !== 'states' || !partition || !region || !account || !type || !rest[0])
    throw invalidArn(`Invalid ARN: ${arn}`);
  return { partition, region, account, type, rest };
}

function invalidArn(reason: string): ServiceError {
  return new ServiceError('InvalidArn', `Invalid Arn: '${reason}'`);
}
