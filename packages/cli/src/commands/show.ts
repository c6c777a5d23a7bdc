import type { Command } from 'commander';
import type { CallSummary, ExecutionDetail, ExecutionStreamMessage } from '@riposte/server';
import { findExecution } from '../connection/find-execution.ts';
import type { ServerConnection } from '../connection/server-connection.ts';
import type { CommandContext } from '../program.ts';
import { ExecutionPrinter } from '../show/execution-printer.ts';
import { oneLine, printableLines, seconds, styled } from '../terminal.ts';
import { connect, type ConnectedOptions, printJson, withConnection } from './connected.ts';

interface Options extends ConnectedOptions {
  watch?: boolean;
}

export function registerShow(program: Command, context: CommandContext): void {
  withConnection(program.command('show'))
    .argument('<execution>', 'ARN or name of an execution')
    .description('show one execution: states, retries, AWS calls, outcome')
    .option('-w, --watch', 'stay until it ends')
    .action(async (wanted: string, options: Options) => {
      const server = await connect(context, options);
      const executionArn = await findExecution(server, wanted);
      const path = `/api/executions/${encodeURIComponent(executionArn)}`;
      const execution = await server.get<ExecutionDetail>(path);
      if (options.json) {
        const calls = await server.get<CallSummary[]>(`${path}/calls`);
        return printJson(context, { ...execution, calls });
      }
      printHead(context, execution);
      await follow(context, server, execution, options.watch === true);
      printEnd(context, await server.get<ExecutionDetail>(path));
    });
}

function printHead({ terminal }: CommandContext, execution: ExecutionDetail): void {
  const { origin } = execution;
  terminal.out(styled(terminal, 'bold', oneLine(execution.executionArn)));
  if (origin.simulated) terminal.out(styled(terminal, 'yellow', 'SIMULATED: caused by an injected event'));
  if (origin.eventId !== undefined)
    terminal.out(`event   ${oneLine(origin.eventId)}, rule ${oneLine(origin.ruleArn ?? '')}`);
  if (origin.parent)
    terminal.out(`parent  ${oneLine(origin.parent.executionArn)}, state ${oneLine(origin.parent.stateName)}`);
}

/** Prints the past; with `watch` also what comes, else no more than there is. */
async function follow(
  context: CommandContext,
  server: ServerConnection,
  execution: ExecutionDetail,
  watch: boolean,
): Promise<void> {
  const printer = new ExecutionPrinter(context.terminal, execution.startDate);
  const abort = new AbortController();
  const path = `/api/executions/${encodeURIComponent(execution.executionArn)}/stream`;
  const query = watch || execution.status !== 'RUNNING' ? '' : '?past=true';
  for await (const message of server.stream<ExecutionStreamMessage>(path + query, abort.signal))
    printer.print(message);
}

function printEnd({ terminal }: CommandContext, execution: ExecutionDetail): void {
  const took =
    execution.stopDate === undefined ? '' : ` after ${seconds(execution.stopDate - execution.startDate)}`;
  terminal.out(`${execution.status}${took}`);
  if (execution.error !== undefined) terminal.out(`error   ${printableLines(execution.error)}`);
  if (execution.cause !== undefined) terminal.out(`cause   ${printableLines(execution.cause)}`);
  if (execution.output !== undefined) terminal.out(`output  ${printableLines(execution.output)}`);
  const group = logGroupOf(execution);
  if (group !== undefined)
    terminal.out(
      `logs    riposte logs ${oneLine(group)} --filter '{ $.execution_arn = "${oneLine(execution.executionArn)}" }'`,
    );
}

/** Where the machine said that executions are logged, when this one started. */
function logGroupOf({ machine }: ExecutionDetail): string | undefined {
  const logging = machine?.settings?.logging;
  return logging === undefined || logging.level === 'OFF' ? undefined : logging.logGroupArn?.split(':')[6];
}
