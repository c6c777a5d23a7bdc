import { parseJson, type JsonObject } from '@riposte/json';
import { ServiceError } from '@riposte/engine';
import { eventBusNameOf, eventsArn, parseArn, ruleArn } from '../arns.ts';
import { Constraints, INTEGER_MAX, validationError } from '../constraints.ts';
import type { EventContext } from '../context.ts';
import { pageOf, type PageRequest } from '../pages.ts';
import type { Archive, ArchiveDescription, ArchiveOperations } from '../ports/archives.ts';
import type { ArchiveSize, RuleKey, StoredRule } from '../ports/event-store.ts';
import type { EventBuses } from '../rules/event-buses.ts';
import { checkPattern } from '../rules/rules.ts';

const NAME_MAX = 48;
const STATES = ['ENABLED', 'DISABLED', 'CREATING', 'UPDATING', 'CREATE_FAILED', 'UPDATE_FAILED'];
/** The service that AWS names as the owner of the rules that fill archives. */
const MANAGED_BY = 'prod.vhs.events.aws.internal';

type CreateArchiveInput = Parameters<ArchiveOperations['createArchive']>[1];
type ArchiveChange = Parameters<ArchiveOperations['updateArchive']>[2];

/** Archives: each keeps a copy of the events that its rule, managed by the service, matches on its bus. */
export class Archives {
  readonly #context: EventContext;
  readonly #buses: EventBuses;
  readonly #deleted: () => void;

  /** @param deleted  called when an archive was deleted: its events are to go */
  constructor(context: EventContext, buses: EventBuses, deleted: () => void) {
    this.#context = context;
    this.#buses = buses;
    this.#deleted = deleted;
  }

  async create(region: string, input: CreateArchiveInput): Promise<Archive> {
    const { ArchiveName, EventSourceArn, Description, EventPattern, RetentionDays = 0 } = input;
    new Constraints()
      .name(ArchiveName, 'archiveName', NAME_MAX)
      .length(EventSourceArn, 'eventSourceArn', { min: 1, max: 1600 })
      .enforce();
    checkChange(input);
    const { store, clock, change, catalogue, home } = this.#context;
    return change(async () => {
      if (await store.archive(region, ArchiveName))
        throw new ServiceError('ResourceAlreadyExistsException', `Archive ${ArchiveName} already exists.`);
      await this.#checkBus(region, EventSourceArn);
      const archive: Archive = {
        ArchiveName,
        ArchiveArn: eventsArn(home, region, 'archive', ArchiveName),
        EventSourceArn,
        ...(Description !== undefined && { Description }),
        ...(EventPattern !== undefined && { EventPattern }),
        RetentionDays,
        State: 'ENABLED',
        creationTimeMs: clock.now(),
      };
      await store.putArchive(region, archive, this.#ruleOf(region, archive));
      catalogue.changed();
      return archive;
    });
  }

  async describe(region: string, name: string): Promise<ArchiveDescription> {
    return described(await this.#find(region, name));
  }

  async update(region: string, name: string, input: ArchiveChange): Promise<Archive> {
    const { Description, EventPattern, RetentionDays } = input;
    if (Description === undefined && EventPattern === undefined && RetentionDays === undefined)
      throw validationError('At least one of EventPattern, RetentionDays or Description must be provided.');
    checkChange(input);
    const { store, change, catalogue } = this.#context;
    return change(async () => {
      const { events: _events, bytes: _bytes, ...before } = await this.#find(region, name);
      const archive: Archive = {
        ...before,
        ...(Description !== undefined && { Description }),
        ...(EventPattern !== undefined && { EventPattern }),
        ...(RetentionDays !== undefined && { RetentionDays }),
      };
      await store.putArchive(region, archive, this.#ruleOf(region, archive));
      catalogue.changed();
      return archive;
    });
  }

  /** It is gone at once; its events go after it, some at a time. */
  async delete(region: string, name: string): Promise<void> {
    const { store, change, catalogue } = this.#context;
    await change(async () => {
      const archive = await this.#find(region, name);
      await store.deleteArchive(region, name, ruleKeyOf(region, archive));
      catalogue.changed();
    });
    this.#deleted();
  }

  async list(
    region: string,
    request: PageRequest & { EventSourceArn?: string; State?: string },
  ): Promise<{ Archives: ArchiveDescription[]; NextToken?: string }> {
    const { EventSourceArn, State } = request;
    new Constraints().oneOf(State, 'state', STATES).enforce();
    refuseTwoFilters('ListArchives', request);
    if (EventSourceArn !== undefined) await this.#checkBus(region, EventSourceArn);
    const archives = (await this.#context.store.archives(region)).filter(
      (archive) =>
        (EventSourceArn === undefined || archive.EventSourceArn === EventSourceArn) &&
        (State === undefined || archive.State === State),
    );
    const { items, ...next } = pageOf(archives, ({ ArchiveName }) => ArchiveName, request);
    return { Archives: items.map(described), ...next };
  }

  async #find(region: string, name: string): Promise<Archive & ArchiveSize> {
    new Constraints().name(name, 'archiveName', NAME_MAX).enforce();
    const archive = await this.#context.store.archive(region, name);
    if (!archive) throw new ServiceError('ResourceNotFoundException', `Archive ${name} does not exist.`);
    return archive;
  }

  /** @throws ServiceError ResourceNotFoundException also for the bus of another account or region */
  async #checkBus(region: string, eventSourceArn: string): Promise<void> {
    const arn = parseArn(eventSourceArn);
    const name = eventBusNameOf(eventSourceArn);
    const isHere = arn?.account === this.#context.home.account && arn.region === region;
    if (!isHere) throw new ServiceError('ResourceNotFoundException', `Event bus ${name} does not exist.`);
    await this.#buses.describe(region, name);
  }

  #ruleOf(region: string, archive: Archive): StoredRule {
    const { eventBusName, name } = ruleKeyOf(region, archive);
    return {
      region,
      rule: {
        Name: name,
        Arn: ruleArn(this.#context.home, region, eventBusName, name),
        EventBusName: eventBusName,
        EventPattern: withoutReplays(archive.EventPattern),
        State: 'ENABLED',
        ManagedBy: MANAGED_BY,
      },
      targets: [],
      createdAtMs: archive.creationTimeMs,
      archiveName: archive.ArchiveName,
    };
  }
}

/**
 * @throws ServiceError ValidationException in AWS's words
 * @param operation  e.g. `ListReplays`
 */
export function refuseTwoFilters(
  operation: string,
  { State, EventSourceArn, NamePrefix }: PageRequest & { EventSourceArn?: string; State?: string },
): void {
  if ([State, EventSourceArn, NamePrefix].filter((filter) => filter !== undefined).length > 1)
    throw validationError(
      `At most one filter is allowed for ${operation}. Use either : State, EventSourceArn, or NamePrefix.`,
    );
}

function described({ events, bytes, ...archive }: Archive & ArchiveSize): ArchiveDescription {
  return { ...archive, EventCount: events, SizeBytes: bytes };
}

function checkChange({ Description, EventPattern, RetentionDays }: ArchiveChange): void {
  new Constraints()
    .length(Description, 'description', { max: 512 })
    .length(EventPattern, 'eventPattern', { max: 4096 })
    .range(RetentionDays, 'retentionDays', 0, INTEGER_MAX)
    .enforce();
  if (EventPattern !== undefined) checkPattern(EventPattern);
}

function ruleKeyOf(region: string, { ArchiveName, EventSourceArn }: Archive): RuleKey {
  return { region, eventBusName: eventBusNameOf(EventSourceArn), name: `Events-Archive-${ArchiveName}` };
}

/** What is replayed is in the archive already. */
function withoutReplays(pattern: string | undefined): string {
  const given = pattern === undefined ? {} : (parseJson(pattern) as JsonObject); // a checked pattern is an object
  return JSON.stringify({ ...given, 'replay-name': [{ exists: false }] });
}
