import type { Command } from 'commander';
import type { RejectedArrival, SourceRequest, SourceStatus } from '@riposte/server';
import { CommandFailure } from '../failure.ts';
import type { CommandContext } from '../program.ts';
import { describeSources } from '../show/describe-source.ts';
import { oneLine, printableLines } from '../terminal.ts';
import { connect, type ConnectedOptions, printJson, withConnection } from './connected.ts';

interface Options extends ConnectedOptions {
  queue?: string;
  profile?: string;
  region?: string;
  endpointUrl?: string;
  bus?: string;
  name?: string;
  list?: boolean;
  remove?: string;
  rejected?: string;
}

export function registerConnect(program: Command, context: CommandContext): void {
  withConnection(program.command('connect'))
    .description('read events of a real account from an SQS queue that a rule there fills (docs/sources.md)')
    .option('--queue <url>', 'the URL of the queue; it is read from now on, also after a restart')
    .option('--profile <name>', 'profile of ~/.aws of the server’s user (default: the SDK’s own rules)')
    .option('--region <region>', 'region of the queue (default: as the URL says)')
    .option('--endpoint-url <url>', 'address of SQS (default: the host of the queue’s URL)')
    .option('--bus <name>', 'the bus that the events are put on (default: default)')
    .option('--name <name>', 'name of the connection (default: that of the queue)')
    .option('--list', 'list all sources and how they do')
    .option('--remove <name>', 'read a queue no more')
    .option('--rejected <name>', 'show messages that were no event, newest first')
    .action(async (options: Options) => {
      const { queue, remove, rejected, list } = options;
      if ([queue, remove, rejected, list].filter((asked) => asked !== undefined).length !== 1)
        throw new CommandFailure('Say one of --queue URL, --list, --remove NAME and --rejected NAME.', {
          exitCode: 2,
        });
      const server = await connect(context, options);
      if (queue !== undefined) {
        const status = await server.post<SourceStatus>('/api/sources', requestOf(queue, options));
        if (options.json) return printJson(context, status);
        return context.terminal.out(
          `Reading ${queue} as ${status.source.name}. See how it does with: riposte connect --list`,
        );
      }
      if (remove !== undefined) {
        await server.delete(`/api/sources/${encodeURIComponent(remove)}`);
        return options.json ? printJson(context, {}) : context.terminal.out(`Removed ${remove}.`);
      }
      if (rejected !== undefined) {
        const found = await server.get<RejectedArrival[]>(
          `/api/sources/${encodeURIComponent(rejected)}/rejected`,
        );
        return options.json ? printJson(context, found) : printRejected(context, found);
      }
      const sources = await server.get<SourceStatus[]>('/api/sources');
      if (options.json) return printJson(context, sources);
      for (const line of describeSources(sources)) context.terminal.out(line);
    });
}

function requestOf(queueUrl: string, options: Options): SourceRequest {
  return {
    kind: 'queue',
    queueUrl,
    ...(options.profile !== undefined && { profile: options.profile }),
    ...(options.region !== undefined && { region: options.region }),
    ...(options.endpointUrl !== undefined && { endpointUrl: options.endpointUrl }),
    ...(options.bus !== undefined && { eventBusName: options.bus }),
    ...(options.name !== undefined && { name: options.name }),
  };
}

function printRejected({ terminal }: CommandContext, found: readonly RejectedArrival[]): void {
  if (found.length === 0) terminal.out('Nothing was rejected.');
  for (const { key, receivedAtMs, reason, body } of found) {
    terminal.out(`${new Date(receivedAtMs).toISOString()} message ${oneLine(key)}: ${oneLine(reason)}`);
    terminal.out(`  ${printableLines(body)}`);
  }
}
