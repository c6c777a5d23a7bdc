/** How a task waits for what it started. */
export type IntegrationPattern = 'request-response' | 'sync' | 'sync:2' | 'waitForTaskToken';

/** What a Task state's `Resource` names. */
export type TaskResource =
  | { kind: 'function'; functionArn: string }
  | {
      kind: 'integration';
      /** E.g. `lambda`, or `iam` with `isSdk`. */
      service: string;
      /** As written, e.g. `invoke`. */
      action: string;
      pattern: IntegrationPattern;
      /** `aws-sdk:…`: the API as it is, without conveniences. */
      isSdk: boolean;
    };

const FUNCTION = /^arn:[^:]+:lambda:[^:]+:\d{12}:function:[^:]+(?::[^:]+)?$/;
const INTEGRATION =
  /^arn:[^:]+:states:::(aws-sdk:)?([a-z0-9-]+):([A-Za-z0-9]+)(?:\.(sync|sync:2|waitForTaskToken))?$/;

/** @returns undefined for what is no function and no service integration, e.g. an activity */
export function parseTaskResource(resource: string): TaskResource | undefined {
  if (FUNCTION.test(resource)) return { kind: 'function', functionArn: resource };
  const match = INTEGRATION.exec(resource);
  if (!match) return undefined;
  return {
    kind: 'integration',
    isSdk: match[1] !== undefined,
    service: match[2]!, // both groups take part in every match
    action: match[3]!,
    pattern: (match[4] ?? 'request-response') as IntegrationPattern,
  };
}
