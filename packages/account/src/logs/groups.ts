import { ServiceError } from '@riposte/engine';
import { pageOf } from '../page.ts';
import type { AccountOperation } from '../ports/operation.ts';
import { logGroupArn, touchedGroup } from './arns.ts';
import { brokenConstraint, checkedLimit } from './constraints.ts';
import {
  findGroup,
  groupId,
  hasLogGroup,
  newGroup,
  putGroup,
  removeGroup,
  type LogGroupRecord,
} from './records.ts';
import { checkedTags } from './tags.ts';

const PAGE_MAX = 50;

export const createLogGroup: AccountOperation<{
  logGroupName: string;
  kmsKeyId?: string;
  logGroupClass?: string;
  tags?: Record<string, string>;
}> = {
  service: 'logs',
  name: 'CreateLogGroup',
  access: 'write',
  resourceArn: (context, input) => logGroupArn(context, input.logGroupName),
  touched: touchedGroup,
  handle(transaction, { region, nowMs }, { logGroupName, kmsKeyId, logGroupClass = 'STANDARD', tags }) {
    if (!/^[\w./#-]{1,512}$/.test(logGroupName))
      throw brokenConstraint(
        ` '${logGroupName}'`,
        'logGroupName',
        'satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+',
      );
    if (kmsKeyId !== undefined || logGroupClass !== 'STANDARD')
      throw new ServiceError(
        'InvalidParameterException',
        'This server neither encrypts log groups nor has classes of them. Leave kmsKeyId and logGroupClass out.',
      );
    if (hasLogGroup(transaction, region, logGroupName))
      throw new ServiceError('ResourceAlreadyExistsException', 'The specified log group already exists');
    putGroup(transaction, {
      ...newGroup(region, logGroupName, nowMs),
      ...(tags && { tags: checkedTags(tags) }),
    });
    return {};
  },
};

export const deleteLogGroup: AccountOperation<{ logGroupName: string }> = {
  service: 'logs',
  name: 'DeleteLogGroup',
  access: 'write',
  resourceArn: (context, input) => logGroupArn(context, input.logGroupName),
  touched: touchedGroup,
  handle(transaction, context, { logGroupName }) {
    findGroup(transaction, context.region, logGroupName);
    removeGroup(transaction, context.region, logGroupName);
    return {};
  },
};

export const describeLogGroups: AccountOperation<{
  logGroupNamePrefix?: string;
  logGroupNamePattern?: string;
  limit?: number;
  nextToken?: string;
}> = {
  service: 'logs',
  name: 'DescribeLogGroups',
  access: 'read',
  resourceArn: (context) => logGroupArn(context, undefined),
  handle(transaction, context, input) {
    const { logGroupNamePrefix = '', logGroupNamePattern = '' } = input;
    if (logGroupNamePrefix !== '' && logGroupNamePattern !== '')
      throw new ServiceError(
        'InvalidParameterException',
        'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
      );
    const groups = transaction
      .list<LogGroupRecord>('logs:group', groupId(context.region, logGroupNamePrefix))
      .filter(({ logGroupName }) => logGroupName.toLowerCase().includes(logGroupNamePattern.toLowerCase()));
    const page = pageOf(groups, (group) => group.logGroupName, {
      after: input.nextToken,
      limit: checkedLimit(input.limit, PAGE_MAX),
      code: 'InvalidParameterException',
    });
    return {
      logGroups: page.items.map((group) => ({
        logGroupName: group.logGroupName,
        arn: logGroupArn(context, group.logGroupName),
        logGroupArn: logGroupArn(context, group.logGroupName).replace(/:\*$/, ''),
        logGroupClass: 'STANDARD',
        creationTime: group.createdAtMs,
        ...(group.retentionInDays !== undefined && { retentionInDays: group.retentionInDays }),
        metricFilterCount: 0,
        storedBytes: group.storedBytes,
      })),
      ...(page.next !== undefined && { nextToken: page.next }),
    };
  },
};
