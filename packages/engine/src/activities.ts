import { activityArn, activityDoesNotExist, parseActivityArn } from './arn.ts';
import { checkName, pageLimit } from './checks.ts';
import type { ExecutionLoop } from './host/execution-loop.ts';
import { activityTaken } from './host/signals.ts';
import type { TaskPayload } from './host/transition.ts';
import { WaitingWorkers } from './host/waiting-workers.ts';
import { fromPageToken, toPageToken } from './page-token.ts';
import type { Clock } from './ports/clock.ts';
import type { Activity, ExecutionHost, Page } from './ports/execution-host.ts';
import type { Effect, Store, StoredResource } from './ports/store.ts';
import { mergeTags } from './tags.ts';

const POLL_MS = 60_000;

export interface ActivitiesOptions {
  store: Store;
  clock: Clock;
  account: string;
  partition: string;
  loop: ExecutionLoop;
}

/**
 * The activities of the account and the workers that wait for their tasks.
 *
 * A1 A task is given to one worker, the one that has waited longest; it is on disk as taken before the worker hears.
 * A2 Tasks of an activity are given out in the order in which they were scheduled.
 */
export class Activities {
  readonly #options: ActivitiesOptions;
  readonly #workers: WaitingWorkers;

  constructor(options: ActivitiesOptions) {
    this.#options = options;
    this.#workers = new WaitingWorkers(options.clock);
  }

  /** The same name answers as the first time. */
  async create({ name, region, tags }: Parameters<ExecutionHost['createActivity']>[0]): Promise<Activity> {
    const { store, clock, account, partition } = this.#options;
    checkName(name);
    const activity: Activity = {
      activityArn: activityArn({ partition, region, account, name }),
      name,
      creationDate: clock.now(),
      ...(tags && { tags: mergeTags(undefined, tags, activityArn({ partition, region, account, name })) }),
    };
    if (await store.saveResource(toResource(activity, region), null)) return activity;
    return this.describe(activity.activityArn);
  }

  async describe(arn: string): Promise<Activity> {
    parseActivityArn(arn);
    const stored = await this.#options.store.resource(arn);
    if (stored?.kind !== 'activity') throw activityDoesNotExist(arn);
    return JSON.parse(stored.body) as Activity; // written by toResource
  }

  /** Succeeds for an absent one. Tasks that wait for its workers go on to wait, up to their own timeouts. */
  async delete(arn: string): Promise<void> {
    parseActivityArn(arn);
    await this.#options.store.removeResource(arn);
  }

  async list(region: string, page: Page): ReturnType<ExecutionHost['listActivities']> {
    const listing = ['ListActivities', region] as const;
    const cursor = fromPageToken(listing, page.nextToken);
    const { resources, next } = await this.#options.store.resources('activity', region, {
      limit: pageLimit(page.maxResults),
      ...(cursor !== undefined && { cursor }),
    });
    const activities = resources.map(({ body }) => JSON.parse(body) as Activity); // written by toResource
    return { activities, ...(next !== undefined && { nextToken: toPageToken(listing, next) }) };
  }

  /** @returns false when the activity was changed at the same time, or is gone */
  async saveTags(before: Activity, tags: Record<string, string>): Promise<boolean> {
    const { region } = parseActivityArn(before.activityArn);
    const expected = toResource(before, region).body;
    return this.#options.store.saveResource(toResource({ ...before, tags }, region), expected);
  }

  /** Waits up to a minute for a task. @returns nothing when none came, or the worker has gone */
  async takeTask({
    activityArn: arn,
    workerName,
    signal,
  }: Parameters<ExecutionHost['getActivityTask']>[0]): ReturnType<ExecutionHost['getActivityTask']> {
    await this.describe(arn);
    const wait = this.#workers.join(arn, this.#options.clock.now() + POLL_MS, signal);
    try {
      while (await wait.turn()) {
        const task = await this.#takeNext(arn, workerName, () => wait.isOver);
        if (task) return task;
      }
      return undefined;
    } finally {
      wait.leave();
    }
  }

  /** A task of this activity is on disk. */
  taskScheduled(arn: string): void {
    this.#workers.wake(arn);
  }

  /** Workers that wait go away without a task. */
  close(): void {
    this.#workers.close();
  }

  async #takeNext(arn: string, workerName: string | undefined, isOver: () => boolean) {
    const { store, loop } = this.#options;
    for (;;) {
      const effect = await store.nextActivityTask(arn);
      if (!effect || isOver()) return undefined;
      const isTaken = await loop.deliver(effect.executionArn, activityTaken(effect.id, workerName));
      if (isTaken) return toTask(effect);
    }
  }
}

function toTask({ executionArn, id, taskToken, payload }: Effect): { taskToken: string; input: string } {
  if (taskToken === undefined || payload === undefined)
    throw new Error(`The task ${executionArn}#${id} of an activity was stored without token or parameters.`);
  const { parameters } = JSON.parse(payload) as TaskPayload; // written by toTransition
  return { taskToken, input: parameters };
}

function toResource(activity: Activity, region: string): StoredResource {
  return {
    arn: activity.activityArn,
    kind: 'activity',
    parent: region,
    position: activity.name,
    body: JSON.stringify(activity),
  };
}
