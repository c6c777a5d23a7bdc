import type { Command } from 'commander';
import { type StackRecord, tearDownStack } from '@riposte/templates';
import { printProgress } from '../connection/apply-template.ts';
import { SdkAwsClient } from '../connection/sdk-client.ts';
import type { CommandContext } from '../program.ts';
import { connect, type ConnectedOptions, printJson, withConnection } from './connected.ts';

export function registerDown(program: Command, context: CommandContext): void {
  withConnection(program.command('down'))
    .argument('<stack>', 'a stack that riposte up has applied')
    .description('delete every resource of a stack')
    .action(async (name: string, options: ConnectedOptions) => {
      const server = await connect(context, options);
      const path = `/api/stacks/${encodeURIComponent(name)}`;
      const record = await server.get<StackRecord>(path);
      const client = new SdkAwsClient({
        endpoint: server.endpoint,
        region: record.region ?? server.health.region,
        credentials: server.credentials,
      });
      try {
        await tearDownStack(
          record,
          client,
          (progress) => {
            if (!options.json) printProgress((line) => context.terminal.out(line), progress);
          },
          async (changed) => void (await server.put(path, changed)),
        );
        await server.delete(path);
        if (options.json) return printJson(context, { deleted: name });
        context.terminal.out(`Stack ${name} is gone.`);
      } finally {
        client.close();
      }
    });
}
