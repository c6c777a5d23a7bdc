import type { Activities } from './activities.ts';
import { isActivityArn, parseQualifiedArn, resourceNotFound } from './arn.ts';
import { changeMachine } from './machine-changes.ts';
import { ServiceError } from './ports/service-error.ts';
import type { Store } from './ports/store.ts';

type Tags = Record<string, string>;

/** Tags of state machines and activities. */
export class ResourceTags {
  readonly #store: Store;
  readonly #activities: Activities;

  constructor(store: Store, activities: Activities) {
    this.#store = store;
    this.#activities = activities;
  }

  /** @throws ServiceError `InvalidArn`, `ResourceNotFound` */
  async list(arn: string): Promise<Tags> {
    if (isActivityArn(arn)) return (await this.#activity(arn)).tags ?? {};
    const { qualifier } = parseQualifiedArn(arn);
    const stored = qualifier === undefined ? await this.#store.stateMachine(arn) : undefined;
    if (!stored) throw resourceNotFound(arn);
    return stored.stateMachine.tags ?? {};
  }

  /** @param change from the tags as they are to the tags as they shall be */
  async change(arn: string, change: (before: Tags) => Tags): Promise<void> {
    await this.list(arn); // whether it is there, in this operation's own words
    if (isActivityArn(arn)) return this.#changeActivity(arn, change);
    await changeMachine(this.#store, arn, async (machine) => ({
      machine: { ...machine, tags: change(machine.tags ?? {}) },
      reply: undefined,
    }));
  }

  async #changeActivity(arn: string, change: (before: Tags) => Tags): Promise<void> {
    const activity = await this.#activity(arn);
    if (await this.#activities.saveTags(activity, change(activity.tags ?? {}))) return;
    return this.#changeActivity(arn, change); // another request was faster
  }

  async #activity(arn: string) {
    try {
      return await this.#activities.describe(arn);
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'ActivityDoesNotExist') throw resourceNotFound(arn);
      throw error;
    }
  }
}
