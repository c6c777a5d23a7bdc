import { isVersion, parseQualifiedArn, parseStateMachineArn, stateMachineArn } from './arn.ts';
import { pageLimit, serviceValidation } from './checks.ts';
import { changeMachine, type MachineChange } from './machine-changes.ts';
import { fromPageToken, toPageToken } from './page-token.ts';
import type { Clock } from './ports/clock.ts';
import type { ExecutionHost, Page } from './ports/execution-host.ts';
import type { StateMachine, StateMachineVersion } from './ports/state-machines.ts';
import { ServiceError } from './ports/service-error.ts';
import type { Store, StoredResource } from './ports/store.ts';

/** What `revisionId` says of a machine that was never updated. */
const FIRST_REVISION = 'INITIAL';
const VERSIONS_MAX = 1000;
/** Positions go down as numbers go up: lists are newest first. */
const POSITION_TOP = 10 ** 12;

/** Versions of state machines: each what the machine was when it was published, for ever. */
export class Versions {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  publish({
    stateMachineArn: arn,
    revisionId,
    description,
  }: Parameters<ExecutionHost['publishStateMachineVersion']>[0]): Promise<StateMachineVersion> {
    return changeMachine(this.#store, arn, async (machine) => {
      const current = machine.revisionId ?? FIRST_REVISION;
      if (revisionId !== undefined && revisionId !== current)
        throw new ServiceError(
          'ConflictException',
          `Failed to publish the State Machine version for revision ${revisionId}. The current State Machine revision is ${current}.`,
          409,
        );
      return this.publishChange(machine, description);
    });
  }

  /** The version that this revision has already, or a new one, as a part of a greater change. */
  async publishChange(
    machine: StateMachine,
    description: string | undefined,
  ): Promise<MachineChange<StateMachineVersion>> {
    const { resources: versions } = await this.#store.resources('version', machine.stateMachineArn, {
      limit: VERSIONS_MAX,
    });
    const newest = versions[0] && toMachine(versions[0]);
    // revisions never come back, so only the newest version can be of this one
    if (newest && newest.revisionId === machine.revisionId) return { machine, reply: toVersion(newest) };
    if (versions.length >= VERSIONS_MAX)
      throw new ServiceError(
        'ServiceQuotaExceededException',
        `A state machine has at most ${VERSIONS_MAX} versions: ${machine.stateMachineArn}`,
        402,
      );
    const number = (machine.versionsCount ?? 0) + 1;
    const { tags: _, versionsCount: __, published: ___, ...published } = machine;
    const version: StateMachine = {
      ...published,
      stateMachineArn: `${machine.stateMachineArn}:${number}`,
      creationDate: this.#clock.now(),
      ...(description !== undefined && { description }),
    };
    return {
      machine: { ...machine, versionsCount: number },
      resources: [toResource(version, machine.stateMachineArn, number)],
      reply: toVersion(version),
    };
  }

  /** @returns the machine as it was when this version was published, under the version's ARN */
  async find(versionArn: string): Promise<StateMachine | undefined> {
    const stored = await this.#store.resource(versionArn);
    return stored?.kind === 'version' ? toMachine(stored) : undefined;
  }

  async list(arn: string, page: Page): ReturnType<ExecutionHost['listStateMachineVersions']> {
    parseStateMachineArn(arn);
    const listing = ['ListStateMachineVersions', arn] as const;
    const cursor = fromPageToken(listing, page.nextToken);
    const { resources, next } = await this.#store.resources('version', arn, {
      limit: pageLimit(page.maxResults),
      ...(cursor !== undefined && { cursor }),
    });
    const stateMachineVersions = resources.map((stored) => toVersion(toMachine(stored)));
    return { stateMachineVersions, ...(next !== undefined && { nextToken: toPageToken(listing, next) }) };
  }

  /** Succeeds for an absent one. @throws ServiceError `ConflictException` while an alias leads to it */
  async delete(versionArn: string): Promise<void> {
    const { qualifier, ...machine } = parseQualifiedArn(versionArn);
    if (qualifier === undefined || !isVersion(qualifier))
      throw serviceValidation(`The ARN is not that of a state machine version: ${versionArn}`);
    if (!(await this.find(versionArn))) return;
    await changeMachine(this.#store, stateMachineArn(machine), async ({ stateMachineArn: arn }) => {
      const { resources } = await this.#store.resources('alias', arn, { limit: VERSIONS_MAX });
      const names = resources.filter(({ body }) => leadsTo(body, versionArn)).map(({ position }) => position);
      if (names.length > 0)
        throw new ServiceError(
          'ConflictException',
          `Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [${names.join(', ')}]`,
          409,
        );
      return { resources: [{ arn: versionArn, body: null }], reply: undefined };
    });
  }
}

/** Whether an alias, as it is stored, routes to a version. */
export function leadsTo(aliasBody: string, versionArn: string): boolean {
  const { routingConfiguration } = JSON.parse(aliasBody) as {
    routingConfiguration: { stateMachineVersionArn: string }[]; // written by aliases.ts
  };
  return routingConfiguration.some((route) => route.stateMachineVersionArn === versionArn);
}

function toVersion({ stateMachineArn: arn, creationDate, description }: StateMachine): StateMachineVersion {
  return {
    stateMachineVersionArn: arn,
    creationDate,
    ...(description !== undefined && { description }),
  };
}

function toMachine({ body }: StoredResource): StateMachine {
  return JSON.parse(body) as StateMachine; // written by toResource
}

function toResource(version: StateMachine, parent: string, number: number): StoredResource {
  return {
    arn: version.stateMachineArn,
    kind: 'version',
    parent,
    position: String(POSITION_TOP - number).padStart(13, '0'),
    body: JSON.stringify(version),
  };
}
