import { unknownPlaceholder } from '@riposte/patterns';
import { isEventBus, parseArn } from '../arns.ts';
import { Constraints, validationError } from '../constraints.ts';
import type { Target } from '../ports/targets.ts';
import { checkHttpParameters } from './http-parameter-checks.ts';

const TARGETS_MAX = 100; // of one request
const VARIABLES_MAX = 100;
const VARIABLE_NAME = /^[A-Za-z0-9_-]+$/;
/** Services that deliveries can reach, and which of their resources. */
const REACHABLE: Readonly<Record<string, RegExp>> = {
  states: /^stateMachine:/,
  lambda: /^function:/,
  sns: /^[^:]+$/,
  sqs: /^[^:]+$/,
  events: /^(event-bus|api-destination)\//,
  logs: /^log-group:/,
};

/** @throws ServiceError ValidationException when the whole request is refused */
export function checkTargets(targets: readonly Target[]): void {
  const constraints = new Constraints();
  if (targets.length === 0)
    constraints.violation("'[]'", 'targets', 'have length greater than or equal to 1');
  if (targets.length > TARGETS_MAX)
    constraints.violation(
      `'[${targets.map((target) => target.Id).join(', ')}]'`,
      'targets',
      `have length less than or equal to ${TARGETS_MAX}`,
    );
  for (const [index, target] of targets.entries())
    checkMembers(target, `targets.${index + 1}.member`, constraints);
  constraints.enforce();
  for (const target of targets) checkTarget(target);
}

function checkMembers(target: Target, member: string, constraints: Constraints): void {
  constraints
    .name(target.Id, `${member}.id`, 64)
    .length(target.Arn, `${member}.arn`, { min: 1, max: 1600 })
    .length(target.RoleArn, `${member}.roleArn`, { min: 1, max: 1600 })
    .length(target.Input, `${member}.input`, { max: 8192 })
    .length(target.InputPath, `${member}.inputPath`, { max: 256 })
    .length(target.InputTransformer?.InputTemplate, `${member}.inputTransformer.inputTemplate`, {
      min: 1,
      max: 8192,
    })
    .range(target.RetryPolicy?.MaximumRetryAttempts, `${member}.retryPolicy.maximumRetryAttempts`, 0, 185)
    .range(
      target.RetryPolicy?.MaximumEventAgeInSeconds,
      `${member}.retryPolicy.maximumEventAgeInSeconds`,
      60,
      86_400,
    );
  if (target.HttpParameters)
    checkHttpParameters(target.HttpParameters, `${member}.httpParameters`, constraints);
}

function checkTarget(target: Target): void {
  const arn = parseArn(target.Arn);
  if (!arn)
    throw validationError(
      `Parameter ${target.Arn} is not valid. Reason: Provided Arn is not in correct format.`,
    );
  const shapes = [target.Input, target.InputPath, target.InputTransformer];
  if (shapes.filter((shape) => shape !== undefined).length > 1)
    throw validationError(
      `Only one of Input, InputPath, or InputTransformer must be provided for target ${target.Id}.`,
    );
  if (target.Input !== undefined && !isJson(target.Input))
    throw validationError(`JSON syntax error in input for target ${target.Id}.`);
  if (target.InputTransformer) checkTransformer(target.Id, target.InputTransformer);
  const needsRole = arn.service === 'states' || arn.resource.startsWith('api-destination/');
  if (needsRole && target.RoleArn === undefined)
    throw validationError(`RoleArn is required for target ${target.Arn}.`);
}

function checkTransformer(id: string, transformer: NonNullable<Target['InputTransformer']>): void {
  const names = Object.keys(transformer.InputPathsMap ?? {});
  if (names.length > VARIABLES_MAX)
    throw validationError(`InputPathsMap for target ${id} has more than ${VARIABLES_MAX} entries.`);
  const bad = names.find((name) => !VARIABLE_NAME.test(name) || name.startsWith('AWS'));
  if (bad !== undefined) throw validationError(`InputPathsMap for target ${id} contains invalid key ${bad}.`);
  const unknown = unknownPlaceholder(transformer);
  if (unknown !== undefined)
    throw validationError(`InputTemplate for target ${id} contains invalid placeholder ${unknown}.`);
}

/**
 * @param place  the account and the bus of the rule, by its ARN
 * @returns why deliveries to this target are impossible here, if they are
 */
export function refusalOf(
  target: Target,
  place: { account: string; eventBusArn: string },
): string | undefined {
  const arn = parseArn(target.Arn);
  const resources = arn && REACHABLE[arn.service];
  if (!arn || !resources?.test(arn.resource))
    return `Targets of the kind ${arn?.service ?? target.Arn}${resources ? ` (${arn?.resource})` : ''} are not supported yet by this server. Supported are state machines (states), functions (lambda), topics (sns), queues (sqs), event buses and API destinations (events) and log groups (logs).`;
  if (arn.service === 'sqs' && arn.resource.endsWith('.fifo'))
    return `The queue ${target.Arn} is a FIFO queue. This server has standard queues only.`;
  const deadLetters = refusalOfDeadLetters(target.DeadLetterConfig?.Arn, place);
  if (deadLetters !== undefined) return deadLetters;
  return isEventBus(target) ? refusalOfBus(target, arn.account, place) : undefined;
}

/** As on AWS a standard queue in the rule's region; and, here, of this account. Whether it is there shows when it is needed. */
function refusalOfDeadLetters(
  queueArn: string | undefined,
  place: { account: string; eventBusArn: string },
): string | undefined {
  if (queueArn === undefined) return undefined;
  const arn = parseArn(queueArn);
  if (arn?.service !== 'sqs' || !/^[\w-]+$/.test(arn.resource))
    return `The dead-letter queue ${queueArn} is not the ARN of a standard SQS queue.`;
  if (arn.account !== place.account)
    return `The dead-letter queue ${queueArn} belongs to another account. This server sends only within its account, ${place.account}.`;
  if (arn.region !== parseArn(place.eventBusArn)?.region)
    return `The dead-letter queue ${queueArn} is in another region than the rule.`;
  return undefined;
}

function refusalOfBus(
  target: Target,
  account: string,
  place: { account: string; eventBusArn: string },
): string | undefined {
  if (account !== place.account)
    return `The event bus ${target.Arn} belongs to another account. This server forwards only within its account, ${place.account}.`;
  if (target.Arn === place.eventBusArn)
    return `The event bus ${target.Arn} is the rule's own. Events cannot be forwarded to the bus they came from.`;
  if ((target.Input ?? target.InputPath ?? target.InputTransformer) !== undefined)
    return 'Input, InputPath and InputTransformer are not supported for event buses: a bus gets the event as it is. Leave them out.';
  return undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
