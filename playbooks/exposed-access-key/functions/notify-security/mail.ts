import { activitySection } from './activity.ts';
import { advice } from './advice.ts';
import type { Failure, Finding, Incident } from './finding.ts';
import { result, type Result } from './result.ts';

const HEALTH_DASHBOARD = 'https://health.aws.amazon.com/health/home#/account/dashboard/open-issues';
/** SNS takes fewer than 100 characters. */
const SUBJECT_MAX = 99;

/** A mail that a person can act on at 3 a.m. without opening anything else first. */
export function writeMail(reported: Finding, executionArn: string): { subject: string; text: string } {
  const finding = onOneLine(reported);
  const incident = incidentOf(finding);
  const what = result(finding);
  const blocks = [
    what.headline,
    section('WHAT HAPPENED', facts(finding, incident)),
    section('WHAT WAS DONE', [what.explanation, ...failureLines(finding.failure)]),
    ...(finding.key && !finding.afterWaiting
      ? [section('WHAT THE KEY HAD BEEN DOING', activitySection(finding))]
      : []),
    section('WHAT TO DO NEXT', numbered(advice(what.status, finding, incident))),
    section('LINKS', [`AWS Health dashboard  ${HEALTH_DASHBOARD}`, `Execution  ${executionArn}`]),
    ...(incident.description ? [section('WHAT AWS SAYS', [incident.description])] : []),
  ];
  return { subject: subjectLine(what, finding, incident), text: `${blocks.join('\n\n')}\n` };
}

/**
 * Every text in it on one line: what an event or an error says could otherwise write lines of its own into the mail,
 * such as a WHAT TO DO NEXT that is not ours.
 */
function onOneLine<T>(value: T): T {
  // the same value, with other characters in its texts
  return JSON.parse(JSON.stringify(value), (_, member: unknown) =>
    typeof member === 'string' ? member.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu, ' ') : member,
  ) as T;
}

/** The status comes first and the name, which may be long, last: what is cut off is the least of it. */
function subjectLine(what: Result, finding: Finding, incident: Incident): string {
  const account = finding.containment?.account ?? incident.account;
  const user = finding.containment?.userName ?? incident.reportedUser;
  const parts = [
    `${what.subject}: ${finding.key ? `exposed access key ${finding.key.accessKeyId}` : 'exposed access key'}`,
    account ? `account ${account}` : '',
    user ? `user ${user}` : '',
  ];
  // SNS refuses control characters and, in older regions, everything beyond ASCII.
  const line = parts
    .filter((part) => part !== '')
    .join(', ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[^\x20-\x7e]/g, '?');
  return line.length > SUBJECT_MAX ? `${line.slice(0, SUBJECT_MAX - 3)}...` : line;
}

function facts(finding: Finding, incident: Incident): string[] {
  const { key, containment } = finding;
  const user = containment?.userName ?? incident.reportedUser;
  const rows: [label: string, value: string | undefined][] = [
    ['Access key', key?.accessKeyId],
    ['IAM user', user],
    ['Account', containment?.account ?? incident.account],
    ['AWS event', incident.eventTypeCode],
    ['Since', incident.startTime],
    ['Found at', incident.exposedUrl],
    ['Key created', containment?.created],
    ['Last used', lastUsed(containment?.lastUsed)],
    ['Event ARN', incident.eventArn],
    ['Named instead', finding.plan?.otherEntities.join(', ')],
  ];
  const opening = incident.confirmed === false ? 'AWS suspects that' : 'AWS reports that';
  return [
    key
      ? `${opening} this access key is in the wrong hands.`
      : `${opening} credentials are in the wrong hands.`,
    ...rows.flatMap(([label, value]) => (value ? [`  ${label.padEnd(14)} ${value}`] : [])),
  ];
}

function lastUsed(used: { date?: string; service: string; region: string } | undefined): string | undefined {
  if (!used) return undefined;
  return used.date ? `${used.date} (${used.service}, ${used.region})` : 'never, as far as IAM knows';
}

/** Lambda puts its whole error object into Cause; the message in it is what a person needs. */
function failureLines(failure: Failure | undefined): string[] {
  if (!failure) return [];
  return [onOneLine(`  Error: ${failure.Error ?? 'unknown'}: ${causeText(failure.Cause ?? '')}`)];
}

function causeText(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : cause.slice(0, 1000);
  } catch {
    return cause.slice(0, 1000);
  }
}

/** From the plan or, where not even that could be made, from the event itself. */
function incidentOf(finding: Finding): Incident {
  const known = finding.incident ?? finding.plan?.incident;
  if (known) return known;
  const event = record(finding.event);
  const detail = record(event.detail);
  return {
    account: text(detail.affectedAccount) || text(event.account),
    eventTypeCode: text(detail.eventTypeCode),
    eventArn: text(detail.eventArn),
    startTime: text(detail.startTime),
  };
}

function section(title: string, lines: string[]): string {
  return [title, ...lines].join('\n');
}

function numbered(lines: string[]): string[] {
  return lines.map((line, index) => `${index + 1}. ${line}`);
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
