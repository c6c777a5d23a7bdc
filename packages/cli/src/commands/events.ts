import { type Command, Option } from 'commander';
import type { ResendResult, StoredEvent, StoredEvents } from '@riposte/server';
import { CommandFailure } from '../failure.ts';
import type { CommandContext } from '../program.ts';
import { doubtOf } from '../connection/doubt.ts';
import { PAGE, wholeNumberOf } from '../number-option.ts';
import { describeEvent } from '../show/describe-event.ts';
import { describeRules } from '../show/describe-rules.ts';
import { formatTable } from '../table.ts';
import { oneLine } from '../terminal.ts';
import { instantOf } from '../time-option.ts';
import { connect, type ConnectedOptions, printJson, withConnection } from './connected.ts';

interface SearchOptions extends ConnectedOptions {
  source?: string;
  type?: string;
  bus?: string;
  rule?: string;
  text?: string;
  status?: string;
  since?: string;
  until?: string;
  before?: string;
  limit: string;
}

export function registerEvents(program: Command, context: CommandContext): void {
  const events = withConnection(program.command('events'))
    .description('list stored events, newest first')
    .option('--source <source>', 'only of this source')
    .option('--type <detail-type>', 'only of this detail type')
    .option('--bus <name>', 'only of this bus')
    .option('--rule <rule>', 'only those that this rule (name or ARN) matched')
    .option('--text <text>', 'only those that hold this text anywhere, in any case')
    .addOption(
      new Option('--status <status>', 'only those with such a delivery').choices([
        'pending',
        'delivered',
        'dead',
      ]),
    )
    .option('--since <time>', 'only those that came since: an instant, or 30m, 2h, 7d ago')
    .option('--until <time>', 'only those that came before')
    .option('--before <place>', 'go on with older ones: the place that the page before ended with')
    .option('--limit <n>', 'at most this many', '50')
    .action(async (options: SearchOptions) => list(context, options));

  withConnection(events.command('show'))
    .argument('<id>', 'the id of an event')
    .description('show an event, the rules that matched, and each delivery with its attempts')
    .action(async (id: string, options: ConnectedOptions) => {
      const server = await connect(context, withEndpointOf(events, options));
      const stored = await server.get<StoredEvent>(`/api/events/${encodeURIComponent(id)}`);
      if (isJson(events, options)) return printJson(context, stored);
      for (const line of describeEvent(stored, context.terminal)) context.terminal.out(line);
    });

  withConnection(events.command('resend'))
    .argument('<id>', 'the id of an event')
    .option('--rule <rule>', 'only to the targets of this rule (name or ARN)')
    .description('deliver a stored event again, to the rules that match it now')
    .action(async (id: string, options: ConnectedOptions & { rule?: string }) => {
      const server = await connect(context, withEndpointOf(events, options));
      const rule = options.rule ?? events.opts<SearchOptions>().rule;
      const resent = await server.post<ResendResult>(`/api/events/${encodeURIComponent(id)}/resend`, {
        ...(rule !== undefined && { rule }),
      });
      if (isJson(events, options)) return printJson(context, resent);
      for (const line of describeRules(resent.rules, id, context.terminal)) context.terminal.out(line);
      context.terminal.out(
        `Deliveries made: ${resent.deliveryIds.length}. See them with: riposte events show ${id}`,
      );
    });
}

/** An option that both commands have is read by the first one, wherever it stands. */
function withEndpointOf(events: Command, options: ConnectedOptions): ConnectedOptions {
  const { endpoint } = events.opts<ConnectedOptions>();
  return { ...(endpoint !== undefined && { endpoint }), ...options };
}

function isJson(events: Command, options: ConnectedOptions): boolean {
  return options.json === true || events.opts<ConnectedOptions>().json === true;
}

async function list(context: CommandContext, options: SearchOptions): Promise<void> {
  const server = await connect(context, options);
  const nowMs = Date.now();
  const fromMs = options.since === undefined ? undefined : instantOf('--since', options.since, nowMs);
  const toMs = options.until === undefined ? undefined : instantOf('--until', options.until, nowMs);
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs)
    throw new CommandFailure(
      `--since ${options.since} is not before --until ${options.until}: nothing can have come between them.`,
      { exitCode: 2 },
    );
  const query = {
    source: options.source,
    detailType: options.type,
    eventBusName: options.bus,
    rule: options.rule,
    text: options.text,
    status: options.status,
    fromMs: textOf(fromMs),
    toMs: textOf(toMs),
  };
  const limit = wholeNumberOf('--limit', options.limit, PAGE);
  if (options.before !== undefined) wholeNumberOf('--before', options.before, {});
  const found: StoredEvents = { events: [] };
  let before = options.before;
  // the server looks at so many events a time; what is rare takes several
  do {
    const page = await server.get<StoredEvents>('/api/events', {
      ...query,
      limit: String(limit - found.events.length),
      before,
    });
    found.events.push(...page.events);
    before = page.before;
  } while (before !== undefined && found.events.length < limit);
  if (options.json) return printJson(context, { ...found, ...(before !== undefined && { before }) });
  printList(context, found.events);
  const doubt = found.events.length === 0 ? await doubtOf(server, options) : undefined;
  if (doubt !== undefined) context.terminal.err(oneLine(doubt));
  if (before !== undefined) context.terminal.err(`There are older ones: add --before ${before}`);
}

function printList({ terminal }: CommandContext, events: readonly StoredEvent[]): void {
  if (events.length === 0) return terminal.out('No events.');
  const rows = events.map(({ event, eventBusName, receivedAtMs, simulated, matchedRuleArns, deliveries }) => [
    new Date(receivedAtMs).toISOString(),
    event.id,
    event.source,
    event['detail-type'],
    eventBusName,
    String(matchedRuleArns.length),
    summaryOf(deliveries),
    simulated ? 'SIMULATED' : '',
  ]);
  for (const line of formatTable(['CAME', 'ID', 'SOURCE', 'TYPE', 'BUS', 'RULES', 'DELIVERIES', ''], rows))
    terminal.out(line);
}

function summaryOf(deliveries: StoredEvent['deliveries']): string {
  const counts = (['delivered', 'pending', 'dead'] as const)
    .map((status) => [deliveries.filter((delivery) => delivery.status === status).length, status] as const)
    .filter(([count]) => count > 0);
  return counts.map(([count, status]) => `${count} ${status}`).join(', ');
}

function textOf(value: number | string | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
