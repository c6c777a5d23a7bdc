import type { StoredEvent } from '@riposte/server';
import { oneLine, printable, styled, type Terminal } from '../terminal.ts';

type Attempt = NonNullable<StoredEvent['deliveries'][number]['attemptLog']>[number];

const GLYPHS = { delivered: ['green', '✓'], pending: ['yellow', '…'], dead: ['red', '✗'] } as const;

/** Everything that is known of an event, as lines. */
export function describeEvent(stored: StoredEvent, terminal: Pick<Terminal, 'colour'>): string[] {
  const { event, receivedAtMs, simulated, matchedRuleArns, deliveries } = stored;
  const { forwardedTo = [], undecidedRuleArns = [] } = stored;
  const mark = simulated ? `${styled(terminal, 'yellow', 'SIMULATED')} ` : '';
  const lines = [
    `${mark}event ${oneLine(event.id)}: ${oneLine(event.source)}, ${oneLine(event['detail-type'])}`,
    `  came ${new Date(receivedAtMs).toISOString()} on the bus ${busName(stored)}; its own time is ${oneLine(event.time)}`,
    ...forwardedTo.map((bus) => `  was forwarded to the bus ${busName(bus)}`),
    ...printable(JSON.stringify(event.detail, null, 2))
      .split('\n')
      .map((line) => `  ${line}`),
  ];
  if (matchedRuleArns.length === 0) lines.push('No rule matched.');
  for (const ruleArn of matchedRuleArns) {
    lines.push(`rule ${ruleNameOf(ruleArn)} matched`);
    const own = deliveries.filter((delivery) => delivery.ruleArn === ruleArn);
    lines.push(...own.flatMap((delivery) => describeDelivery(delivery, terminal)));
  }
  for (const ruleArn of undecidedRuleArns)
    lines.push(
      `rule ${ruleNameOf(ruleArn)} was not decided, which counts as not matching: there was more to compare than is tried`,
    );
  return lines;
}

/** With its bus, where that is not the default one. */
function ruleNameOf(ruleArn: string): string {
  return oneLine(ruleArn.slice(ruleArn.indexOf(':rule/') + ':rule/'.length));
}

function busName({ eventBusName, region }: Pick<StoredEvent, 'eventBusName' | 'region'>): string {
  return `${eventBusName}, ${region}`;
}

function describeDelivery(
  delivery: StoredEvent['deliveries'][number],
  terminal: Pick<Terminal, 'colour'>,
): string[] {
  const { status, targetId, targetArn, replayName, resentAtMs, resultArn, attemptLog = [] } = delivery;
  const [colour, glyph] = GLYPHS[status];
  const why = [
    replayName !== undefined && `replay ${oneLine(replayName)}`,
    resentAtMs !== undefined && `sent again ${new Date(resentAtMs).toISOString()}`,
  ].filter((part) => part !== false);
  return [
    `  ${styled(terminal, colour, glyph)} ${status}: target ${oneLine(targetId)}, ${oneLine(targetArn)}${why.length > 0 ? ` (${why.join(', ')})` : ''}`,
    ...attemptLog.map((attempt) => `      ${describeAttempt(attempt)}`),
    ...(resultArn === undefined ? [] : [`      started ${oneLine(resultArn)}`]),
  ];
}

function describeAttempt({ number, endedAtMs, error, isOfDeadLetter }: Attempt): string {
  const at = new Date(endedAtMs).toISOString();
  if (!isOfDeadLetter) return `attempt ${number}, ${at}: ${error === undefined ? 'taken' : oneLine(error)}`;
  // The error is the target's, and then what became of the letter; the first stands in the line above.
  const [, became = error ?? ''] = /\(dead letter ((?:not )?sent to [^]*)\)$/.exec(error ?? '') ?? [];
  return `dead letter, ${at}: ${oneLine(became)}`;
}
