import { type AccountOperation, appendToLogGroup, hasLogGroup } from '@riposte/account';
import { ServiceError } from '@riposte/engine';

interface DeliverToLogGroupInput {
  LogGroupArn: string;
  LogStreamName: string;
  Timestamp: number;
  Message: string;
}

/**
 * What rules do to a log group: one line, in a stream that is made when it is missing. Nobody asks for it from outside.
 * One transaction with the record of the call, so that a delivery which a crash cut off writes its line once.
 */
export const deliverToLogGroup: AccountOperation<DeliverToLogGroupInput> = {
  service: 'logs',
  name: 'DeliverToLogGroup',
  isOffered: false,
  access: 'write',
  action: 'logs:PutLogEvents',
  resourceArn: (_context, { LogGroupArn }) => LogGroupArn,
  // Log groups have no policies of their own here: rules write into those of their own account.
  resourcePolicy({ account }, { LogGroupArn }) {
    if (LogGroupArn.split(':')[4] !== account) return undefined;
    const Principal = { Service: 'events.amazonaws.com' };
    const statement = { Effect: 'Allow', Principal, Action: 'logs:PutLogEvents', Resource: LogGroupArn };
    return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  },
  touched: (_context, { LogGroupArn }) => [{ type: 'AWS::Logs::LogGroup', name: LogGroupArn }],
  handle(transaction, { nowMs }, { LogGroupArn, LogStreamName, Timestamp, Message }) {
    const [, , , region = '', , , logGroup = ''] = LogGroupArn.split(':');
    if (!hasLogGroup(transaction, region, logGroup))
      throw new ServiceError('ResourceNotFoundException', 'The specified log group does not exist.');
    const events = [{ timestampMs: Timestamp, message: Message }];
    appendToLogGroup(transaction, { region, logGroup, logStream: LogStreamName, events }, nowMs);
    return {};
  },
  auditedInput: ({ LogGroupArn, LogStreamName }) => ({ LogGroupArn, LogStreamName }),
};
