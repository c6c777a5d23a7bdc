import { validationError } from '../constraints.ts';
import type { QueueSource, WebhookSource } from '../ports/sources.ts';

/** A queue to read from, as it is asked for. */
export interface QueueSourceInput {
  /** Default: the queue's own name. */
  name?: string;
  queueUrl: string;
  /** Default: as the URL says. */
  region?: string;
  profile?: string;
  endpointUrl?: string;
  /** Default: `default`. */
  eventBusName?: string;
}

/** A push source, as it is asked for. */
export interface PushSourceInput {
  name: string;
  /** Default: `x-api-key`. */
  apiKeyHeader?: string;
  eventBusName?: string;
}

/** A webhook, as it is asked for. */
export interface WebhookSourceInput {
  name: string;
  /** Of the envelope; default: `webhook.NAME`. */
  source?: string;
  /** Default: `Webhook`. */
  detailType?: string;
  /** Default: one is made. */
  secret?: string;
  /** Default: `x-hub-signature-256`. */
  signatureHeader?: string;
  /** Default: `sha256=`. */
  signaturePrefix?: string;
  /** Default: `{timestamp}.{body}` with a timestamp header, `{body}` without. */
  signedContent?: string;
  timestampHeader?: string;
  /** Default with a timestamp header: 300. */
  toleranceSeconds?: number;
  idHeader?: string;
  eventBusName?: string;
}

const NAME = /^[A-Za-z0-9_-]{1,80}$/;
const HEADER = /^[a-z0-9-]{1,64}$/;
const SECRET_MIN = 16;

/** @throws ServiceError ValidationException */
export function checkedQueue(input: QueueSourceInput, createdAtMs: number): QueueSource {
  const url = parseUrl('queue URL', input.queueUrl);
  const queueName = url.pathname.split('/').at(-1) ?? '';
  const region = input.region ?? /^sqs\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/.exec(url.hostname)?.[1];
  if (region === undefined)
    throw validationError(
      `The queue URL ${input.queueUrl} does not say the queue's region. Name it: --region REGION, or URL,region=REGION for a queue of the server's own command line.`,
    );
  if (input.endpointUrl !== undefined) parseUrl('endpoint', input.endpointUrl);
  return {
    kind: 'queue',
    name: checkedName(input.name ?? queueName),
    queueUrl: input.queueUrl,
    region,
    ...(input.profile !== undefined && { profile: input.profile }),
    ...(input.endpointUrl !== undefined && { endpointUrl: input.endpointUrl }),
    eventBusName: input.eventBusName ?? 'default',
    createdAtMs,
  };
}

/** @throws ServiceError ValidationException */
export function checkedWebhook(
  input: WebhookSourceInput,
  made: { secret: string; createdAtMs: number },
): WebhookSource {
  const name = checkedName(input.name);
  const { timestampHeader, idHeader, secret = made.secret } = input;
  const source = input.source ?? `webhook.${name}`;
  if (source === '' || /^aws(\.|$)/i.test(source))
    throw validationError(
      `The source '${source}' is AWS's own: a webhook's events say where they come from.`,
    );
  const detailType = input.detailType ?? 'Webhook';
  if (detailType === '' || detailType.length > 128)
    throw validationError('The detail type must have 1 to 128 characters.');
  if (secret.length < SECRET_MIN)
    throw validationError(`The secret must have at least ${SECRET_MIN} characters.`);
  const signedContent =
    input.signedContent ?? (timestampHeader === undefined ? '{body}' : '{timestamp}.{body}');
  if (!signedContent.includes('{body}'))
    throw validationError(`What is signed must contain {body}, and is '${signedContent}'.`);
  if ((timestampHeader !== undefined) !== signedContent.includes('{timestamp}'))
    throw validationError(
      'A timestamp counts only when it is signed: {timestamp} needs its header, and it {timestamp}.',
    );
  const toleranceSeconds = input.toleranceSeconds ?? (timestampHeader === undefined ? undefined : 300);
  if (toleranceSeconds !== undefined && (timestampHeader === undefined || !(toleranceSeconds > 0)))
    throw validationError('The tolerance is a number of seconds above 0, and needs the timestamp’s header.');
  return {
    kind: 'webhook',
    name,
    source,
    detailType,
    secret,
    signatureHeader: checkedHeader(input.signatureHeader ?? 'x-hub-signature-256'),
    signaturePrefix: input.signaturePrefix ?? 'sha256=',
    signedContent,
    ...(timestampHeader !== undefined && { timestampHeader: checkedHeader(timestampHeader) }),
    ...(toleranceSeconds !== undefined && { toleranceSeconds }),
    ...(idHeader !== undefined && { idHeader: checkedHeader(idHeader) }),
    eventBusName: input.eventBusName ?? 'default',
    createdAtMs: made.createdAtMs,
  };
}

/** @throws ServiceError ValidationException */
export function checkedName(name: string): string {
  if (!NAME.test(name))
    throw validationError(
      `A source's name has 1 to 80 letters, digits, hyphens and underscores, and is '${name}'.`,
    );
  return name;
}

/** @throws ServiceError ValidationException */
export function checkedHeader(name: string): string {
  const lower = name.toLowerCase();
  if (!HEADER.test(lower)) throw validationError(`'${name}' is no name of a header.`);
  return lower;
}

function parseUrl(what: string, text: string): URL {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw validationError(`The ${what} '${text}' is no URL of http or https, without a password in it.`);
  return url;
}
