import { scheduleArn } from '../arns.ts';
import type { EventContext } from '../context.ts';
import { eventTime } from '../envelope/time.ts';
import type { EventRecord } from '../ports/event-store.ts';
import type { ScheduleKey, SchedulerStore, StoredSchedule, UnreadableSchedule } from '../ports/scheduler.ts';
import type { Target } from '../ports/targets.ts';
import { allFired, FIRED_AT_ONCE, type DueWork } from '../due-runner.ts';
import { readOr } from '../unreadable.ts';
import { dueInvocation } from './due-invocation.ts';
import { scheduledInput } from './input.ts';
import { nextInvocation } from './next-invocation.ts';

/** Where invocations of schedules stand among the events. No bus can have this name. */
export const SCHEDULER_BUS = '$scheduler';

/**
 * Invokes the targets of schedules: as scheduled rules, through a delivery that is written in one transaction with the
 * schedule's next time.
 */
export class ScheduleInvocations implements DueWork {
  readonly #context: EventContext;
  readonly #store: SchedulerStore;
  readonly #recorded: () => void;

  /** @param recorded  called when deliveries are on disk */
  constructor(context: EventContext, store: SchedulerStore, recorded: () => void) {
    this.#context = context;
    this.#store = store;
    this.#recorded = recorded;
  }

  nextMs(): Promise<number | undefined> {
    return this.#store.nextScheduleFireMs();
  }

  async fireDue(nowMs: number): Promise<void> {
    const due = await this.#store.dueSchedules(nowMs, FIRED_AT_ONCE);
    if (due.length === 0) return;
    try {
      await allFired(due.map((one) => this.#fire(one, nowMs)));
    } finally {
      this.#recorded();
    }
  }

  async #fire(due: StoredSchedule | UnreadableSchedule, nowMs: number): Promise<void> {
    if ('unreadable' in due) return this.#stop(due, due.unreadable);
    const { schedule, region, next } = due;
    const key: ScheduleKey = { region, groupName: schedule.GroupName, name: schedule.Name };
    if (!next) return this.#stop(key, 'it is due, and its next time is not told');
    const read = readOr(() => {
      const now = dueInvocation(schedule, next, nowMs);
      return { ...now, after: this.#after(due, now.doneMs, nowMs) };
    });
    if (read.problem !== undefined) return this.#stop(key, read.problem, schedule.ScheduleExpression);
    const { scheduledMs, missedUntilMs: untilMs, after } = read.value;
    if (untilMs !== undefined)
      this.#context.report({
        kind: 'schedule-missed',
        ruleArn: schedule.Arn,
        firstMissedMs: next.scheduledMs,
        untilMs,
      });
    const record = scheduledMs === undefined ? undefined : this.#record(due, scheduledMs, nowMs);
    await this.#store.fireSchedule(key, after, record);
  }

  /** Told once: it is not due again. */
  async #stop({ region, groupName, name }: ScheduleKey, problem: string, expression?: string): Promise<void> {
    const key: ScheduleKey = { region, groupName, name };
    await this.#store.stopSchedule(key);
    this.#context.report({
      kind: 'schedule-unreadable',
      ruleArn: scheduleArn(this.#context.home, key),
      ...(expression !== undefined && { expression }),
      problem,
    });
  }

  /** The schedule with its next time; null when it was its last and it is to go then. */
  #after(due: StoredSchedule, doneMs: number, nowMs: number): StoredSchedule | null {
    const { next: _fired, ...rest } = due;
    const next = nextInvocation(due.schedule, doneMs, nowMs, this.#context.ids.uniform());
    if (next) return { ...rest, next };
    return due.schedule.ActionAfterCompletion === 'DELETE' ? null : rest;
  }

  #record({ schedule, region, simulated }: StoredSchedule, scheduledMs: number, nowMs: number): EventRecord {
    const { ids, home } = this.#context;
    const event = {
      version: '0',
      id: ids.uuid(),
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account: home.account,
      time: eventTime(scheduledMs),
      region,
      resources: [schedule.Arn],
      detail: {},
    };
    const { Arn, RoleArn, Input, DeadLetterConfig, RetryPolicy } = schedule.Target;
    const { EventBridgeParameters, SqsParameters } = schedule.Target;
    const target: Target = {
      Id: schedule.Name,
      Arn,
      RoleArn,
      // without an input the service tells of the schedule, with a detail that is text
      Input:
        Input === undefined
          ? JSON.stringify({ ...event, detail: '{}' })
          : scheduledInput(Input, { scheduleArn: schedule.Arn, time: event.time, executionId: event.id }),
      ...(DeadLetterConfig && { DeadLetterConfig }),
      ...(RetryPolicy && { RetryPolicy }),
      ...(EventBridgeParameters && { EventBridgeParameters }),
      ...(SqsParameters && { SqsParameters }),
    };
    return {
      event,
      region,
      eventBusName: SCHEDULER_BUS,
      receivedAtMs: nowMs,
      simulated: simulated === true,
      matchedRuleArns: [],
      archiveNames: [],
      deliveries: [{ deliveryId: ids.uuid(), ruleArn: schedule.Arn, target }],
    };
  }
}
