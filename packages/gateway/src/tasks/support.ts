import { notRecognized, type Integrations } from '@riposte/asl';
import { sdkAction } from '../sdk/actions.ts';
import { awsSdkIntegration } from './aws-sdk.ts';
import { putEvents } from './events.ts';
import { httpInvoke } from './http/invoke.ts';
import type { Integration } from './integration.ts';
import { functionIntegration, lambdaInvoke } from './lambda.ts';
import { snsPublish, sqsSendMessage, startExecution } from './optimised.ts';
import { parseTaskResource, type IntegrationPattern } from './resource.ts';

/** What a resource asks for: the call and whether its answer is the task's. */
export interface Work {
  integration: Integration;
  pattern: IntegrationPattern;
}

/** The optimised integrations that are written; AWS has more. */
const OPTIMISED = new Map<string, Integration>([
  ['events:putEvents', putEvents],
  ['http:invoke', httpInvoke],
  ['lambda:invoke', lambdaInvoke],
  ['sns:publish', snsPublish],
  ['sqs:sendMessage', sqsSendMessage],
  ['states:startExecution', startExecution],
]);

/** For the checks of new definitions. Loads the client of a service that they name. */
export const integrations: Integrations = {
  resourceProblem(resource) {
    const parsed = parseTaskResource(resource);
    if (parsed?.kind !== 'integration') return undefined;
    const { service, action, isSdk } = parsed;
    if (isSdk) return sdkProblem(resource, service, action);
    return OPTIMISED.has(`${service}:${action}`)
      ? undefined
      : `The optimised integration '${service}:${action}' is not supported by this server. Supported are: ${[...OPTIMISED.keys()].join(', ')}`;
  },
  parameterProblems(resource, names, literals) {
    const work = workOf(resource);
    if (typeof work === 'string') return [];
    const { integration } = work;
    return [
      // definitions quote names as messages of the API do not
      ...integration.nameProblems(names).map((text) => text.replaceAll('"', "'")),
      ...(integration.literalProblems?.(literals) ?? []),
    ];
  },
};

/** For those who check a definition before they give it to a server: only that knows which clients it has installed. */
export const integrationsOfAnyServer: Integrations = {
  ...integrations,
  resourceProblem(resource) {
    const parsed = parseTaskResource(resource);
    const isSdk = parsed?.kind === 'integration' && parsed.isSdk;
    if (isSdk && sdkAction(parsed.service, parsed.action).kind === 'not-installed') return undefined;
    return integrations.resourceProblem(resource);
  },
};

function sdkProblem(resource: string, service: string, action: string): string | undefined {
  const found = sdkAction(service, action);
  if (found.kind === 'known') return undefined;
  const text = notRecognized(resource);
  return found.kind === 'unknown' ? text : `${text} ${installLine(found.service.packageName)}`;
}

function installLine(packageName: string): string {
  return `This server knows the service once its client is installed: npm install ${packageName}`;
}

/** @returns a sentence when there is no such work here: definitions from before a check, or before a package was removed */
export function workOf(resource: string): Work | string {
  const parsed = parseTaskResource(resource);
  if (!parsed)
    return `The resource '${resource}' is not supported by this server: it is neither a function nor a service integration.`;
  if (parsed.kind === 'function')
    return { integration: functionIntegration(parsed.functionArn), pattern: 'request-response' };
  const { service, action, pattern, isSdk } = parsed;
  if (!isSdk) {
    const integration = OPTIMISED.get(`${service}:${action}`);
    return integration ? { integration, pattern } : integrations.resourceProblem(resource)!; // it is not in the table
  }
  const found = sdkAction(service, action);
  return found.kind === 'known'
    ? { integration: awsSdkIntegration(found), pattern }
    : sdkProblem(resource, service, action)!; // it is not known
}
