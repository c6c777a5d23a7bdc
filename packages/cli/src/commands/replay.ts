import type { Command } from 'commander';
import type { ReplayPreview, ReplayPreviewRequest } from '@riposte/server';
import { SdkAwsClient } from '../connection/sdk-client.ts';
import type { CommandContext } from '../program.ts';
import { instantOf } from '../time-option.ts';
import { connect, type ConnectedOptions, printJson, withConnection } from './connected.ts';

interface Options extends ConnectedOptions {
  rule?: string[];
  from: string;
  to: string;
  name?: string;
  preview?: boolean;
}

export function registerReplay(program: Command, context: CommandContext): void {
  withConnection(program.command('replay'))
    .argument('<archive>', 'the name of an archive')
    .description('put archived events on their bus again (StartReplay), or see what that would do')
    .option('--rule <name...>', 'only to these rules (default: all rules of the bus)')
    .option('--from <time>', 'the time of the first event: an instant, or 30m, 2h, 7d ago', '1d')
    .option('--to <time>', 'the time that the last event lies before', '0s')
    .option('--name <name>', 'the name of the replay (default: made of the archive and the time)')
    .option('--preview', 'only count: what each rule would get')
    .action(async (archive: string, options: Options) => {
      const nowMs = Date.now();
      const fromMs = instantOf('--from', options.from, nowMs);
      const toMs = instantOf('--to', options.to, nowMs);
      const server = await connect(context, options);
      const { endpoint, credentials, health } = server;
      const client = new SdkAwsClient({ endpoint, region: health.region, credentials });
      try {
        const place = await placeOf(client, archive, options.rule ?? []);
        if (options.preview) {
          const request: ReplayPreviewRequest = { ...place, fromMs, toMs };
          const preview = await server.post<ReplayPreview>('/api/replay-preview', request);
          return options.json ? printJson(context, preview) : printPreview(context, preview);
        }
        const started = await client.call('events', 'StartReplay', {
          ReplayName: options.name ?? `${archive.slice(0, 48)}-${Math.floor(nowMs / 1000)}`,
          ...place,
          EventStartTime: new Date(fromMs),
          EventEndTime: new Date(toMs),
        });
        if (options.json) return printJson(context, started);
        const name = String(started['ReplayArn']).split('/').at(-1) ?? '';
        context.terminal.out(
          `Replay ${name} begins in some seconds. See it with aws events describe-replay, stop it with aws events cancel-replay --replay-name ${name}`,
        );
      } finally {
        client.close();
      }
    });
}

async function placeOf(
  client: SdkAwsClient,
  archiveName: string,
  rules: readonly string[],
): Promise<Pick<ReplayPreviewRequest, 'EventSourceArn' | 'Destination'>> {
  const archive = await client.call('events', 'DescribeArchive', { ArchiveName: archiveName });
  const Arn = String(archive['EventSourceArn']);
  const described = await Promise.all(
    rules.map((Name) => client.call('events', 'DescribeRule', { Name, EventBusName: Arn })),
  );
  const FilterArns = described.map((rule) => String(rule['Arn']));
  return {
    EventSourceArn: String(archive['ArchiveArn']),
    Destination: { Arn, ...(FilterArns.length > 0 && { FilterArns }) },
  };
}

function printPreview({ terminal }: CommandContext, { events, rules }: ReplayPreview): void {
  terminal.out(`${events} archived events in this time.`);
  for (const { ruleName, matched } of rules)
    terminal.out(`  rule ${ruleName} would get ${matched} of them, marked with replay-name`);
}
