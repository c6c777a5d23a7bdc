import { parseStateMachineArn, stateMachineArn, stateMachineDoesNotExist } from './arn.ts';
import { checkName, pageLimit, validationError } from './checks.ts';
import { fromPageToken, toPageToken } from './page-token.ts';
import type { Clock } from './ports/clock.ts';
import type { ExecutionHost, Page, StateMachine } from './ports/execution-host.ts';
import type { Ids } from './ports/ids.ts';
import { ServiceError } from './ports/service-error.ts';
import type { Store, StoredStateMachine } from './ports/store.ts';

const DEFINITION_LENGTH_MAX = 1_048_576;

type CreateInput = Parameters<ExecutionHost['createStateMachine']>[0];
type UpdateInput = Parameters<ExecutionHost['updateStateMachine']>[0];

export interface StateMachinesOptions {
  store: Store;
  clock: Clock;
  ids: Ids;
  account: string;
  partition: string;
  /** @returns what is wrong with a definition, in the service's words */
  problemsOf: (definition: string) => string | undefined;
}

/** The state machines of the account. */
export class StateMachines {
  readonly #options: StateMachinesOptions;

  constructor(options: StateMachinesOptions) {
    this.#options = options;
  }

  /** The same name with the same definition and type answers as the first time. The role is not compared. */
  async create({ name, definition, roleArn, type = 'STANDARD', region }: CreateInput): Promise<StateMachine> {
    const { store, clock, account, partition } = this.#options;
    checkName(name);
    if (type === 'EXPRESS')
      throw new ServiceError(
        'StateMachineTypeNotSupported',
        'EXPRESS state machines are not supported yet by this server',
      );
    this.#checkDefinition(definition);
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
    };
    if (await store.saveStateMachine(machine, region, 0)) return machine;
    const existing = (await store.stateMachine(arn))?.stateMachine;
    if (existing?.definition === definition && existing.type === type) return existing;
    throw new ServiceError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
  }

  /** What stays the same keeps its revision id. */
  async update({ stateMachineArn: arn, definition, roleArn }: UpdateInput): Promise<StateMachine> {
    const { region } = parseStateMachineArn(arn);
    if (definition === undefined && roleArn === undefined)
      throw new ServiceError(
        'MissingRequiredParameter',
        'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified',
      );
    const { stateMachine: before, revision } = await this.#load(arn);
    if (definition !== undefined) this.#checkDefinition(definition);
    const after = {
      ...before,
      definition: definition ?? before.definition,
      roleArn: roleArn ?? before.roleArn,
    };
    const isSame = after.definition === before.definition && after.roleArn === before.roleArn;
    const changed: StateMachine = {
      ...after,
      updateDate: this.#options.clock.now(),
      ...(!isSame && { revisionId: this.#options.ids.uuid() }),
    };
    if (await this.#options.store.saveStateMachine(changed, region, revision)) return changed;
    throw new ServiceError(
      'ConflictException',
      `The state machine was changed by another request at the same time: ${arn}. Try again.`,
      409,
    );
  }

  async describe(arn: string): Promise<StateMachine> {
    return (await this.#load(arn)).stateMachine;
  }

  async delete(arn: string): Promise<void> {
    parseStateMachineArn(arn);
    await this.#options.store.removeStateMachine(arn);
  }

  async list(region: string, page: Page): Promise<{ stateMachines: StateMachine[]; nextToken?: string }> {
    const cursor = fromPageToken(page.nextToken);
    const { stateMachines, next } = await this.#options.store.listStateMachines(region, {
      limit: pageLimit(page.maxResults),
      ...(cursor !== undefined && { cursor }),
    });
    return { stateMachines, ...(next !== undefined && { nextToken: toPageToken(next) }) };
  }

  async #load(arn: string): Promise<StoredStateMachine> {
    parseStateMachineArn(arn);
    const stored = await this.#options.store.stateMachine(arn);
    if (!stored) throw stateMachineDoesNotExist(arn);
    return stored;
  }

  #checkDefinition(definition: string): void {
    if (definition.length > DEFINITION_LENGTH_MAX)
      throw validationError(
        'definition',
        `${definition.slice(0, 20)}…`,
        `Member must have length less than or equal to ${DEFINITION_LENGTH_MAX}`,
      );
    const problems = this.#options.problemsOf(definition);
    if (problems !== undefined)
      throw new ServiceError('InvalidDefinition', `Invalid State Machine Definition: '${problems}'`);
  }
}
