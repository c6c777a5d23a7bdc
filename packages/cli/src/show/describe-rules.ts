import type { InjectedEvent } from '@riposte/server';
import { oneLine, styled, type Terminal } from '../terminal.ts';

/** Of those that did not match: with dozens of rules the one that did would be lost among them. */
const OTHERS_MAX = 5;

/** How each rule judged an event, as lines: those that matched first, then why some of the others did not. */
export function describeRules(
  rules: InjectedEvent['rules'],
  eventId: string,
  terminal: Pick<Terminal, 'colour'>,
): string[] {
  const others = rules.filter(({ matched }) => !matched);
  const dash = styled(terminal, 'dim', '–');
  return [
    ...rules
      .filter(({ matched }) => matched)
      .map(({ ruleName }) => `${styled(terminal, 'green', '✓')} rule ${ruleName} matches`),
    ...others
      .slice(0, OTHERS_MAX)
      .map(({ ruleName, explanation }) => `${dash} rule ${ruleName} does not match: ${oneLine(explanation)}`),
    ...(others.length > OTHERS_MAX
      ? [`${dash} ${others.length - OTHERS_MAX} more do not match; why: riposte explain ${oneLine(eventId)}`]
      : []),
  ];
}
