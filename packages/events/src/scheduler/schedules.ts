import { ServiceError } from '@riposte/engine';
import type { EventContext } from '../context.ts';
import { pageOf } from '../pages.ts';
import { scheduleArn } from '../arns.ts';
import type {
  Schedule,
  ScheduleInput,
  SchedulerService,
  SchedulerStore,
  StoredSchedule,
  UnreadableSchedule,
} from '../ports/scheduler.ts';
import { checkDates, checkExpression, checkSchedule } from './checks.ts';
import { isInClockGap, nextInvocation, nextScheduledMs } from './next-invocation.ts';
import { DEFAULT_GROUP, type ScheduleGroups } from './schedule-groups.ts';

/** Schedules of EventBridge Scheduler. */
export class Schedules {
  readonly #context: EventContext;
  readonly #store: SchedulerStore;
  readonly #groups: ScheduleGroups;
  readonly #rescheduled: () => void;

  /** @param rescheduled  called when another schedule may be due next */
  constructor(context: EventContext, store: SchedulerStore, groups: ScheduleGroups, rescheduled: () => void) {
    this.#context = context;
    this.#store = store;
    this.#groups = groups;
    this.#rescheduled = rescheduled;
  }

  async create(
    region: string,
    input: ScheduleInput,
    { simulated = false }: { simulated?: boolean } = {},
  ): Promise<{ ScheduleArn: string }> {
    checkSchedule(input);
    return this.#context.change(async () => {
      const groupName = input.GroupName ?? DEFAULT_GROUP;
      await this.#groups.get(region, groupName);
      const existing = await this.#store.schedule({ region, groupName, name: input.Name });
      if (existing && isRepeated(existing, input)) return { ScheduleArn: existing.schedule.Arn };
      if (existing)
        throw new ServiceError('ConflictException', `Schedule ${input.Name} already exists.`, 409);
      const nowMs = this.#context.clock.now();
      checkDates(input, nowMs);
      return this.#write(region, input, { nowMs, created: new Date(nowMs), simulated });
    });
  }

  async update(
    region: string,
    input: ScheduleInput,
    { simulated = false }: { simulated?: boolean } = {},
  ): Promise<{ ScheduleArn: string }> {
    checkSchedule(input);
    return this.#context.change(async () => {
      const existing = await this.#find(region, input.Name, input.GroupName);
      const nowMs = this.#context.clock.now();
      const before = 'unreadable' in existing ? undefined : existing.schedule;
      checkDates(input, nowMs, before);
      const created = before?.CreationDate ?? new Date(nowMs);
      const written = await this.#write(region, input, { nowMs, created, simulated });
      if (simulated && !('unreadable' in existing) && existing.simulated !== true)
        this.#context.report({ kind: 'schedule-rehearsed', ruleArn: written.ScheduleArn });
      return written;
    });
  }

  async get(region: string, name: string, groupName?: string): Promise<Schedule> {
    const stored = await this.#find(region, name, groupName);
    if ('unreadable' in stored)
      throw new ServiceError(
        'InternalServerException',
        `What is stored of schedule ${name} cannot be read: ${stored.unreadable}. Update it with all that it is to have, or delete it.`,
        500,
      );
    return stored.schedule;
  }

  async delete(region: string, name: string, groupName = DEFAULT_GROUP): Promise<void> {
    return this.#context.change(async () => {
      await this.#find(region, name, groupName);
      await this.#store.deleteSchedule({ region, groupName, name });
    });
  }

  async list(
    region: string,
    { GroupName, NamePrefix, State, MaxResults, NextToken }: Parameters<SchedulerService['listSchedules']>[1],
  ): Promise<{ Schedules: Schedule[]; NextToken?: string }> {
    if (GroupName !== undefined) await this.#groups.get(region, GroupName);
    const stored = await this.#store.schedules(region, GroupName);
    const wanted = stored
      .flatMap((one) => ('unreadable' in one ? [] : one.schedule))
      .filter((schedule) => State === undefined || schedule.State === State)
      .filter((schedule) => schedule.Name.startsWith(NamePrefix ?? ''));
    const { items, ...next } = pageOf(wanted, ({ GroupName: group, Name }) => `${group}/${Name}`, {
      ...(MaxResults !== undefined && { Limit: MaxResults }),
      ...(NextToken !== undefined && { NextToken }),
    });
    return { Schedules: items, ...next };
  }

  async nextInvocations(
    region: string,
    name: string,
    groupName: string | undefined,
    count: number,
  ): Promise<Date[]> {
    const schedule = await this.get(region, name, groupName);
    checkExpression(schedule.ScheduleExpression); // an earlier version may have accepted it
    const times: Date[] = [];
    let afterMs: number | undefined = this.#context.clock.now();
    while (times.length < count) {
      afterMs = nextScheduledMs(schedule, afterMs);
      if (afterMs === undefined) break;
      times.push(new Date(afterMs));
    }
    return times;
  }

  /** @throws ServiceError ResourceNotFoundException */
  async #find(
    region: string,
    name: string,
    groupName = DEFAULT_GROUP,
  ): Promise<StoredSchedule | UnreadableSchedule> {
    await this.#groups.get(region, groupName);
    const stored = await this.#store.schedule({ region, groupName, name });
    if (!stored) throw new ServiceError('ResourceNotFoundException', `Schedule ${name} does not exist.`, 404);
    return stored;
  }

  /** @param nowMs  the very instant of its creation, for a new one: a rate counts from there, and begins at once */
  async #write(
    region: string,
    input: ScheduleInput,
    { nowMs, created, simulated }: { nowMs: number; created: Date; simulated: boolean },
  ): Promise<{ ScheduleArn: string }> {
    const { ids, home } = this.#context;
    const { ClientToken, ...given } = input;
    const GroupName = input.GroupName ?? DEFAULT_GROUP;
    const schedule: Schedule = {
      ...given,
      Arn: scheduleArn(home, { region, groupName: GroupName, name: input.Name }),
      GroupName,
      State: input.State === 'DISABLED' ? 'DISABLED' : 'ENABLED',
      ActionAfterCompletion: input.ActionAfterCompletion === 'DELETE' ? 'DELETE' : 'NONE',
      ScheduleExpressionTimezone: input.ScheduleExpressionTimezone ?? 'UTC',
      CreationDate: created,
      LastModificationDate: new Date(nowMs),
    };
    // one millisecond back: a rate begins at once
    const next = nextInvocation(schedule, nowMs - 1, nowMs, ids.uniform());
    await this.#store.putSchedule({
      region,
      schedule,
      ...(ClientToken !== undefined && { clientToken: ClientToken }),
      ...(next && { next }),
      ...(simulated && { simulated }),
    });
    this.#rescheduled();
    // taken as AWS takes it, which has no answer that warns
    if (isInClockGap(schedule)) this.#context.report({ kind: 'schedule-never', schedule });
    return { ScheduleArn: schedule.Arn };
  }
}

/** Whether the request is the one that made the schedule. */
function isRepeated(
  existing: StoredSchedule | UnreadableSchedule,
  { ClientToken }: ScheduleInput,
): existing is StoredSchedule {
  return ClientToken !== undefined && 'schedule' in existing && existing.clientToken === ClientToken;
}
