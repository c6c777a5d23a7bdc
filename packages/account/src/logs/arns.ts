import { ServiceError } from '@riposte/engine';
import type { CallContext, TouchedResource } from '../ports/operation.ts';

/** The ARN that policies of Logs are written against: with `:*` behind the group. */
export function logGroupArn({ account, region }: CallContext, logGroupName: string | undefined): string {
  return `arn:aws:logs:${region}:${account}:log-group:${logGroupName ?? ''}:*`;
}

export function logStreamArn(
  context: CallContext,
  { logGroupName, logStreamName }: { logGroupName: string; logStreamName: string },
): string {
  return logGroupArn(context, logGroupName).replace(/\*$/, `log-stream:${logStreamName}`);
}

/** The group that is named, by its name or by its ARN. */
export function namedGroup(input: { logGroupName?: string; logGroupIdentifier?: string }): string {
  const { logGroupName, logGroupIdentifier } = input;
  if (logGroupName !== undefined && logGroupIdentifier !== undefined)
    throw new ServiceError(
      'InvalidParameterException',
      'LogGroup name and LogGroup ARN are mutually exclusive parameters.',
    );
  const name = logGroupName ?? groupOfArn(logGroupIdentifier ?? '') ?? logGroupIdentifier;
  if (!name)
    throw new ServiceError(
      'InvalidParameterException',
      'Name a log group in logGroupName or logGroupIdentifier.',
    );
  return name;
}

/** The name in the ARN of a log group, with or without `:*`. */
export function groupOfArn(arn: string): string | undefined {
  return /^arn:[^:]+:logs:[^:]*:\d*:log-group:([^:]+)(?::\*)?$/.exec(arn)?.[1];
}

export function touchedGroup(_context: CallContext, input: { logGroupName: string }): TouchedResource[] {
  return [{ type: 'AWS::Logs::LogGroup', name: input.logGroupName }];
}
