import { ServiceError } from '@riposte/engine';
import { DEFAULT_BUS, eventBusArn, eventBusNameOf } from '../arns.ts';
import { checkTags, Constraints, EVENT_BUS_NAME, validationError } from '../constraints.ts';
import type { EventContext } from '../context.ts';
import { pageOf, type PageRequest } from '../pages.ts';
import type { EventBusDescription } from '../ports/event-service.ts';

const BUSES_MAX = 100;

/** Event buses of the account. The default bus is there in every region from its first use. */
export class EventBuses {
  readonly #context: EventContext;
  /** Regions whose default bus is on disk. */
  readonly #regions = new Set<string>();

  constructor(context: EventContext) {
    this.#context = context;
  }

  async create(
    region: string,
    input: { Name: string; Description?: string; tags?: Record<string, string> },
  ): Promise<{ EventBusArn: string }> {
    const { store, clock, home } = this.#context;
    new Constraints()
      .name(input.Name, 'name', 256, EVENT_BUS_NAME)
      .length(input.Description, 'description', { max: 512 })
      .enforce();
    checkTags(input.tags);
    return this.#context.change(async () => {
      const buses = await this.#all(region);
      if (buses.some((bus) => bus.Name === input.Name))
        throw new ServiceError('ResourceAlreadyExistsException', `Event bus ${input.Name} already exists.`);
      if (input.Name.includes('/')) throw validationError("Event bus name must not contain '/'.");
      if (buses.length >= BUSES_MAX) throw limitExceeded();
      const now = clock.now();
      const arn = eventBusArn(home, region, input.Name);
      await store.putEventBus(region, {
        Name: input.Name,
        Arn: arn,
        ...(input.Description !== undefined && { Description: input.Description }),
        ...(input.tags && { tags: input.tags }),
        creationTimeMs: now,
        lastModifiedTimeMs: now,
      });
      return { EventBusArn: arn };
    });
  }

  /** What is left out is reset. */
  async update(
    region: string,
    nameOrArn: string | undefined,
    description: string | undefined,
  ): Promise<EventBusDescription> {
    new Constraints().length(description, 'description', { max: 512 }).enforce();
    return this.change(region, nameOrArn, (before) => {
      const { Description: _before, ...bus } = before;
      return { ...bus, ...(description !== undefined && { Description: description }) };
    });
  }

  /** Rewrites a bus that is there. */
  async change(
    region: string,
    nameOrArn: string | undefined,
    to: (bus: EventBusDescription) => EventBusDescription,
  ): Promise<EventBusDescription> {
    const { store, clock, change } = this.#context;
    return change(async () => {
      const changed = {
        ...to(await this.describe(region, nameOrArn)),
        lastModifiedTimeMs: clock.now(),
      };
      await store.putEventBus(region, changed);
      return changed;
    });
  }

  async describe(region: string, nameOrArn: string | undefined): Promise<EventBusDescription> {
    const name = eventBusNameOf(nameOrArn);
    const bus = (await this.#all(region)).find((candidate) => candidate.Name === name);
    if (!bus)
      throw new ServiceError('ResourceNotFoundException', `Event bus ${nameOrArn ?? name} does not exist.`);
    return bus;
  }

  async list(
    region: string,
    request: PageRequest,
  ): Promise<{ EventBuses: EventBusDescription[]; NextToken?: string }> {
    const { items, ...next } = pageOf(await this.#all(region), (bus) => bus.Name, request);
    return { EventBuses: items, ...next };
  }

  /** Deleting a bus that is not there succeeds. */
  async delete(region: string, nameOrArn: string): Promise<void> {
    const name = eventBusNameOf(nameOrArn);
    if (name === DEFAULT_BUS) throw validationError(`Cannot delete event bus ${DEFAULT_BUS}.`);
    return this.#context.change(async () => {
      const rules = await this.#context.store.rules(region, name);
      if (rules.length > 0)
        throw validationError(
          `Event bus ${name} can't be deleted since it has rules: ${rules.map(({ rule }) => rule.Name).join(', ')}.`,
        );
      await this.#context.store.deleteEventBus(region, name);
      this.#context.catalogue.changed();
    });
  }

  async #all(region: string): Promise<EventBusDescription[]> {
    const { store, clock, home } = this.#context;
    if (!this.#regions.has(region)) {
      if (!(await store.eventBus(region, DEFAULT_BUS))) {
        const now = clock.now();
        const arn = eventBusArn(home, region, DEFAULT_BUS);
        const bus = { Name: DEFAULT_BUS, Arn: arn, creationTimeMs: now, lastModifiedTimeMs: now };
        await store.putEventBus(region, bus);
      }
      this.#regions.add(region);
    }
    return store.eventBuses(region);
  }
}

export function limitExceeded(): ServiceError {
  return new ServiceError(
    'LimitExceededException',
    'The requested resource exceeds the maximum number allowed.',
  );
}
