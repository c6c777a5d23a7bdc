import type { CallSummary } from '@riposte/server';
import { oneLine, styled, type Terminal } from '../terminal.ts';

/** One AWS call in one line: what, on what, how it ended. */
export function describeCall(call: CallSummary, terminal: Pick<Terminal, 'colour'>): string {
  const on = call.resources.map((resource) => oneLine(shortName(resource.name))).join(', ');
  const what = `${call.service}:${call.operation}${on === '' ? '' : ` ${on}`}`;
  const kind = call.rehearsed ? 'rehearsed, not made' : call.access === 'write' ? 'change' : 'read';
  if (call.errorCode === undefined) return `${what} ${styled(terminal, 'dim', `(${kind})`)}`;
  return `${what} ${styled(terminal, 'red', `✗ ${call.errorCode}`)}`;
}

/** The last part of an ARN: the rest is the same in every line. */
function shortName(name: string): string {
  return name.startsWith('arn:') ? (name.split(/[:/]/).at(-1) ?? name) : name;
}
