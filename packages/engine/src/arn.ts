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

/** @throws ServiceError `InvalidArn`; `StateMachineDoesNotExist` for a version, an alias or a label */
export function parseStateMachineArn(arn: string): StateMachineArn {
  const { partition, region, account, type, rest } = splitArn(arn);
  if (type !== 'stateMachine') throw invalidArn(`Resource type not valid in this context: ${type}`);
  const [name = '', qualifier] = rest;
  // versions, aliases and labelled sub-machines are not written yet: none can exist
  if (qualifier !== undefined || name.includes('/')) throw stateMachineDoesNotExist(arn);
  return { partition, region, account, name };
}

/** The execution's ARN. @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html */
export function executionArn(machine: StateMachineArn, executionName: string): string {
  const { partition, region, account, name } = machine;
  return `arn:${partition}:states:${region}:${account}:execution:${name}:${executionName}`;
}

/** @throws ServiceError `InvalidArn` */
export function parseExecutionArn(arn: string): ExecutionArn {
  const { partition, region, account, type, rest } = splitArn(arn);
  if (type !== 'execution') throw invalidArn(`Resource type not valid in this context: ${type}`);
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
