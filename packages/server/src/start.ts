import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { type CallRecord, outboxTransport, smtpTransport } from '@riposte/account';
import type { Clock } from '@riposte/engine';
import { EventSources } from '@riposte/events';
import { createAwsDoor, type HealthAsker, SqsSourceQueue } from '@riposte/gateway';
import { Database } from '@riposte/store-sqlite';
import { administratorKey, WELL_KNOWN_KEY } from './administrator-key.ts';
import { checkConfiguration, type Configuration, ConfigurationError, isLoopback } from './configuration.ts';
import { makeDataFolder } from './data-folder.ts';
import { createPeopleDoor } from './people/door.ts';
import type { ServerDescription } from './people/shapes.ts';
import { printableLines } from './printable.ts';
import { randomIds } from './random-ids.ts';
import { createSourcesDoor } from './sources/door.ts';
import { createSystem } from './system.ts';
import { systemClock } from './system-clock.ts';
import { version } from './version.ts';

/** A server whose doors are open. */
export interface RunningServer {
  describe(): ServerDescription;
  /** For people: which key opens the doors. */
  keyHint: string;
  /** Stops taking work, ends function processes, commits what is open, frees the ports. */
  close(): Promise<void>;
}

/**
 * Puts the rooms together and opens both doors.
 * @param tell takes one line for each thing an operator should know, as a terminal may show it
 * @param openDatabase a test may watch what is committed
 * @param clock a test may let time pass
 * @throws ConfigurationError for a taken port or a value that cannot work; DatabaseUnavailable when the data folder is in use
 */
export async function startServer(
  configuration: Configuration,
  tell: (line: string) => void,
  openDatabase: (file: string) => Database = (file) => new Database(file),
  clock: Clock = systemClock,
): Promise<RunningServer> {
  checkConfiguration(configuration);
  const report = (line: string): void => tell(printableLines(line));
  const { account, region } = configuration;
  const ids = randomIds;
  const dataFolder = resolve(configuration.dataFolder);
  const outboxFolder = await makeDataFolder(dataFolder);

  const database = openDatabase(join(dataFolder, 'riposte.sqlite'));
  const closers: (() => void | Promise<void>)[] = [() => database.close()];
  const close = async () => {
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  try {
    const generatedKey = await administratorKey(dataFolder, ids);
    const acceptsDefaultKey = configuration.defaultKey && isLoopback(configuration.host);
    let awsUrl = '';
    let peopleUrl = '';
    let sourcesUrl: string | undefined;
    let status: 'starting' | 'ready' = 'starting';
    const system = createSystem({
      database,
      codeFolder: join(dataFolder, 'code'),
      compileCacheFolder: join(dataFolder, 'compile-cache'),
      buckets: bucketsOf(configuration, dataFolder),
      tempFolder: join(dataFolder, 'tmp'),
      clock,
      ids,
      account,
      administratorKeys: acceptsDefaultKey ? [WELL_KNOWN_KEY, generatedKey] : [generatedKey],
      // Whoever knows test/test may do anything anyway; other local tools ask for no roles, and projects rely on that.
      undefinedRoles: acceptsDefaultKey ? 'unrestricted' : 'refused',
      transport:
        configuration.smtpUrl === undefined
          ? outboxTransport(outboxFolder)
          : smtpTransport(configuration.smtpUrl),
      mailFrom: configuration.mailFrom,
      watch: true,
      retention: {
        eventDays: configuration.eventDays,
        eventBytesMax: configuration.eventMegabytes * 1024 * 1024,
      },
      awsUrl: () => awsUrl,
      report,
    });
    closers.push(() => system.idle());

    const describe = (): ServerDescription => ({
      version,
      account,
      region,
      awsUrl,
      peopleUrl,
      ...(sourcesUrl !== undefined && { sourcesUrl }),
      dataFolder,
      mail:
        configuration.smtpUrl === undefined
          ? { kind: 'outbox', folder: outboxFolder }
          : { kind: 'smtp', url: withoutPassword(configuration.smtpUrl) },
    });
    const { gateway, executions, events, eventStore, accountStore, calls } = system;
    const sources = new EventSources({
      events,
      store: eventStore,
      clock,
      ids,
      account,
      region,
      configured: configuration.queues,
      openQueue: (source) => new SqsSourceQueue(source),
      report,
    });
    const { credentials } = gateway;
    const allowedHosts = configuration.allowedHosts.map((host) => host.toLowerCase());
    const awsDoor = createAwsDoor({
      calls: gateway.calls,
      credentials,
      clock,
      ids,
      allowedHosts,
      health: (asker) => ({
        status,
        version,
        account,
        region,
        peopleUrl: isLoopback(configuration.host) ? peopleUrl : urlFor(asker, peopleUrl),
        defaultKey: acceptsDefaultKey,
        // Of use only to whoever can read it, and nobody else's business.
        ...(isLoopback(asker.sourceIpAddress) && { dataFolder }),
      }),
      report,
    });
    const peopleDoor = createPeopleDoor({
      executions,
      events,
      sources,
      accountStore,
      subscribeToCalls: (listener: (call: CallRecord) => void) => calls.subscribe(listener),
      credentials,
      clock,
      ids,
      outboxFolder,
      allowedHosts,
      describe,
      report,
    });

    peopleUrl = await listen(
      peopleDoor,
      configuration,
      configuration.peoplePort,
      'people’s door',
      '--people-port',
    );
    closers.push(() => closeDoor(peopleDoor));
    awsUrl = await listen(awsDoor.server, configuration, configuration.awsPort, 'AWS door', '--port');
    closers.push(() => awsDoor.close());
    closers.push(() => system.stop());
    // Functions that go on from before the stop need the door, so it answers already.
    await system.start();
    // Before the rooms behind it stop, and after they can take what comes.
    await sources.start();
    closers.push(() => sources.close());
    if (configuration.sourcesPort !== undefined) {
      const door = createSourcesDoor({ sources, clock, allowedHosts, report });
      const place = { ...configuration, host: configuration.sourcesHost };
      sourcesUrl = await listen(door, place, configuration.sourcesPort, 'sources’ door', '--sources-port');
      closers.push(() => closeDoor(door));
    }
    status = 'ready';

    const keyHint = acceptsDefaultKey ? 'test / test' : `in ${join(dataFolder, 'administrator-key.json')}`;
    return { describe, keyHint, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function bucketsOf({ buckets, region, s3Endpoint, s3Profile }: Configuration, dataFolder: string) {
  if (s3Endpoint === undefined) return { folder: join(dataFolder, 'buckets'), given: buckets };
  return { endpoint: s3Endpoint, region, ...(s3Profile !== undefined && { profile: s3Profile }) };
}

/** @returns the door's address as a URL */
async function listen(
  server: Server,
  { host }: Configuration,
  port: number,
  door: string,
  flag: string,
): Promise<string> {
  await new Promise<void>((opened, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE')
        failed(
          new ConfigurationError(
            `Port ${port} for the ${door} is taken, maybe by another Riposte. Stop that one, or choose another with ${flag} N (0 picks a free one).`,
          ),
        );
      else
        failed(
          new ConfigurationError(`The ${door} cannot listen on ${host}:${port}: ${error.message}.`, {
            cause: error,
          }),
        );
    });
    server.listen(port, host, opened);
  });
  const bound = server.address() as AddressInfo; // listening on TCP, so it is an AddressInfo
  const name = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  return `http://${name === '0.0.0.0' || name === '[::]' ? '127.0.0.1' : name}:${bound.port}`;
}

/** A server that listens on all addresses is reached by the name that the asker used. */
function urlFor({ host }: HealthAsker, url: string): string {
  const address = new URL(url);
  address.hostname = host.replace(/:\d+$/, '');
  return address.origin;
}

function closeDoor(server: Server): Promise<void> {
  return new Promise((closed) => {
    server.close(() => closed());
    // Live streams have no end of their own; whoever sends an event and gets no answer sends it again.
    server.closeAllConnections();
  });
}

function withoutPassword(url: string): string {
  const parsed = new URL(url);
  if (parsed.password !== '') parsed.password = '***';
  return parsed.href;
}
