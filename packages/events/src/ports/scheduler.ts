import type { EventRecord } from './event-store.ts';

/** What a schedule calls; members as the EventBridge Scheduler API names them. */
export interface ScheduleTarget {
  Arn: string;
  RoleArn: string;
  Input?: string;
  DeadLetterConfig?: { Arn?: string };
  RetryPolicy?: { MaximumRetryAttempts?: number; MaximumEventAgeInSeconds?: number };
  EventBridgeParameters?: { DetailType: string; Source: string };
  SqsParameters?: { MessageGroupId?: string };
}

/** What CreateSchedule and UpdateSchedule say. */
export interface ScheduleInput {
  Name: string;
  GroupName?: string;
  ScheduleExpression: string;
  ScheduleExpressionTimezone?: string;
  StartDate?: Date;
  EndDate?: Date;
  Description?: string;
  State?: string;
  KmsKeyArn?: string;
  ClientToken?: string;
  ActionAfterCompletion?: string;
  FlexibleTimeWindow: { Mode: string; MaximumWindowInMinutes?: number };
  Target: ScheduleTarget;
}

/** A schedule, as GetSchedule tells of it. */
export interface Schedule extends Omit<ScheduleInput, 'ClientToken'> {
  Arn: string;
  GroupName: string;
  State: 'ENABLED' | 'DISABLED';
  ActionAfterCompletion: 'NONE' | 'DELETE';
  ScheduleExpressionTimezone: string;
  CreationDate: Date;
  LastModificationDate: Date;
}

/** A group of schedules, as GetScheduleGroup tells of it. */
export interface ScheduleGroup {
  Name: string;
  Arn: string;
  State: 'ACTIVE';
  CreationDate: Date;
  LastModificationDate: Date;
}

/** When a schedule invokes its target next. */
export interface NextInvocation {
  /** The time that the expression names. */
  scheduledMs: number;
  /** That, or later within the flexible window. */
  fireMs: number;
}

/** A schedule as it is kept, and when it invokes next; without `next` it never does again, or is disabled. */
export interface StoredSchedule {
  region: string;
  schedule: Schedule;
  /** The token it was created or changed with: the same request again changes nothing. */
  clientToken?: string;
  next?: NextInvocation;
  /** A rehearsal wrote it last: what it invokes is marked. */
  simulated?: true;
}

/** A schedule of which what is stored cannot be read. It keeps its name until it is written anew or deleted. */
export interface UnreadableSchedule extends ScheduleKey {
  /** Why, in words that tell nothing of what is stored. */
  unreadable: string;
}

/** A group as it is kept. */
export interface StoredScheduleGroup {
  region: string;
  group: ScheduleGroup;
  tags: Record<string, string>;
}

/** Names a schedule: names are unique within a group. */
export interface ScheduleKey {
  region: string;
  groupName: string;
  name: string;
}

/**
 * Where schedules live. A write is on disk when its promise resolves; writes that are asked for in one turn of the event
 * loop share a commit, each undone alone where it fails. The caller changes one schedule at a time.
 */
export interface SchedulerStore {
  schedule(key: ScheduleKey): Promise<StoredSchedule | UnreadableSchedule | undefined>;
  /** By group and name. */
  schedules(region: string, groupName?: string): Promise<(StoredSchedule | UnreadableSchedule)[]>;
  putSchedule(stored: StoredSchedule): Promise<void>;
  deleteSchedule(key: ScheduleKey): Promise<void>;
  /** Those whose `next.fireMs` is at or before an instant, the longest overdue first; where they are large, fewer than `limit`. */
  dueSchedules(nowMs: number, limit: number): Promise<(StoredSchedule | UnreadableSchedule)[]>;
  nextScheduleFireMs(): Promise<number | undefined>;
  /** It is not due until it is written anew; what is stored of it stays. */
  stopSchedule(key: ScheduleKey): Promise<void>;
  /**
   * An invocation, with its delivery, and the schedule as it stands after it, in one transaction.
   * @param after  null when the schedule is done and goes
   * @param record  absent when the invocation was missed
   */
  fireSchedule(key: ScheduleKey, after: StoredSchedule | null, record?: EventRecord): Promise<void>;

  scheduleGroup(region: string, name: string): Promise<StoredScheduleGroup | undefined>;
  /** By name; without the default group, which always exists. */
  scheduleGroups(region: string): Promise<StoredScheduleGroup[]>;
  putScheduleGroup(stored: StoredScheduleGroup): Promise<void>;
  /** With its schedules. */
  deleteScheduleGroup(region: string, name: string): Promise<void>;
}

interface ScheduleFilter {
  GroupName?: string;
  NamePrefix?: string;
  State?: string;
  MaxResults?: number;
  NextToken?: string;
}

/** EventBridge Scheduler. Errors are `ServiceError`s in the service's words. */
export interface SchedulerService {
  /** @param how.simulated  a rehearsal asks for it: what the schedule invokes is marked like its cause */
  createSchedule(
    region: string,
    input: ScheduleInput,
    how?: { simulated?: boolean },
  ): Promise<{ ScheduleArn: string }>;
  /**
   * Replaces everything: what is left out has its default, and the mark is that of who replaces it. Of a real schedule
   * that a rehearsal replaces, the report tells.
   */
  updateSchedule(
    region: string,
    input: ScheduleInput,
    how?: { simulated?: boolean },
  ): Promise<{ ScheduleArn: string }>;
  getSchedule(region: string, name: string, groupName?: string): Promise<Schedule>;
  deleteSchedule(region: string, name: string, groupName?: string): Promise<void>;
  listSchedules(
    region: string,
    filter: ScheduleFilter,
  ): Promise<{ Schedules: Schedule[]; NextToken?: string }>;
  /** Its next times, as the expression names them; fewer where it ends. */
  nextInvocations(
    region: string,
    name: string,
    groupName: string | undefined,
    count: number,
  ): Promise<Date[]>;

  createScheduleGroup(
    region: string,
    name: string,
    tags?: Record<string, string>,
  ): Promise<{ ScheduleGroupArn: string }>;
  getScheduleGroup(region: string, name: string): Promise<ScheduleGroup>;
  deleteScheduleGroup(region: string, name: string): Promise<void>;
  listScheduleGroups(
    region: string,
    filter: Pick<ScheduleFilter, 'NamePrefix' | 'MaxResults' | 'NextToken'>,
  ): Promise<{ ScheduleGroups: ScheduleGroup[]; NextToken?: string }>;
  /** Groups alone have tags. */
  tagScheduleGroup(region: string, arn: string, tags: Record<string, string>): Promise<void>;
  untagScheduleGroup(region: string, arn: string, keys: readonly string[]): Promise<void>;
  listScheduleGroupTags(region: string, arn: string): Promise<Record<string, string>>;
}
