import {
  isVersion,
  parseQualifiedArn,
  parseStateMachineArn,
  stateMachineArn,
  stateMachineDoesNotExist,
} from './arn.ts';
import { pageLimit, serviceValidation } from './checks.ts';
import { changeMachine } from './machine-changes.ts';
import { fromPageToken, toPageToken } from './page-token.ts';
import type { Clock } from './ports/clock.ts';
import type { ExecutionHost, Page } from './ports/execution-host.ts';
import type { Route, StateMachineAlias } from './ports/state-machines.ts';
import { ServiceError } from './ports/service-error.ts';
import type { Store, StoredResource } from './ports/store.ts';
import { leadsTo } from './versions.ts';

const ALIASES_MAX = 100;

/** Aliases of state machines: names that lead to one version, or to two by weight. */
export class Aliases {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The same name, description and routes answer as the first time. */
  async create({
    name,
    description,
    routingConfiguration,
  }: Parameters<ExecutionHost['createStateMachineAlias']>[0]): Promise<StateMachineAlias> {
    const machineArn = machineOf(routingConfiguration);
    return changeMachine(this.#store, machineArn, async () => {
      await this.#checkVersionsExist(routingConfiguration);
      const now = this.#clock.now();
      const alias: StateMachineAlias = {
        stateMachineAliasArn: `${machineArn}:${name}`,
        name,
        ...(description !== undefined && { description }),
        routingConfiguration,
        creationDate: now,
        updateDate: now,
      };
      const existing = await this.find(alias.stateMachineAliasArn);
      if (existing) return { unchanged: sameOrConflict(existing, alias) };
      await this.#checkCount(machineArn);
      return { resources: [toResource(alias, machineArn)], reply: alias };
    });
  }

  async update({
    stateMachineAliasArn: arn,
    description,
    routingConfiguration,
  }: Parameters<ExecutionHost['updateStateMachineAlias']>[0]): Promise<StateMachineAlias> {
    const machineArn = machineOfAlias(arn);
    if (description === undefined && routingConfiguration === undefined)
      throw serviceValidation('Either the description or the routing configuration must be specified');
    if (routingConfiguration && machineOf(routingConfiguration) !== machineArn) throw unknownResource();
    await this.describe(arn);
    return changeMachine(this.#store, machineArn, async () => {
      const before = await this.describe(arn);
      if (routingConfiguration) await this.#checkVersionsExist(routingConfiguration);
      const alias: StateMachineAlias = {
        ...before,
        ...(description !== undefined && { description }),
        ...(routingConfiguration && { routingConfiguration }),
        updateDate: this.#clock.now(),
      };
      return { resources: [toResource(alias, machineArn)], reply: alias };
    });
  }

  /** @throws ServiceError `ResourceNotFound` */
  async describe(arn: string): Promise<StateMachineAlias> {
    machineOfAlias(arn);
    const alias = await this.find(arn);
    if (!alias) throw unknownResource();
    return alias;
  }

  async delete(arn: string): Promise<void> {
    await this.describe(arn);
    await changeMachine(this.#store, machineOfAlias(arn), async () => ({
      resources: [{ arn, body: null }],
      reply: undefined,
    }));
  }

  /** @param arn of a machine, or of a version: then only aliases that lead to it */
  async list(arn: string, page: Page): ReturnType<ExecutionHost['listStateMachineAliases']> {
    const { qualifier, ...machine } = parseQualifiedArn(arn);
    const machineArn = stateMachineArn(machine);
    const listing = ['ListStateMachineAliases', arn] as const;
    const cursor = fromPageToken(listing, page.nextToken);
    if (!(await this.#store.stateMachine(machineArn))) throw stateMachineDoesNotExist(arn);
    const { resources, next } = await this.#store.resources('alias', machineArn, {
      limit: pageLimit(page.maxResults),
      ...(cursor !== undefined && { cursor }),
    });
    const stateMachineAliases = resources
      .filter(({ body }) => qualifier === undefined || leadsTo(body, arn))
      .map(toAlias);
    return { stateMachineAliases, ...(next !== undefined && { nextToken: toPageToken(listing, next) }) };
  }

  async find(arn: string): Promise<StateMachineAlias | undefined> {
    const stored = await this.#store.resource(arn);
    return stored?.kind === 'alias' ? toAlias(stored) : undefined;
  }

  async #checkVersionsExist(routes: readonly Route[]): Promise<void> {
    for (const { stateMachineVersionArn } of routes)
      if (!(await this.#store.resource(stateMachineVersionArn))) throw unknownResource();
  }

  async #checkCount(machineArn: string): Promise<void> {
    const { resources } = await this.#store.resources('alias', machineArn, { limit: ALIASES_MAX });
    if (resources.length >= ALIASES_MAX)
      throw new ServiceError(
        'ServiceQuotaExceededException',
        `A state machine has at most ${ALIASES_MAX} aliases: ${machineArn}`,
        402,
      );
  }
}

/** @param draw uniform in [0, 1) */
export function routeFor(routes: readonly Route[], draw: number): string {
  let left = draw * 100;
  for (const { stateMachineVersionArn, weight } of routes) {
    left -= weight;
    if (left < 0) return stateMachineVersionArn;
  }
  return routes.at(-1)!.stateMachineVersionArn; // the weights' sum is 100
}

/** Checks the routes. @returns the ARN of the machine whose versions they are */
function machineOf(routes: readonly Route[]): string {
  const arns = routes.map(({ stateMachineVersionArn }) => stateMachineVersionArn);
  const parsed = arns.map(parseQualifiedArn);
  if (parsed.some(({ qualifier }) => qualifier === undefined || !isVersion(qualifier)))
    throw invalidRouting('contain state machine version ARNs', arns);
  if (new Set(arns).size < arns.length)
    throw invalidRouting('contain distinct state machine version ARNs', arns);
  const machines = [...new Set(parsed.map(stateMachineArn))];
  if (machines.length > 1) throw invalidRouting('contain versions of the same state machine', arns);
  const weights = routes.map(({ weight }) => weight);
  if (weights.reduce((sum, weight) => sum + weight, 0) !== 100)
    throw serviceValidation(
      `Sum of routing configuration weights must equal 100. Received: [${weights.join(', ')}]`,
    );
  return machines[0]!; // the model wants at least one route
}

function machineOfAlias(arn: string): string {
  const { qualifier, ...machine } = parseQualifiedArn(arn);
  if (qualifier === undefined || isVersion(qualifier))
    throw serviceValidation(`The ARN is not that of a state machine alias: ${arn}`);
  parseStateMachineArn(stateMachineArn(machine));
  return stateMachineArn(machine);
}

function sameOrConflict(existing: StateMachineAlias, wanted: StateMachineAlias): StateMachineAlias {
  const asked = ({ description, routingConfiguration }: StateMachineAlias) =>
    JSON.stringify([description, routingConfiguration]);
  if (asked(existing) === asked(wanted)) return existing;
  throw new ServiceError(
    'ConflictException',
    'Failed to create alias because an alias with the same name and a different routing configuration already exists.',
    409,
  );
}

function invalidRouting(wanted: string, arns: readonly string[]): ServiceError {
  return serviceValidation(`Routing configuration must ${wanted}. Received: [${arns.join(', ')}]`);
}

function unknownResource(): ServiceError {
  return new ServiceError('ResourceNotFound', 'Request references a resource that does not exist.');
}

function toAlias({ body }: StoredResource): StateMachineAlias {
  return JSON.parse(body) as StateMachineAlias; // written by toResource
}

function toResource(alias: StateMachineAlias, parent: string): StoredResource {
  const { stateMachineAliasArn: arn, name } = alias;
  return { arn, kind: 'alias', parent, position: name, body: JSON.stringify(alias) };
}
