import { serviceModels } from '../wire/service-models.ts';
import type { Integration } from './integration.ts';
import { membersOf, operationInput } from './parameters.ts';
import { pascalResult } from './result.ts';

/** Services by their key in `aws-sdk:` resources, with signing name and the name of their client in the Java SDK v2. */
const SERVICES: Readonly<Record<string, { service: string; client: string }>> = {
  cloudtrail: { service: 'cloudtrail', client: 'CloudTrail' },
  cloudwatchlogs: { service: 'logs', client: 'CloudWatchLogs' },
  eventbridge: { service: 'events', client: 'EventBridge' },
  health: { service: 'health', client: 'Health' },
  iam: { service: 'iam', client: 'Iam' },
  lambda: { service: 'lambda', client: 'Lambda' },
  sfn: { service: 'states', client: 'Sfn' },
  sns: { service: 'sns', client: 'Sns' },
  sts: { service: 'sts', client: 'Sts' },
};

/**
 * `arn:…:states:::aws-sdk:<service>:<action>`.
 * @param action in camelCase, e.g. `deleteAccessKey`
 * @returns undefined for a service or an action that the gateway has no model of
 */
export function awsSdkIntegration(key: string, action: string): Integration | undefined {
  const known = Object.hasOwn(SERVICES, key) ? SERVICES[key] : undefined;
  const operation = action.charAt(0).toUpperCase() + action.slice(1);
  if (!known || !serviceModels.hasOperation(known.service, operation)) return undefined;
  const { service, client } = known;
  return {
    service,
    operation,
    naming: { service, prefix: client, generic: `${client}Exception`, sdk: 2, causeName: client },
    input: (text) => operationInput(service, operation, membersOf(text)),
    result: (output) => pascalResult(output, 'iso'),
  };
}
