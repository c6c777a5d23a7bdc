import type { Command } from 'commander';
import { tearDownStack } from '@riposte/templates';
import { printProgress } from '../connection/apply-template.ts';
import { SdkAwsClient } from '../connection/sdk-client.ts';
import { findStack, KeptStackRecord } from '../connection/stack-record.ts';
import type { CommandContext } from '../program.ts';
import { connect, type ConnectedOptions, printJson, withConnection } from './connected.ts';

interface Options extends ConnectedOptions {
  region?: string;
}

export function registerDown(program: Command, context: CommandContext): void {
  withConnection(program.command('down'))
    .argument('<stack>', 'a stack that riposte up has applied')
    .description('delete every resource of a stack')
    .option('--region <region>', 'its region, where stacks of several have this name')
    .action(async (name: string, options: Options) => {
      const server = await connect(context, options);
      const { record, revision } = await findStack(server, name, options.region);
      const kept = new KeptStackRecord(server, record, revision);
      const client = new SdkAwsClient({
        endpoint: server.endpoint,
        region: record.region,
        credentials: server.credentials,
      });
      try {
        await tearDownStack(
          record,
          client,
          (progress) => {
            if (!options.json) printProgress((line) => context.terminal.out(line), progress);
          },
          (changed) => kept.save(changed),
        );
        await kept.delete();
        if (options.json) return printJson(context, { deleted: name });
        context.terminal.out(`Stack ${name} is gone.`);
      } finally {
        client.close();
      }
    });
}
