import type { EventContext } from './context.ts';
import { DEFAULT_BUS } from './arns.ts';
import type { Upcoming } from './ports/event-service.ts';
import type { SchedulerStore } from './ports/scheduler.ts';
import { nextFireOf } from './rules/rules.ts';
import { isInClockGap, nextScheduledMs } from './scheduler/next-invocation.ts';

/** What runs by the clock in a region, scheduled rules first, each by name, with its next times. */
export async function upcoming(
  { store, clock }: EventContext,
  schedulerStore: SchedulerStore,
  region: string,
  count: number,
): Promise<Upcoming[]> {
  const nowMs = clock.now();
  const rules = await store.rules(region, DEFAULT_BUS); // no other bus has scheduled rules
  const schedules = await schedulerStore.schedules(region);
  return [
    ...rules.flatMap(({ rule, targets, createdAtMs }): Upcoming[] => {
      const { Name: name, Arn: arn, ScheduleExpression: expression, State } = rule;
      if (expression === undefined) return [];
      return [
        {
          kind: 'rule',
          name,
          arn,
          expression,
          timeZone: 'UTC',
          isEnabled: State !== 'DISABLED',
          targetArns: targets.map((target) => target.Arn),
          nextMs: times(nowMs, count, (afterMs) => nextFireOf(rule, afterMs, createdAtMs)),
        },
      ];
    }),
    ...schedules.map(({ schedule }): Upcoming => {
      const isEnabled = schedule.State === 'ENABLED';
      return {
        kind: 'schedule',
        name: `${schedule.GroupName}/${schedule.Name}`,
        arn: schedule.Arn,
        expression: schedule.ScheduleExpression,
        timeZone: schedule.ScheduleExpressionTimezone,
        isEnabled,
        targetArns: [schedule.Target.Arn],
        nextMs: isEnabled ? times(nowMs, count, (afterMs) => nextScheduledMs(schedule, afterMs)) : [],
        isInClockGap: isInClockGap(schedule),
      };
    }),
  ];
}

function times(nowMs: number, count: number, next: (afterMs: number) => number | undefined): number[] {
  const found: number[] = [];
  for (let at = next(nowMs); at !== undefined && found.length < count; at = next(at)) found.push(at);
  return found;
}
