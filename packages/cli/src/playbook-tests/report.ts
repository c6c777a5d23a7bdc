import type { CallSummary } from '@riposte/server';
import { printable, styled, type Terminal } from '../terminal.ts';
import type { CaseResult } from './case-result.ts';

/** A line for a case, and for one that did not pass what was expected, what was seen, and what it did. */
export function reportLines(terminal: Pick<Terminal, 'colour'>, result: CaseResult): string[] {
  const { name, verdict, failures, virtualMs, realMs } = result;
  const times = styled(terminal, 'dim', `${virtualTime(virtualMs)} in ${(realMs / 1000).toFixed(1)} s`);
  if (verdict === 'passed') return [`  ${styled(terminal, 'green', '✔')} ${printable(name)}  ${times}`];
  const word = verdict === 'broken' ? ' (broken)' : '';
  return [
    `  ${styled(terminal, 'red', `✘ ${printable(name)}${word}`)}  ${times}`,
    ...failures.map(({ what, problem }) => `      ${printable(`${what}: ${problem}`)}`),
    ...whatItDid(result).map((line) => styled(terminal, 'dim', `      ${printable(line)}`)),
  ];
}

/** The path of each execution, the calls, the mails. */
export function whatItDid({ observed: { executions, calls, mails }, reports }: CaseResult): string[] {
  return [
    ...executions.map(
      ({ machine, status, path, error }) =>
        `${machine} ${status}${error === undefined ? '' : ` ${error}`}: ${path.join(' → ') || 'no state entered'}`,
    ),
    ...(calls.length > 0 ? ['calls made:', ...calls.map((call) => `  ${describeCall(call)}`)] : []),
    ...mails.map(({ to, subject }) => `mail to ${to}: ${subject}`),
    ...reports.map((line) => `server: ${line}`),
  ];
}

function describeCall(call: CallSummary): string {
  const error = call.errorCode === undefined ? '' : `  ${call.errorCode}`;
  return `${call.stateName ?? '-'}  ${call.service}:${call.operation}${error}`;
}

const UNITS: readonly [seconds: number, name: string][] = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
];

/** `7 d 0 h`: the two largest units. */
function virtualTime(ms: number): string {
  let seconds = Math.round(ms / 1000);
  const at = Math.max(
    0,
    UNITS.findIndex(([length], index) => seconds >= length || index === UNITS.length - 1),
  );
  const words = UNITS.slice(at, at + 2).map(([length, name]) => {
    const count = Math.floor(seconds / length);
    seconds -= count * length;
    return `${count} ${name}`;
  });
  return words.join(' ');
}
