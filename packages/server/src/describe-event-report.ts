import type { EventReport } from '@riposte/events';

/** What the event side has to tell the operator, in one line. */
export function describeEventReport(report: EventReport): string {
  switch (report.kind) {
    case 'schedule-missed':
      return `schedule ${report.ruleArn}: runs from ${iso(report.firstMissedMs)} to ${iso(report.untilMs)} were missed and are not made up.`;
    case 'schedule-unreadable':
      return `schedule ${report.ruleArn}: does not run until it is changed. ${report.expression ?? 'What is stored of it'} cannot be read: ${report.problem}`;
    case 'schedule-never': {
      const { Arn, ScheduleExpression, ScheduleExpressionTimezone } = report.schedule;
      return `schedule ${Arn}: never runs. The local time ${ScheduleExpression} does not exist in ${ScheduleExpressionTimezone}, where clocks are put forward over it.`;
    }
    case 'schedule-rehearsed':
      return `schedule ${report.ruleArn}: a rehearsal replaced it. What it does from now on is marked SIMULATED, until it is put again by something real.`;
    case 'delivery-dead':
      return `delivery ${report.deliveryId} of event ${report.eventId} to ${report.targetArn} was given up: ${report.error}`;
    case 'event-lost':
      return `event ${report.eventId} for the bus ${report.eventBusName} was not kept: ${report.reason}`;
    case 'match-undecided':
      return `rule ${report.ruleArn}: whether event ${report.eventId} matches was not decided, which counts as not matching; explain says why. It is told once for this pattern.`;
    case 'store-failed':
      return `events: ${report.error instanceof Error ? report.error.message : String(report.error)} The work is tried again.`;
  }
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
