import { ServiceError } from '@riposte/engine';
import { validationError } from '../constraints.ts';
import type { EventContext } from '../context.ts';
import { pageOf } from '../pages.ts';
import type {
  ScheduleGroup,
  SchedulerService,
  SchedulerStore,
  StoredScheduleGroup,
} from '../ports/scheduler.ts';
import { checkName } from './checks.ts';

export const DEFAULT_GROUP = 'default';
const TAGS_MAX = 200;

/** Groups of schedules. The group `default` always exists. */
export class ScheduleGroups {
  readonly #context: EventContext;
  readonly #store: SchedulerStore;

  constructor(context: EventContext, store: SchedulerStore) {
    this.#context = context;
    this.#store = store;
  }

  async create(
    region: string,
    name: string,
    tags: Record<string, string> = {},
  ): Promise<{ ScheduleGroupArn: string }> {
    checkName(name, 'name');
    checkTags(tags);
    return this.#context.change(async () => {
      if (name === DEFAULT_GROUP || (await this.#store.scheduleGroup(region, name)))
        throw new ServiceError('ConflictException', `Schedule group ${name} already exists.`, 409);
      const now = new Date(this.#context.clock.now());
      const group: ScheduleGroup = {
        Name: name,
        Arn: this.#arn(region, name),
        State: 'ACTIVE',
        CreationDate: now,
        LastModificationDate: now,
      };
      await this.#store.putScheduleGroup({ region, group, tags });
      return { ScheduleGroupArn: group.Arn };
    });
  }

  async get(region: string, name: string): Promise<ScheduleGroup> {
    return (await this.#find(region, name)).group;
  }

  async delete(region: string, name: string): Promise<void> {
    if (name === DEFAULT_GROUP) throw validationError('The default schedule group cannot be deleted.');
    return this.#context.change(async () => {
      await this.#find(region, name);
      await this.#store.deleteScheduleGroup(region, name);
    });
  }

  async list(
    region: string,
    { NamePrefix, MaxResults, NextToken }: Parameters<SchedulerService['listScheduleGroups']>[1],
  ): Promise<{ ScheduleGroups: ScheduleGroup[]; NextToken?: string }> {
    const stored = [this.#default(region), ...(await this.#store.scheduleGroups(region))];
    const groups = stored.map(({ group }) => group).sort((a, b) => (a.Name < b.Name ? -1 : 1));
    const { items, ...next } = pageOf(groups, ({ Name }) => Name, {
      ...(NamePrefix !== undefined && { NamePrefix }),
      ...(MaxResults !== undefined && { Limit: MaxResults }),
      ...(NextToken !== undefined && { NextToken }),
    });
    return { ScheduleGroups: items, ...next };
  }

  async tags(region: string, arn: string): Promise<Record<string, string>> {
    return (await this.#byArn(region, arn)).tags;
  }

  async changeTags(
    region: string,
    arn: string,
    change: (tags: Record<string, string>) => Record<string, string>,
  ): Promise<void> {
    return this.#context.change(async () => {
      const stored = await this.#byArn(region, arn);
      if (stored.group.Name === DEFAULT_GROUP)
        throw validationError('The default schedule group cannot be tagged.');
      const tags = change(stored.tags);
      checkTags(tags);
      await this.#store.putScheduleGroup({ ...stored, tags });
    });
  }

  async #find(region: string, name: string): Promise<StoredScheduleGroup> {
    if (name === DEFAULT_GROUP) return this.#default(region);
    const stored = await this.#store.scheduleGroup(region, name);
    if (!stored)
      throw new ServiceError('ResourceNotFoundException', `Schedule group ${name} does not exist.`, 404);
    return stored;
  }

  #byArn(region: string, arn: string): Promise<StoredScheduleGroup> {
    const name = /:schedule-group\/([^/]+)$/.exec(arn)?.[1];
    if (name === undefined || arn !== this.#arn(region, name))
      throw validationError(`Invalid resource ARN ${arn}. Only schedule groups have tags.`);
    return this.#find(region, name);
  }

  #default(region: string): StoredScheduleGroup {
    const epoch = new Date(0);
    const group: ScheduleGroup = {
      Name: DEFAULT_GROUP,
      Arn: this.#arn(region, DEFAULT_GROUP),
      State: 'ACTIVE',
      CreationDate: epoch,
      LastModificationDate: epoch,
    };
    return { region, group, tags: {} };
  }

  #arn(region: string, name: string): string {
    const { partition, account } = this.#context.home;
    return `arn:${partition}:scheduler:${region}:${account}:schedule-group/${name}`;
  }
}

function checkTags(tags: Record<string, string>): void {
  if (Object.keys(tags).length > TAGS_MAX)
    throw validationError(`A schedule group has at most ${TAGS_MAX} tags.`);
}
