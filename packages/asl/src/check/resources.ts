import { plainKey } from '../data/templates.ts';
import type { JsonObject } from '@riposte/json';
import { isJsonObject } from '@riposte/json';
import { expressionIn } from '../jsonata/syntax.ts';
import { parseResource } from '../resources.ts';
import type { Resource } from '../resources.ts';
import type { Findings } from './diagnostic.ts';
import type { Integrations } from './integrations.ts';
import { isOptimised, notRecognized } from './integrations.ts';

type MachineType = 'STANDARD' | 'EXPRESS';

/** Of whom a Task may ask work: what AWS has, and what the server at hand can do of it. */
export interface ResourceRules {
  type: MachineType;
  integrations?: Integrations;
}

/** A Task's Resource is an ARN of a known shape. Express machines wait for nobody: no `.sync`, token or activity. */
export function checkResource(
  arn: string,
  { type, integrations }: ResourceRules,
  at: string,
  findings: Findings,
): void {
  const resource = parseResource(arn);
  if (resource === undefined || !isOnAws(resource)) return findings.schema(notRecognized(arn), at);
  if (type === 'EXPRESS') checkExpress(resource, at, findings);
  const problem = resource.kind === 'service' ? integrations?.resourceProblem(arn) : undefined;
  if (problem !== undefined) findings.schema(problem, at);
}

/** What an integration gets are members of its API. Their values may come at run time, their names may not. */
export function checkParameters(
  state: JsonObject,
  { integrations }: ResourceRules,
  at: string,
  findings: Findings,
): void {
  const { Resource: arn, Parameters: template, Arguments } = state;
  const field = template === undefined ? 'Arguments' : 'Parameters';
  const given = template ?? Arguments;
  if (!integrations || typeof arn !== 'string' || !isJsonObject(given ?? null)) return;
  if (parseResource(arn)?.kind !== 'service' || integrations.resourceProblem(arn) !== undefined) return;
  const members = Object.entries(given as JsonObject); // just seen
  const names = members.map(([name]) => (template === undefined ? name : plainKey(name)));
  const literals = members.filter(([name, value]) =>
    template === undefined
      ? typeof value !== 'string' || expressionIn(value) === undefined
      : plainKey(name) === name,
  );
  for (const problem of integrations.parameterProblems(arn, names, Object.fromEntries(literals)))
    findings.schema(problem, `${at}/${field}`);
}

/** Of `aws-sdk:` resources the server must tell: there are more than 10,000. */
function isOnAws(resource: Resource): boolean {
  if (resource.kind !== 'service' || resource.resourceType.startsWith('aws-sdk:')) return true;
  const [action = ''] = resource.resource.split('.');
  return isOptimised(resource.resourceType, action, resource.suffix);
}

function checkExpress(resource: Resource, at: string, findings: Findings): void {
  if (resource.kind === 'activity')
    findings.schema('Express state machine does not support Activity ARN', at);
  if (resource.kind !== 'service' || resource.suffix === undefined) return;
  if (resource.suffix === '.waitForTaskToken')
    // The space at the end is the service's.
    findings.schema("Express state machine does not support '.waitForTaskToken' service integration ", at);
  else findings.schema("Express state machine does not support '.sync' service integration", at);
}
