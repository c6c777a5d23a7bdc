import { type Command, Option } from 'commander';
import {
  checkConfiguration,
  type Configuration,
  defaultConfiguration,
  type RunningServer,
  startServer,
} from '@riposte/server';
import type { CommandContext } from '../program.ts';
import { styled } from '../terminal.ts';

export interface ServerOptions {
  port?: string;
  peoplePort?: string;
  host?: string;
  data?: string;
  account?: string;
  region?: string;
  smtp?: string;
  mailFrom?: string;
  allowedHost?: string[];
  defaultKey: boolean;
}

export function registerStart(program: Command, context: CommandContext): void {
  withServerOptions(program.command('start'))
    .description('start the server and stay until Ctrl-C')
    .action(async (options: ServerOptions) => {
      const server = await startServer(configure(options), (line) => context.terminal.err(line));
      printAddresses(context, server);
      context.terminal.out('Stop with Ctrl-C. What to do next: npx riposte up TEMPLATE, npx riposte --help');
      await untilInterrupted();
      context.terminal.err('Stopping.');
      await server.close();
    });
}

export function withServerOptions(command: Command): Command {
  const defaults = defaultConfiguration();
  return command
    .option(
      '--port <n>',
      `port of the AWS door; 0 picks free ones for both doors (default: ${defaults.awsPort})`,
    )
    .option('--people-port <n>', `port of the people's door (default: ${defaults.peoplePort})`)
    .option('--host <address>', `address to listen on (default: ${defaults.host})`)
    .option('--data <folder>', 'folder of the database, code and outbox')
    .option('--account <id>', `twelve digits (default: ${defaults.account})`)
    .option('--region <region>', `region of calls that name none (default: ${defaults.region})`)
    .option(
      '--smtp <url>',
      'send mail through this server, e.g. smtp://mail.example.com:25 (default: an outbox folder)',
    )
    .option('--mail-from <address>', `sender of mail (default: ${defaults.mailFrom})`)
    .option('--allowed-host <name...>', 'a host name under which the doors may be asked for')
    .addOption(
      new Option('--no-default-key', 'do not accept the well-known key test/test; a key is generated'),
    );
}

/** @throws ConfigurationError */
export function configure(options: ServerOptions): Configuration {
  const defaults = defaultConfiguration();
  const awsPort = options.port === undefined ? defaults.awsPort : Number(options.port);
  const configuration: Configuration = {
    ...defaults,
    awsPort,
    peoplePort:
      options.peoplePort === undefined
        ? awsPort === 0
          ? 0
          : defaults.peoplePort
        : Number(options.peoplePort),
    defaultKey: options.defaultKey,
    ...(options.host !== undefined && { host: options.host }),
    ...(options.data !== undefined && { dataFolder: options.data }),
    ...(options.account !== undefined && { account: options.account }),
    ...(options.region !== undefined && { region: options.region }),
    ...(options.smtp !== undefined && { smtpUrl: options.smtp }),
    ...(options.mailFrom !== undefined && { mailFrom: options.mailFrom }),
    ...(options.allowedHost && { allowedHosts: options.allowedHost }),
  };
  checkConfiguration(configuration);
  return configuration;
}

export function printAddresses({ terminal }: CommandContext, server: RunningServer): void {
  const { version, account, region, awsUrl, peopleUrl, dataFolder, mail } = server.describe();
  const label = (text: string) => styled(terminal, 'dim', text.padEnd(14));
  terminal.out(`${styled(terminal, 'bold', `Riposte ${version}`)}, account ${account}, region ${region}`);
  terminal.out(`  ${label('AWS door')}${awsUrl}   key ${server.keyHint}`);
  terminal.out(`  ${label('people’s door')}${peopleUrl}`);
  terminal.out(`  ${label('data')}${dataFolder}`);
  terminal.out(`  ${label('mail')}${mail.kind === 'smtp' ? mail.url : mail.folder}`);
}

/** Resolves at the first Ctrl-C or TERM; a second one ends the process at once. */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    // Timers of the server do not hold the process; its doors do. This holds it should both be gone.
  });
}
