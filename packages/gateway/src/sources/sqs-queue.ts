/** A queue of a real account, read with the credentials of the server's operator. */
import type { SQSClient } from '@aws-sdk/client-sqs';
import type * as sqs from '@aws-sdk/client-sqs';
import { SIMULATED_MARK } from '@riposte/engine';
import type { QueueSource, SourceMessage, SourceQueue } from '@riposte/events';

type Sdk = typeof sqs;

const WAIT_SECONDS = 20; // the longest that SQS allows
const MESSAGES_MAX = 10; // likewise
/** Storing takes milliseconds; a message that a crash left behind comes again after this. */
const VISIBILITY_SECONDS = 60;
const CONNECT_MS_MAX = 5_000;
/** Longer than the longest wait, shorter than anybody waits for an event in an incident. */
const SILENT_MS_MAX = 30_000;

/**
 * Credentials stay in here: neither functions nor answers see them. They are found by the SDK's own rules for the
 * profile and refreshed by it; after any failure the files of `~/.aws` are read anew, so that keys that somebody
 * renewed are used without a restart.
 */
export class SqsSourceQueue implements SourceQueue {
  readonly #source: QueueSource;
  #opened: Promise<{ sdk: Sdk; client: SQSClient }> | undefined;

  constructor(source: QueueSource) {
    this.#source = source;
  }

  receive(signal: AbortSignal): Promise<SourceMessage[]> {
    return this.#call('read', async ({ sdk, client }) => {
      const { Messages = [] } = await client.send(
        new sdk.ReceiveMessageCommand({
          QueueUrl: this.#source.queueUrl,
          MaxNumberOfMessages: MESSAGES_MAX,
          WaitTimeSeconds: WAIT_SECONDS,
          VisibilityTimeout: VISIBILITY_SECONDS,
          MessageAttributeNames: [SIMULATED_MARK],
        }),
        { abortSignal: signal },
      );
      return Messages.map(({ MessageId = '', ReceiptHandle = '', Body = '', MessageAttributes = {} }) => ({
        messageId: MessageId,
        receiptHandle: ReceiptHandle,
        body: Body,
        simulated: SIMULATED_MARK in MessageAttributes,
      }));
    });
  }

  delete(messages: readonly SourceMessage[]): Promise<void> {
    return this.#call('delete messages of', async ({ sdk, client }) => {
      const { Failed = [] } = await client.send(
        new sdk.DeleteMessageBatchCommand({
          QueueUrl: this.#source.queueUrl,
          Entries: messages.map(({ receiptHandle }, index) => ({
            Id: String(index),
            ReceiptHandle: receiptHandle,
          })),
        }),
      );
      const [first] = Failed;
      if (first)
        throw new Error(
          `${Failed.length} of ${messages.length} were not deleted: ${first.Code ?? 'no code'}, ${first.Message ?? 'no reason'}`,
        );
    });
  }

  close(): void {
    void this.#opened?.then(({ client }) => client.destroy()).catch(() => undefined);
    this.#opened = undefined;
  }

  async #call<T>(what: string, work: (opened: { sdk: Sdk; client: SQSClient }) => Promise<T>): Promise<T> {
    this.#opened ??= this.#open();
    try {
      return await work(await this.#opened);
    } catch (error) {
      this.close();
      throw new Error(
        `${this.#source.queueUrl}: could not ${what} the queue. ${adviceFor(error, this.#source)}`,
        {
          cause: error,
        },
      );
    }
  }

  /** Loaded when the first queue is read: it costs some 80 ms and 25 MB. */
  async #open(): Promise<{ sdk: Sdk; client: SQSClient }> {
    const { queueUrl, region, profile, endpointUrl } = this.#source;
    const [sdk, { defaultProvider }] = await Promise.all([
      import('@aws-sdk/client-sqs'),
      import('@aws-sdk/credential-provider-node'),
    ]);
    const client = new sdk.SQSClient({
      region,
      // Named always: an AWS_ENDPOINT_URL in the server's environment is most likely this server itself.
      endpoint: endpointUrl ?? new URL(queueUrl).origin,
      credentials: defaultProvider({ ...(profile !== undefined && { profile }), ignoreCache: true }),
      requestHandler: { connectionTimeout: CONNECT_MS_MAX, requestTimeout: SILENT_MS_MAX },
    });
    return { sdk, client };
  }
}

const ADVICE: Readonly<Record<string, (source: QueueSource) => string>> = {
  CredentialsProviderError: ({ profile }) =>
    profile === undefined
      ? 'Name a profile of ~/.aws that the server can read.'
      : `Check that the server's user has the profile ${profile} in ~/.aws.`,
  ExpiredToken: ({ profile }) => renew(profile),
  ExpiredTokenException: ({ profile }) => renew(profile),
  AccessDenied: () => 'Allow sqs:ReceiveMessage and sqs:DeleteMessage on the queue.',
  AccessDeniedException: () => 'Allow sqs:ReceiveMessage and sqs:DeleteMessage on the queue.',
  QueueDoesNotExist: () => 'Check its URL and region.',
};

function renew(profile: string | undefined): string {
  return `Renew the credentials${profile === undefined ? '' : ` of the profile ${profile}`}; they are read again without a restart.`;
}

/** What went wrong in AWS's words, and what a person can do. */
function adviceFor(error: unknown, source: QueueSource): string {
  if (!(error instanceof Error)) return String(error);
  const said = error.message === '' ? '' : `: ${error.message.replace(/\.?$/, '.')}`;
  const advice = ADVICE[error.name]?.(source);
  return `${error.name}${said}${advice === undefined ? '' : ` ${advice}`}`;
}
