import type { CallRecord } from '../ports/call-record.ts';

/** Services without regions: CloudTrail shows their events in us-east-1, wherever the call came from. */
const GLOBAL_SERVICES: ReadonlySet<string> = new Set(['iam', 'sts', 'health']);

/**
 * Data events: work on what is in a resource, not on the resource. CloudTrail's event history does not hold them.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
 */
const DATA_EVENTS: ReadonlySet<string> = new Set([
  'events:PutEvents',
  'lambda:Invoke',
  'lambda:InvokeAsync',
  'lambda:InvokeWithResponseStream',
  'logs:FilterLogEvents',
  'logs:GetLogEvents',
  'logs:PutLogEvents',
  's3:AbortMultipartUpload',
  's3:CompleteMultipartUpload',
  's3:CreateMultipartUpload',
  's3:DeleteObject',
  's3:GetObject',
  's3:HeadObject',
  's3:ListObjects',
  's3:ListObjectsV2',
  's3:PutObject',
  's3:UploadPart',
  'sns:Publish',
  'sns:PublishBatch',
  'sqs:ChangeMessageVisibility',
  'sqs:ChangeMessageVisibilityBatch',
  'sqs:DeleteMessage',
  'sqs:DeleteMessageBatch',
  'sqs:ReceiveMessage',
  'sqs:SendMessage',
  'sqs:SendMessageBatch',
  'states:InvokeHTTPEndpoint',
]);

export function isManagementEvent(record: CallRecord): boolean {
  return !DATA_EVENTS.has(`${record.service}:${record.operation}`);
}

export function eventRegion(record: CallRecord): string {
  return GLOBAL_SERVICES.has(record.service) ? 'us-east-1' : record.region;
}

/**
 * The record as CloudTrail writes it.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function cloudTrailRecord(record: CallRecord, account: string): Record<string, unknown> {
  return {
    eventVersion: '1.11',
    userIdentity: record.userIdentity,
    eventTime: new Date(record.timeMs).toISOString().replace(/\.\d+Z$/, 'Z'),
    eventSource: record.eventSource,
    eventName: record.operation,
    awsRegion: eventRegion(record),
    sourceIPAddress: record.sourceIpAddress,
    userAgent: record.userAgent,
    ...(record.errorCode !== undefined && { errorCode: record.errorCode }),
    ...(record.errorMessage !== undefined && { errorMessage: record.errorMessage }),
    requestParameters: camelCased(record.requestParameters ?? null),
    responseElements: camelCased(record.responseElements ?? null),
    requestID: record.requestId,
    eventID: record.id,
    readOnly: record.access === 'read',
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
  };
}

/** CloudTrail begins every member with a small letter: `UserName` stands there as `userName`. */
function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [
    name.replace(/^[A-Z]+(?=[A-Z][a-z]|$)|^[A-Z]/, (start) => start.toLowerCase()),
    camelCased(member),
  ]);
  return Object.fromEntries(members);
}
