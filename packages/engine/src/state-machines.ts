import {
  isVersion,
  parseQualifiedArn,
  parseStateMachineArn,
  stateMachineArn,
  stateMachineDoesNotExist,
} from './arn.ts';
import { checkName, checkRoleArn, pageLimit, serviceValidation, validationError } from './checks.ts';
import { changeMachine, checkNotDeleting } from './machine-changes.ts';
import { isSameSettings } from './machine-settings.ts';
import { fromPageToken, toPageToken } from './page-token.ts';
import type { Clock } from './ports/clock.ts';
import type { ExecutionHost, Page } from './ports/execution-host.ts';
import type { StateMachine, StateMachineType } from './ports/state-machines.ts';
import type { Ids } from './ports/ids.ts';
import { ServiceError } from './ports/service-error.ts';
import type { Store } from './ports/store.ts';
import { mergeTags } from './tags.ts';
import type { Versions } from './versions.ts';

const DEFINITION_LENGTH_MAX = 1_048_576;

type CreateInput = Parameters<ExecutionHost['createStateMachine']>[0];
type UpdateInput = Parameters<ExecutionHost['updateStateMachine']>[0];
/** Where the request published a version: its ARN too. */
type Saved = Awaited<ReturnType<ExecutionHost['createStateMachine']>>;

export interface StateMachinesOptions {
  store: Store;
  clock: Clock;
  ids: Ids;
  account: string;
  partition: string;
  versions: Versions;
  /** @returns what is wrong with a definition, in the service's words */
  problemsOf: (definition: string, type: StateMachineType) => string | undefined;
}

/** The state machines of the account. */
export class StateMachines {
  readonly #options: StateMachinesOptions;

  constructor(options: StateMachinesOptions) {
    this.#options = options;
  }

  /** The same request answers as the first time. Role and tags are not compared, and not changed. */
  async create(input: CreateInput): Promise<Saved> {
    const { name, definition, roleArn, type = 'STANDARD', region, tags, settings } = input;
    const { store, clock, account, partition, versions } = this.#options;
    checkName(name);
    checkRoleArn(roleArn);
    checkVersionDescription(input);
    this.#checkDefinition(definition, type);
    const arn = stateMachineArn({ partition, region, account, name });
    const now = clock.now();
    const machine: StateMachine = {
      stateMachineArn: arn,
      name,
      type,
      definition,
      roleArn,
      creationDate: now,
      updateDate: now,
      ...(tags && { tags: mergeTags(undefined, tags, arn) }),
      ...(settings && { settings }),
    };
    const change = input.publish
      ? await versions.publishChange(
          { ...machine, published: publishedBy(arn, input) },
          input.versionDescription,
        )
      : { machine };
    const { machine: created = machine, resources = [] } = { resources: [], ...change };
    if (await store.saveStateMachine(created, region, 0, resources)) return saved(created, created.published);
    return this.#sameOrExists(arn, input, type);
  }

  /** What stays the same keeps its revision id. */
  async update(input: UpdateInput): Promise<Saved> {
    const { stateMachineArn: arn, definition, roleArn, settings, publish } = input;
    parseStateMachineArn(arn);
    const changesNothing = definition === undefined && roleArn === undefined && settings === undefined;
    if (changesNothing && publish !== true)
      throw new ServiceError(
        'MissingRequiredParameter',
        'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified',
      );
    if (roleArn !== undefined) checkRoleArn(roleArn);
    checkVersionDescription(input);
    const { store, clock, ids, versions } = this.#options;
    return changeMachine(store, arn, async (before) => {
      if (definition !== undefined) this.#checkDefinition(definition, before.type);
      const after: StateMachine = {
        ...before,
        definition: definition ?? before.definition,
        roleArn: roleArn ?? before.roleArn,
        ...(settings && { settings: { ...before.settings, ...settings } }),
        updateDate: clock.now(),
      };
      const isSame =
        after.definition === before.definition &&
        after.roleArn === before.roleArn &&
        isSameSettings(after, before);
      const machine = isSame ? after : { ...after, revisionId: ids.uuid() };
      if (publish !== true) return { machine, reply: machine };
      const change = await versions.publishChange(machine, input.versionDescription);
      const { stateMachineVersionArn } = change.reply;
      return { ...change, reply: { ...machine, stateMachineVersionArn } };
    });
  }

  /** @param arn of a machine or a version */
  async describe(arn: string): Promise<StateMachine> {
    const { store, versions } = this.#options;
    const { qualifier } = parseQualifiedArn(arn);
    if (qualifier !== undefined) {
      const version = isVersion(qualifier) ? await versions.find(arn) : undefined;
      if (!version) throw stateMachineDoesNotExist(arn);
      return version;
    }
    const stored = await store.stateMachine(arn);
    if (!stored) throw stateMachineDoesNotExist(arn);
    return stored.stateMachine;
  }

  /**
   * Removes it, or marks it as DELETING while executions are open.
   * @returns whether it waits for its executions
   */
  async delete(arn: string): Promise<boolean> {
    const { region } = parseStateMachineArn(arn);
    const { store } = this.#options;
    const stored = await store.stateMachine(arn);
    if (!stored) return false;
    if (!(await store.hasOpenExecutions(arn))) {
      await store.removeStateMachine(arn);
      return false;
    }
    const { stateMachine, revision } = stored;
    // changed by another request meanwhile: that one came first, and the next look deletes what it made
    if (!(await store.saveStateMachine({ ...stateMachine, status: 'DELETING' }, region, revision)))
      return this.delete(arn);
    return true;
  }

  /** Removes a machine in status DELETING whose last execution has ended. @returns whether it is gone */
  async finishDeletion(arn: string): Promise<boolean> {
    const { store } = this.#options;
    const stored = await store.stateMachine(arn);
    if (stored?.stateMachine.status !== 'DELETING') return true;
    if (await store.hasOpenExecutions(arn)) return false;
    await store.removeStateMachine(arn);
    return true;
  }

  async list(region: string, page: Page): Promise<{ stateMachines: StateMachine[]; nextToken?: string }> {
    const listing = ['ListStateMachines', region] as const;
    const cursor = fromPageToken(listing, page.nextToken);
    const { stateMachines, next } = await this.#options.store.listStateMachines(region, {
      limit: pageLimit(page.maxResults),
      ...(cursor !== undefined && { cursor }),
    });
    return { stateMachines, ...(next !== undefined && { nextToken: toPageToken(listing, next) }) };
  }

  async #sameOrExists(arn: string, input: CreateInput, type: StateMachineType): Promise<Saved> {
    const existing = (await this.#options.store.stateMachine(arn))?.stateMachine;
    if (existing) checkNotDeleting(existing);
    const wanted = input.publish ? publishedBy(arn, input) : undefined;
    const isSame =
      existing?.definition === input.definition &&
      existing.type === type &&
      isSameSettings(existing, input) &&
      JSON.stringify(existing.published) === JSON.stringify(wanted);
    if (isSame) return saved(existing, existing.published);
    throw new ServiceError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
  }

  #checkDefinition(definition: string, type: StateMachineType): void {
    if (definition.length > DEFINITION_LENGTH_MAX)
      throw validationError(
        'definition',
        `${definition.slice(0, 20)}…`,
        `Member must have length less than or equal to ${DEFINITION_LENGTH_MAX}`,
      );
    const problems = this.#options.problemsOf(definition, type);
    if (problems !== undefined)
      throw new ServiceError('InvalidDefinition', `Invalid State Machine Definition: '${problems}'`);
  }
}

function publishedBy(
  arn: string,
  { versionDescription }: CreateInput,
): NonNullable<StateMachine['published']> {
  return {
    versionArn: `${arn}:1`,
    ...(versionDescription !== undefined && { description: versionDescription }),
  };
}

function saved(machine: StateMachine, published: StateMachine['published']): Saved {
  return { ...machine, ...(published && { stateMachineVersionArn: published.versionArn }) };
}

function checkVersionDescription(input: { publish?: boolean; versionDescription?: string }): void {
  if (input.versionDescription !== undefined && input.publish !== true)
    throw serviceValidation('Version description can only be set when publish is true');
}
