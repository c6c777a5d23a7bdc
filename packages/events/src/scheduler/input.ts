/** What may stand anywhere in the Input of a schedule's target. */
export interface ScheduledContext {
  scheduleArn: string;
  /** The time that the expression names. */
  time: string;
  executionId: string;
}

const ATTEMPT = '<aws.scheduler.attempt-number>';

/**
 * @returns the input with what is known when the schedule fires; the attempt is filled in at each
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
export function scheduledInput(input: string, context: ScheduledContext): string {
  return input
    .replaceAll('<aws.scheduler.schedule-arn>', () => context.scheduleArn)
    .replaceAll('<aws.scheduler.scheduled-time>', () => context.time)
    .replaceAll('<aws.scheduler.execution-id>', () => context.executionId);
}

/** @param attempt 1 for the first */
export function attemptInput(input: string, attempt: number): string {
  return input.replaceAll(ATTEMPT, () => String(attempt));
}
