import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { QueueSourceInput } from '@riposte/events';
import { isBucketName } from '@riposte/gateway';

/** Everything that can be set about a server. */
export interface Configuration {
  /** Folder of the database, code, outbox and credentials. Created when it is missing. */
  dataFolder: string;
  /** Address to listen on. */
  host: string;
  /** Port of the AWS door; 0 picks a free one. */
  awsPort: number;
  /** Port of the people's door; 0 picks a free one. */
  peoplePort: number;
  /** Twelve digits. */
  account: string;
  /** Region of calls that name none, and of what the server starts itself. */
  region: string;
  /** SMTP server for mail, e.g. `smtp://mail.example.com:25`; absent: mail goes to the outbox folder. */
  smtpUrl?: string;
  /** Sender of mail. */
  mailFrom: string;
  /** Days that stored events are kept; 0: for ever. */
  eventDays: number;
  /** Megabytes of all stored events together, above which the oldest go; 0: no limit. */
  eventMegabytes: number;
  /** `test`/`test` is the administrator's key, on loopback only. */
  defaultKey: boolean;
  /** Folders that stand for buckets, by the buckets' names. */
  buckets: Readonly<Record<string, string>>;
  /** An S3-compatible service that has the buckets instead, e.g. `https://minio.example.com:9000`. */
  s3Endpoint?: string;
  /** Whose credentials of `~/.aws` sign there; absent: those of the server's environment. */
  s3Profile?: string;
  /** Queues of other accounts that are read while they stand here, besides those of `riposte connect`. */
  queues: readonly QueueSourceInput[];
  /** Port of the sources' door, where others send events; absent: there is none. 0 picks a free one. */
  sourcesPort?: number;
  /** Address that the sources' door listens on. */
  sourcesHost: string;
  /** Host names besides loopback's under which the doors may be asked for. */
  allowedHosts: readonly string[];
}

const AWS_PORT = 4566;
const PEOPLE_PORT = 4567;

/** What a server is configured as when nothing is said: on loopback, mail into the outbox. */
export function defaultConfiguration(): Configuration {
  return {
    dataFolder: defaultDataFolder(),
    host: '127.0.0.1',
    awsPort: AWS_PORT,
    peoplePort: PEOPLE_PORT,
    account: '000000000000',
    region: 'us-east-1',
    mailFrom: 'Riposte <riposte@localhost>',
    eventDays: 30,
    eventMegabytes: 1024,
    defaultKey: true,
    buckets: {},
    queues: [],
    sourcesHost: '127.0.0.1',
    allowedHosts: [],
  };
}

/** A value that cannot work, named before anything is started. */
export class ConfigurationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConfigurationError';
  }
}

/** @throws ConfigurationError */
export function checkConfiguration(configuration: Configuration): void {
  const { account, awsPort, peoplePort, region, host, defaultKey, smtpUrl, buckets, s3Endpoint, s3Profile } =
    configuration;
  const { eventDays, eventMegabytes, sourcesPort = 0 } = configuration;
  if (!/^\d{12}$/.test(account))
    throw new ConfigurationError(`The account '${account}' is not twelve digits.`);
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
    throw new ConfigurationError(`'${region}' is not a region's name, such as us-east-1.`);
  const ports = { '--port': awsPort, '--people-port': peoplePort, '--sources-port': sourcesPort };
  for (const [option, port] of Object.entries(ports))
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      throw new ConfigurationError(
        `${option} is ${port}; a port is a whole number from 0 to 65535, and 0 picks a free one.`,
      );
  if (awsPort !== 0 && awsPort === peoplePort)
    throw new ConfigurationError(`The AWS door and the people's door cannot share port ${awsPort}.`);
  const kept = { '--keep-events-days': eventDays, '--keep-events-mb': eventMegabytes };
  for (const [option, value] of Object.entries(kept))
    if (!Number.isInteger(value) || value < 0)
      throw new ConfigurationError(
        `${option} is ${value}, and must be a whole number from 0; 0 keeps everything.`,
      );
  if (configuration.sourcesPort && [awsPort, peoplePort].includes(configuration.sourcesPort))
    throw new ConfigurationError(
      `The sources' door cannot share port ${configuration.sourcesPort} with another door.`,
    );
  if (!isLoopback(host) && defaultKey)
    throw new ConfigurationError(
      `Listening on ${host} opens the server to others, and the key test/test is known to everybody. Add --no-default-key: a key is generated and kept in the data folder.`,
    );
  if (smtpUrl !== undefined && !/^smtps?:\/\//.test(smtpUrl))
    throw new ConfigurationError(`'${smtpUrl}' is not an SMTP address, such as smtp://mail.example.com:25.`);
  if (s3Endpoint !== undefined && !/^https?:\/\/[^/?#]+\/?$/.test(s3Endpoint))
    throw new ConfigurationError(
      `'${s3Endpoint}' is not the address of an S3 endpoint, such as https://minio.example.com:9000.`,
    );
  if (s3Endpoint !== undefined && Object.keys(buckets).length > 0)
    throw new ConfigurationError(
      'Buckets are folders (--bucket) or at an endpoint (--s3-endpoint), not both.',
    );
  if (s3Profile !== undefined && s3Endpoint === undefined)
    throw new ConfigurationError('--s3-profile is for the endpoint that --s3-endpoint names.');
  for (const [name, folder] of Object.entries(buckets))
    if (!isFolder(folder))
      throw new ConfigurationError(
        `The folder ${folder}, which is to stand for the bucket '${name}', is not there.`,
      );
}

/**
 * Folders that stand for buckets, from texts such as `findings=./test-data`.
 * @throws ConfigurationError
 */
export function bucketFolders(texts: readonly string[]): Record<string, string> {
  const folders: Record<string, string> = {};
  for (const text of texts) {
    const equals = text.indexOf('=');
    const name = text.slice(0, Math.max(equals, 0));
    const folder = text.slice(equals + 1);
    if (name === '' || folder === '')
      throw new ConfigurationError(`'${text}' is not NAME=FOLDER, such as findings=./test-data.`);
    if (!isBucketName(name))
      throw new ConfigurationError(
        `'${name}' cannot be the name of a bucket: 3 to 63 small letters, digits, dots and hyphens.`,
      );
    if (Object.hasOwn(folders, name))
      throw new ConfigurationError(`The bucket '${name}' is given two folders.`);
    folders[name] = resolve(folder);
  }
  return folders;
}

/**
 * Queues, from texts such as `https://sqs.us-east-1.amazonaws.com/111122223333/events,profile=feed`.
 * @throws ConfigurationError
 */
export function queuesOf(texts: readonly string[]): QueueSourceInput[] {
  return texts.map((text) => {
    const [queueUrl = '', ...settings] = text.split(',');
    const input: QueueSourceInput = { queueUrl };
    for (const setting of settings) {
      const [, name = '', value = ''] = /^([a-z-]+)=(.+)$/.exec(setting) ?? [];
      const member = QUEUE_SETTINGS[name];
      if (member === undefined)
        throw new ConfigurationError(
          `'${setting}' is no setting of a queue: there are ${Object.keys(QUEUE_SETTINGS).join(', ')}, each as NAME=VALUE.`,
        );
      input[member] = value;
    }
    return input;
  });
}

const QUEUE_SETTINGS: Readonly<Record<string, Exclude<keyof QueueSourceInput, 'queueUrl'>>> = {
  name: 'name',
  profile: 'profile',
  region: 'region',
  'endpoint-url': 'endpointUrl',
  bus: 'eventBusName',
};

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** The user's data folder, as each system has it. */
function defaultDataFolder(): string {
  if (process.platform === 'win32')
    return join(process.env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'riposte');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'riposte');
  return join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'riposte');
}
