import type { Command } from 'commander';
import { listStacks } from '../connection/stack-record.ts';
import type { CommandContext } from '../program.ts';
import { formatTable } from '../table.ts';
import { connect, type ConnectedOptions, printJson, withConnection } from './connected.ts';

export function registerStacks(program: Command, context: CommandContext): void {
  withConnection(program.command('stacks'))
    .description('list what riposte up has applied')
    .action(async (options: ConnectedOptions) => {
      const server = await connect(context, options);
      const stacks = (await listStacks(server)).map(({ record }) => record);
      if (options.json) return printJson(context, stacks);
      if (stacks.length === 0)
        return context.terminal.out('No stacks yet. Apply one: npx riposte up TEMPLATE');
      const rows = stacks.map((stack) => [
        stack.name,
        stack.region,
        stack.status,
        String(Object.keys(stack.resources).length),
      ]);
      for (const line of formatTable(['STACK', 'REGION', 'STATUS', 'RESOURCES'], rows))
        context.terminal.out(line);
    });
}
