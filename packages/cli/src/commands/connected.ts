import type { Command } from 'commander';
import { DEFAULT_ENDPOINT, ServerConnection } from '../connection/server-connection.ts';
import type { CommandContext } from '../program.ts';

export interface ConnectedOptions {
  endpoint?: string;
  json?: boolean;
}

/** Options of every command that asks a running server. */
export function withConnection(command: Command): Command {
  return command
    .option('--endpoint <url>', `the server's AWS door (default: RIPOSTE_ENDPOINT, else ${DEFAULT_ENDPOINT})`)
    .option('--json', 'print JSON');
}

export function connect(context: CommandContext, options: ConnectedOptions): Promise<ServerConnection> {
  return ServerConnection.open({
    ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
    environment: context.environment,
  });
}

export function printJson(context: CommandContext, value: unknown): void {
  context.terminal.out(JSON.stringify(value, null, 2));
}
