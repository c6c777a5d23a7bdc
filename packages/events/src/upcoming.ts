import type { EventContext } from './context.ts';
import { DEFAULT_BUS, scheduleArn, type Home } from './arns.ts';
import type { Upcoming } from './ports/event-service.ts';
import type { SchedulerStore, UnreadableSchedule } from './ports/scheduler.ts';
import { nextFireOf } from './rules/rules.ts';
import { readOr } from './unreadable.ts';
import { isInClockGap, nextScheduledMs } from './scheduler/next-invocation.ts';

/** What runs by the clock in a region, scheduled rules first, each by name, with its next times. */
export async function upcoming(
  { store, clock, home }: EventContext,
  schedulerStore: SchedulerStore,
  region: string,
  count: number,
): Promise<Upcoming[]> {
  const nowMs = clock.now();
  const rules = await store.rules(region, DEFAULT_BUS); // no other bus has scheduled rules
  const schedules = await schedulerStore.schedules(region);
  return [
    ...rules.flatMap(({ rule, targets, createdAtMs, simulated }): Upcoming[] => {
      const { Name: name, Arn: arn, ScheduleExpression: expression, State } = rule;
      if (expression === undefined) return [];
      const what: Timeless = {
        kind: 'rule',
        name,
        arn,
        expression,
        timeZone: 'UTC',
        isEnabled: State !== 'DISABLED',
        targetArns: targets.map((target) => target.Arn),
        ...(simulated && { simulated }),
      };
      return [
        withTimes(what, () => {
          const nextMs = times(nowMs, count, (afterMs) => nextFireOf(rule, afterMs, createdAtMs));
          return { nextMs, isPast: what.isEnabled && nextMs.length === 0 };
        }),
      ];
    }),
    ...schedules.map((stored): Upcoming => {
      if ('unreadable' in stored) return unreadable(home, stored);
      const { schedule, next, simulated } = stored;
      const isEnabled = schedule.State === 'ENABLED';
      const what: Timeless = {
        kind: 'schedule',
        name: `${schedule.GroupName}/${schedule.Name}`,
        arn: schedule.Arn,
        expression: schedule.ScheduleExpression,
        timeZone: schedule.ScheduleExpressionTimezone,
        isEnabled,
        targetArns: [schedule.Target.Arn],
        ...(simulated && { simulated }),
      };
      return withTimes(what, () => {
        const nextMs = isEnabled ? times(nowMs, count, (afterMs) => nextScheduledMs(schedule, afterMs)) : [];
        const isNever = isInClockGap(schedule);
        const isPast = isEnabled && nextMs.length === 0 && !next && !isNever;
        return { nextMs, isInClockGap: isNever, isPast };
      });
    }),
  ];
}

type Times = Pick<Upcoming, 'nextMs' | 'isInClockGap' | 'isPast'>;
type Timeless = Omit<Upcoming, keyof Times | 'unreadable'>;

/** Nothing is known but its name. */
function unreadable(home: Home, { unreadable: problem, ...key }: UnreadableSchedule): Upcoming {
  return {
    kind: 'schedule',
    name: `${key.groupName}/${key.name}`,
    arn: scheduleArn(home, key),
    timeZone: 'UTC',
    isEnabled: false,
    targetArns: [],
    nextMs: [],
    unreadable: problem,
  };
}

/** One that another version wrote and this one cannot read does not hide the others. */
function withTimes(what: Timeless, read: () => Times): Upcoming {
  const { value, problem } = readOr(read);
  return value ? { ...what, ...value } : { ...what, nextMs: [], unreadable: problem };
}

function times(nowMs: number, count: number, next: (afterMs: number) => number | undefined): number[] {
  const found: number[] = [];
  for (let at = next(nowMs); at !== undefined && found.length < count; at = next(at)) found.push(at);
  return found;
}
