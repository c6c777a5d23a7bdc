import { setTimeout } from 'node:timers/promises';
import type { Command } from 'commander';
import { SdkAwsClient } from '../connection/sdk-client.ts';
import { CommandFailure } from '../failure.ts';
import type { CommandContext } from '../program.ts';
import { LogTail, type LogEvent } from '../show/log-tail.ts';
import { formatTable } from '../table.ts';
import { printableLines, styled } from '../terminal.ts';
import { connect, type ConnectedOptions, printJson, withConnection } from './connected.ts';

const LOOK_AGAIN_MS = 1000;
const UNITS_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

interface Options extends ConnectedOptions {
  follow?: boolean;
  filter?: string;
  since: string;
}

export function registerLogs(program: Command, context: CommandContext): void {
  withConnection(program.command('logs'))
    .argument('[group]', 'name of a log group; without it the groups are listed')
    .description('print the lines of a log group, oldest first')
    .option('-f, --follow', 'go on with what comes, until Ctrl-C')
    .option(
      '--filter <pattern>',
      'only lines that match, in CloudWatch Logs’ syntax: error -debug, or { $.type = "TaskFailed" }, or [a, b, c = 4*]',
    )
    .option('--since <when>', 'how far back: 90s, 10m, 1h, 7d, or a time such as 2026-11-23T06:00:00Z', '1h')
    .addHelpText(
      'after',
      `
Functions log into /aws/lambda/NAME, state machines into the group that their loggingConfiguration names.
  riposte logs /aws/lambda/contain --since 10m --filter ERROR
  riposte logs /aws/vendedlogs/states/respond --follow`,
    )
    .action(async (group: string | undefined, options: Options) => {
      const sinceMs = sinceOf(options.since, Date.now());
      const server = await connect(context, options);
      const { region } = server.health;
      const client = new SdkAwsClient({ endpoint: server.endpoint, region, credentials: server.credentials });
      try {
        if (group === undefined) await listGroups(context, client, options);
        else await printLogs(context, client, group, options, sinceMs);
      } finally {
        client.close();
      }
    });
}

async function printLogs(
  context: CommandContext,
  client: SdkAwsClient,
  logGroupName: string,
  { follow, filter, json }: Options,
  sinceMs: number,
): Promise<void> {
  const tail = new LogTail(sinceMs);
  const read = async () =>
    tail.fresh(
      await readEvents(client, {
        logGroupName,
        startTime: tail.startTime,
        ...(filter !== undefined && { filterPattern: filter }),
      }),
    );
  const events = await read();
  if (json && !follow) return printJson(context, events);
  if (events.length === 0 && !follow) return context.terminal.err('No lines. --since looks further back.');
  for (let more = events; ; more = await read()) {
    for (const event of more) printEvent(context, event, json === true);
    if (!follow) return;
    await setTimeout(LOOK_AGAIN_MS);
  }
}

function printEvent({ terminal }: CommandContext, event: LogEvent, json: boolean): void {
  if (json) return terminal.out(JSON.stringify(event));
  const time = styled(terminal, 'dim', new Date(event.timestamp).toISOString());
  terminal.out(`${time}  ${printableLines(event.message.trimEnd())}`);
}

/** @throws CommandFailure naming the groups there are, when this one is not */
async function readEvents(
  client: SdkAwsClient,
  input: { logGroupName: string; startTime: number; filterPattern?: string },
): Promise<LogEvent[]> {
  const events: LogEvent[] = [];
  let nextToken: unknown;
  try {
    do {
      const page = await client.call('logs', 'FilterLogEvents', {
        ...input,
        ...(nextToken !== undefined && { nextToken }),
      });
      for (const event of page['events'] as LogEvent[]) events.push(event); // CloudWatch Logs' answer
      nextToken = page['nextToken'];
    } while (nextToken !== undefined);
    return events;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
    const names = (await groupsOf(client)).map(({ logGroupName }) => `  ${logGroupName}`);
    const others = names.length === 0 ? ' There are none yet.' : ` There are:\n${names.join('\n')}`;
    throw new CommandFailure(`There is no log group '${input.logGroupName}'.${others}`);
  }
}

interface LogGroup {
  logGroupName: string;
  storedBytes: number;
  retentionInDays?: number;
}

async function groupsOf(client: SdkAwsClient): Promise<LogGroup[]> {
  const groups: LogGroup[] = [];
  let nextToken: unknown;
  do {
    const page = await client.call('logs', 'DescribeLogGroups', nextToken === undefined ? {} : { nextToken });
    for (const group of page['logGroups'] as LogGroup[]) groups.push(group); // CloudWatch Logs' answer
    nextToken = page['nextToken'];
  } while (nextToken !== undefined);
  return groups;
}

async function listGroups(context: CommandContext, client: SdkAwsClient, { json }: Options): Promise<void> {
  const groups = await groupsOf(client);
  if (json) return printJson(context, groups);
  if (groups.length === 0) return context.terminal.out('No log groups yet.');
  const rows = groups.map(({ logGroupName, storedBytes, retentionInDays }) => [
    logGroupName,
    `${storedBytes}`,
    retentionInDays === undefined ? 'for ever' : `${retentionInDays} days`,
  ]);
  for (const line of formatTable(['GROUP', 'BYTES', 'KEPT'], rows)) context.terminal.out(line);
}

/** @throws CommandFailure with exit code 2 for what is neither a span nor a time */
function sinceOf(text: string, nowMs: number): number {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return nowMs - Number(count) * UNITS_MS[unit]!; // the pattern allows no other
  const atMs = /^\d{4}-/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(atMs))
    throw new CommandFailure(
      `--since is '${text}', and must be a span such as 10m, 1h or 7d, or a time such as 2026-11-23T06:00:00Z.`,
      { exitCode: 2 },
    );
  return atMs;
}
