/** The pure room of patterns in the form that the events runner asks for. */
import { parseJson } from '@riposte/json';
import {
  compilePattern,
  matches as matchesCompiled,
  nextRun,
  parseSchedule,
  parseSchedulerExpression,
  transformInput,
} from '@riposte/patterns';

export function matches(pattern: string, event: string): boolean {
  return matchesCompiled(compilePattern(pattern), parseJson(event));
}

export function validatePattern(pattern: string): void {
  compilePattern(pattern);
}

export function nextRuns(expression: string, fromIso: string, count: number): Date[] {
  const schedule = parseSchedule(expression);
  const runs: Date[] = [];
  for (let after = Date.parse(fromIso); runs.length < count;) {
    const next = nextRun(schedule, after);
    if (next === undefined) break;
    runs.push(new Date(next));
    after = next;
  }
  return runs;
}

export function period(expression: string): number {
  const schedule = parseSchedule(expression);
  if (schedule.kind !== 'rate') throw new TypeError(`${expression} is no rate`);
  return schedule.periodMs / 1000;
}

export function validateSchedule(expression: string, api: string): void {
  if (api === 'PutRule') parseSchedule(expression);
  else if (api === 'CreateSchedule') parseSchedulerExpression(expression);
  else throw new TypeError(`${api} takes no schedule`);
}

export function transform(
  spec: Parameters<typeof transformInput>[0],
  event: string | object,
  rule: { arn?: string; name?: string; ingestionTime?: string },
): string | null {
  const envelope: unknown = typeof event === 'string' ? parseJson(event) : event;
  return transformInput(spec, envelope, {
    ruleArn: rule?.arn ?? '',
    ruleName: rule?.name ?? '',
    ingestionTime: rule?.ingestionTime ?? '',
  });
}
