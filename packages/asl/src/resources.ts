/** What a Task's Resource names. */
export type Resource =
  | { kind: 'lambda'; arn: string }
  | { kind: 'activity'; arn: string }
  | {
      kind: 'service';
      /** As in history: `sqs`, `aws-sdk:dynamodb`. */
      resourceType: string;
      /** As in history: `sendMessage.waitForTaskToken`. */
      resource: string;
      suffix?: '.sync' | '.sync:2' | '.waitForTaskToken';
    };

const LAMBDA =
  // Accounts and regions that are plain words stand in templates; the service takes them (recorded).
  /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:(?:\d{12}|[a-z][a-z-]*):function:[A-Za-z0-9_-]{1,140}(:[A-Za-z0-9_$-]{1,128})?$/;
const ACTIVITY = /^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:activity:[^\s:/]{1,80}$/;
const SERVICE =
  /^arn:aws[a-z-]*:states:::((?:aws-sdk:)?[a-z][a-z0-9-]*):([a-z][A-Za-z0-9]*)(\.sync|\.sync:2|\.waitForTaskToken)?$/;

/** Reads the ARN by its shape; whether such a service, function or activity exists is not known here. */
export function parseResource(arn: string): Resource | undefined {
  if (LAMBDA.test(arn)) return { kind: 'lambda', arn };
  if (ACTIVITY.test(arn)) return { kind: 'activity', arn };
  const [, resourceType, api, suffix] = SERVICE.exec(arn) ?? [];
  if (resourceType === undefined || api === undefined) return undefined;
  if (resourceType.startsWith('aws-sdk:') && suffix?.startsWith('.sync') === true) return undefined;
  return {
    kind: 'service',
    resourceType,
    resource: api + (suffix ?? ''),
    ...(suffix !== undefined && { suffix: suffix as '.sync' | '.sync:2' | '.waitForTaskToken' }), // the pattern's three
  };
}
