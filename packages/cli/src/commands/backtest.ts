import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Backtest, BacktestRequest } from '@riposte/server';
import { CommandFailure } from '../failure.ts';
import type { CommandContext } from '../program.ts';
import { PAGE, wholeNumberOf } from '../number-option.ts';
import { oneLine } from '../terminal.ts';
import { instantOf } from '../time-option.ts';
import { connect, type ConnectedOptions, printJson, withConnection } from './connected.ts';

interface Options extends ConnectedOptions {
  rule?: string;
  pattern?: string;
  bus?: string;
  since?: string;
  limit: string;
}

export function registerBacktest(program: Command, context: CommandContext): void {
  withConnection(program.command('backtest'))
    .description('try a pattern on the events that are stored: what would have matched, without any effect')
    .option('--rule <name>', 'the pattern of this rule')
    .option('--pattern <file>', 'the pattern in this file')
    .option('--bus <name>', 'only events of this bus; of --rule: where the rule is (default: default)')
    .option('--since <time>', 'only events that came since: an instant, or 30m, 2h, 7d ago')
    .option('--limit <n>', 'show at most this many of those that match', '20')
    .action(async (options: Options) => {
      const server = await connect(context, options);
      const found = await server.post<Backtest>('/api/backtest', await requestOf(options));
      if (options.json) return printJson(context, found);
      const { terminal } = context;
      terminal.out(`${found.matched} of ${found.examined} events would have matched.`);
      if (found.undecided > 0)
        terminal.out(
          `${found.undecided} could not be decided, which counts as not matching: there is more to compare than is tried.`,
        );
      for (const { event, receivedAtMs } of found.events)
        terminal.out(
          `  ${new Date(receivedAtMs).toISOString()}  ${oneLine(event.id)}  ${oneLine(event.source)}  ${oneLine(event['detail-type'])}`,
        );
      if (found.matched > found.events.length)
        terminal.out(`  and ${found.matched - found.events.length} older ones`);
    });
}

async function requestOf(options: Options): Promise<BacktestRequest> {
  const { rule, pattern, bus, since, limit } = options;
  if ((rule === undefined) === (pattern === undefined))
    throw new CommandFailure('Name a rule with --rule or a file with --pattern, one of both.');
  const text =
    pattern === undefined
      ? undefined
      : await readFile(pattern, 'utf8').catch((error: unknown) => {
          throw new CommandFailure(`${pattern} cannot be read: ${(error as Error).message}`, {
            cause: error,
          });
        });
  return {
    ...(rule !== undefined && { rule }),
    ...(text !== undefined && { pattern: text }),
    ...(bus !== undefined ? { eventBusName: bus } : rule !== undefined && { eventBusName: 'default' }),
    ...(since !== undefined && { fromMs: instantOf('--since', since, Date.now()) }),
    limit: wholeNumberOf('--limit', limit, PAGE),
  };
}
