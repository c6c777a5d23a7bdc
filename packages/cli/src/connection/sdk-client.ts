import type { AwsClient } from '@riposte/templates';
import type { Credentials } from './sign.ts';

interface SdkClient {
  send(command: object): Promise<Record<string, unknown>>;
  destroy(): void;
}

type Constructor<T> = new (options: object) => T;

/** The SDK's client packages by signing name, loaded at their first call. */
const PACKAGES: Record<string, { load: () => Promise<object>; client: string }> = {
  cloudtrail: { load: () => import('@aws-sdk/client-cloudtrail'), client: 'CloudTrailClient' },
  scheduler: { load: () => import('@aws-sdk/client-scheduler'), client: 'SchedulerClient' },
  events: { load: () => import('@aws-sdk/client-eventbridge'), client: 'EventBridgeClient' },
  iam: { load: () => import('@aws-sdk/client-iam'), client: 'IAMClient' },
  lambda: { load: () => import('@aws-sdk/client-lambda'), client: 'LambdaClient' },
  logs: { load: () => import('@aws-sdk/client-cloudwatch-logs'), client: 'CloudWatchLogsClient' },
  s3: { load: () => import('@aws-sdk/client-s3'), client: 'S3Client' },
  sns: { load: () => import('@aws-sdk/client-sns'), client: 'SNSClient' },
  sqs: { load: () => import('@aws-sdk/client-sqs'), client: 'SQSClient' },
  states: { load: () => import('@aws-sdk/client-sfn'), client: 'SFNClient' },
  sts: { load: () => import('@aws-sdk/client-sts'), client: 'STSClient' },
};

/** AWS through the SDK for JavaScript: real signed calls, to whatever endpoint. */
export class SdkAwsClient implements AwsClient {
  readonly #options: object;
  readonly #clients = new Map<string, Promise<{ client: SdkClient; module: Record<string, unknown> }>>();

  constructor(options: {
    endpoint: string;
    region: string;
    credentials: Credentials & { sessionToken?: string };
  }) {
    this.#options = {
      ...options,
      disableHostPrefix: true,
      maxAttempts: 3,
      useQueueUrlAsEndpoint: false,
      forcePathStyle: true,
    };
  }

  async call(service: string, operation: string, input: object): Promise<Record<string, unknown>> {
    const { client, module } = await this.#client(service);
    const command = module[`${operation}Command`];
    if (typeof command !== 'function')
      throw new Error(`The SDK's client for ${service} has no operation ${operation}.`);
    const { $metadata: _metadata, ...output } = await client.send(
      new (command as Constructor<object>)(input),
    ); // the SDK names commands so
    return output;
  }

  close(): void {
    for (const opened of this.#clients.values())
      opened.then(({ client }) => client.destroy()).catch(() => {});
    this.#clients.clear();
  }

  #client(service: string): Promise<{ client: SdkClient; module: Record<string, unknown> }> {
    let opened = this.#clients.get(service);
    if (!opened) {
      opened = this.#open(service);
      this.#clients.set(service, opened);
    }
    return opened;
  }

  async #open(service: string): Promise<{ client: SdkClient; module: Record<string, unknown> }> {
    const known = PACKAGES[service];
    if (!known) throw new Error(`No client of the SDK is installed for ${service}.`);
    const module = (await known.load()) as Record<string, unknown>; // a module namespace
    const Client = module[known.client] as Constructor<SdkClient>; // named in the table above
    return { client: new Client(this.#options), module };
  }
}
