import { type Command, Option } from 'commander';
import {
  bucketFolders,
  checkConfiguration,
  type Configuration,
  defaultConfiguration,
  queuesOf,
  type RunningServer,
  startServer,
} from '@riposte/server';
import { wholeNumberOf } from '../number-option.ts';
import type { CommandContext } from '../program.ts';
import { styled } from '../terminal.ts';
import { printJson } from './connected.ts';

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
  keepEventsDays?: string;
  keepEventsMb?: string;
  bucket?: string[];
  s3Endpoint?: string;
  s3Profile?: string;
  queue?: string[];
  sourcesPort?: string;
  sourcesHost?: string;
  defaultKey: boolean;
  json?: boolean;
}

export function registerStart(program: Command, context: CommandContext): void {
  withServerOptions(program.command('start'))
    .description('start the server and stay until Ctrl-C')
    .option('--json', 'print the addresses as JSON when the server is ready')
    .action(async (options: ServerOptions) => {
      const server = await startServer(configure(options), (line) => context.terminal.err(line));
      // Before anything is printed: whoever reads that the server is up may stop it at once.
      const interrupted = untilInterrupted();
      if (options.json) printJson(context, { ...server.describe(), key: server.keyHint });
      else {
        printAddresses(context, server);
        context.terminal.out(
          'Stop with Ctrl-C. What to do next: npx riposte up TEMPLATE, npx riposte --help',
        );
      }
      await interrupted;
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
    .option(
      '--keep-events-days <n>',
      `forget events that are older; 0 keeps them for ever (default: ${defaults.eventDays})`,
    )
    .option(
      '--keep-events-mb <n>',
      `forget the oldest events above this size; 0 is no limit (default: ${defaults.eventMegabytes})`,
    )
    .option('--allowed-host <name...>', 'a host name under which the doors may be asked for')
    .option('--bucket <name=folder...>', 'a folder that stands for a bucket, e.g. findings=./test-data')
    .option(
      '--s3-endpoint <url>',
      'an S3-compatible service that has the buckets (default: folders of this machine)',
    )
    .option('--s3-profile <name>', 'profile of ~/.aws that signs there (default: keys of the environment)')
    .option(
      '--queue <url,profile=P,...>',
      'read events of a real account from this queue; also name=, region=, endpoint-url=, bus= (may be repeated)',
      (text: string, before: string[] = []) => [...before, text],
    )
    .option(
      '--sources-port <n>',
      'open a door where others send events (docs/sources.md); 0 picks a free port',
    )
    .option('--sources-host <address>', `address that door listens on (default: ${defaults.sourcesHost})`)
    .addOption(
      new Option('--no-default-key', 'do not accept the well-known key test/test; a key is generated'),
    );
}

/** @throws ConfigurationError, CommandFailure */
export function configure(options: ServerOptions): Configuration {
  const defaults = defaultConfiguration();
  const awsPort = options.port === undefined ? defaults.awsPort : portOf('--port', options.port);
  const configuration: Configuration = {
    ...defaults,
    awsPort,
    peoplePort:
      options.peoplePort === undefined
        ? awsPort === 0
          ? 0
          : defaults.peoplePort
        : portOf('--people-port', options.peoplePort),
    defaultKey: options.defaultKey,
    ...(options.host !== undefined && { host: options.host }),
    ...(options.data !== undefined && { dataFolder: options.data }),
    ...(options.account !== undefined && { account: options.account }),
    ...(options.region !== undefined && { region: options.region }),
    ...(options.smtp !== undefined && { smtpUrl: options.smtp }),
    ...(options.mailFrom !== undefined && { mailFrom: options.mailFrom }),
    ...(options.bucket && { buckets: bucketFolders(options.bucket) }),
    ...(options.s3Endpoint !== undefined && { s3Endpoint: options.s3Endpoint }),
    ...(options.s3Profile !== undefined && { s3Profile: options.s3Profile }),
    ...(options.keepEventsDays !== undefined && {
      eventDays: wholeNumberOf('--keep-events-days', options.keepEventsDays, {}),
    }),
    ...(options.keepEventsMb !== undefined && {
      eventMegabytes: wholeNumberOf('--keep-events-mb', options.keepEventsMb, {}),
    }),
    ...(options.queue && { queues: queuesOf(options.queue) }),
    ...(options.sourcesPort !== undefined && { sourcesPort: portOf('--sources-port', options.sourcesPort) }),
    ...(options.sourcesHost !== undefined && { sourcesHost: options.sourcesHost }),
    ...(options.allowedHost && { allowedHosts: options.allowedHost }),
  };
  checkConfiguration(configuration);
  return configuration;
}

function portOf(option: string, text: string): number {
  return wholeNumberOf(option, text, { max: 65_535 });
}

export function printAddresses({ terminal }: CommandContext, server: RunningServer): void {
  const { version, account, region, awsUrl, peopleUrl, sourcesUrl, dataFolder, mail } = server.describe();
  const label = (text: string) => styled(terminal, 'dim', text.padEnd(14));
  terminal.out(`${styled(terminal, 'bold', `Riposte ${version}`)}, account ${account}, region ${region}`);
  terminal.out(`  ${label('AWS door')}${awsUrl}   key ${server.keyHint}`);
  terminal.out(`  ${label('people’s door')}${peopleUrl}`);
  if (sourcesUrl !== undefined) terminal.out(`  ${label('sources’ door')}${sourcesUrl}`);
  terminal.out(`  ${label('data')}${dataFolder}`);
  terminal.out(`  ${label('mail')}${mail.kind === 'smtp' ? mail.url : mail.folder}`);
}

/** Holds the process until the first Ctrl-C or TERM; after that a second one ends it at once. */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    // A promise holds no process, and the server's doors do so only while they are open.
    const holding = setInterval(() => {}, LONG_MS);
    const stop = () => {
      clearInterval(holding);
      for (const [signal, exitCode] of SIGNALS) {
        process.off(signal, stop);
        process.once(signal, () => process.exit(exitCode));
      }
      resolve();
    };
    for (const [signal] of SIGNALS) process.on(signal, stop);
  });
}

const LONG_MS = 2 ** 31 - 1;
/** With the exit codes that a shell gives to whoever dies of them. */
const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;
