import { type Command, Option } from 'commander';
import type { ExecutionSummary } from '@riposte/server';
import type { CommandContext } from '../program.ts';
import { PAGE, wholeNumberOf } from '../number-option.ts';
import { formatTable } from '../table.ts';
import { seconds } from '../terminal.ts';
import { connect, type ConnectedOptions, printJson, withConnection } from './connected.ts';

interface Options extends ConnectedOptions {
  status?: string;
  limit: string;
}

export function registerExecutions(program: Command, context: CommandContext): void {
  withConnection(program.command('executions'))
    .description('list executions, newest first')
    .addOption(
      new Option('--status <status>', 'only these').choices([
        'RUNNING',
        'SUCCEEDED',
        'FAILED',
        'TIMED_OUT',
        'ABORTED',
      ]),
    )
    .option('--limit <n>', 'at most this many', '50')
    .action(async (options: Options) => {
      const limit = wholeNumberOf('--limit', options.limit, PAGE);
      const server = await connect(context, options);
      const answer = await server.get<{ executions: ExecutionSummary[] }>('/api/executions', {
        limit: String(limit),
        status: options.status,
      });
      if (options.json) return printJson(context, answer.executions);
      if (answer.executions.length === 0)
        return context.terminal.out(
          'No executions yet. Try: npx riposte simulate health/AWS_RISK_CREDENTIALS_EXPOSED',
        );
      const rows = answer.executions.map((execution) => [
        execution.status,
        new Date(execution.startDate).toISOString(),
        execution.stopDate === undefined ? '' : seconds(execution.stopDate - execution.startDate),
        execution.simulated ? 'SIMULATED' : '',
        execution.executionArn,
      ]);
      for (const line of formatTable(['STATUS', 'STARTED', 'TOOK', '', 'EXECUTION'], rows))
        context.terminal.out(line);
    });
}
