import type { Command } from 'commander';
import type { CallSummary } from '@riposte/server';
import { findExecution } from '../connection/find-execution.ts';
import type { CommandContext } from '../program.ts';
import { describeCall } from '../show/describe-call.ts';
import { oneLine } from '../terminal.ts';
import { connect, type ConnectedOptions, printJson, withConnection } from './connected.ts';

export function registerCalls(program: Command, context: CommandContext): void {
  withConnection(program.command('calls'))
    .argument('<execution>', 'ARN or name of an execution')
    .description('list every AWS call that an execution made, with verdict and answer')
    .action(async (wanted: string, options: ConnectedOptions) => {
      const server = await connect(context, options);
      const executionArn = await findExecution(server, wanted);
      const calls = await server.get<CallSummary[]>(
        `/api/executions/${encodeURIComponent(executionArn)}/calls`,
      );
      if (options.json) return printJson(context, calls);
      if (calls.length === 0) return context.terminal.out('This execution has made no AWS calls.');
      for (const call of calls) {
        context.terminal.out(
          `${new Date(call.timeMs).toISOString()}  ${oneLine(call.stateName ?? '')}  ${describeCall(call, context.terminal)}`,
        );
        context.terminal.out(`    ${oneLine(call.verdict)}`);
      }
    });
}
