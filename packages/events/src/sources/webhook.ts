import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { readObject } from '../envelope/json-object.ts';
import type { EventEnvelope } from '../ports/event-service.ts';
import type { WebhookSource } from '../ports/sources.ts';

/** Names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | undefined>>;

/**
 * Why a request is not one of whoever knows the secret. Words for the sender, without the signature that was expected.
 * @returns undefined when the signature is right, and the timestamp near enough where the webhook has one
 */
export function signatureProblem(
  source: WebhookSource,
  headers: RequestHeaders,
  body: Uint8Array,
  nowMs: number,
): string | undefined {
  const { signatureHeader, signaturePrefix, timestampHeader, toleranceSeconds } = source;
  const given = headers[signatureHeader];
  if (given === undefined) return `The header ${signatureHeader} is missing.`;
  const timestamp = timestampHeader === undefined ? undefined : headers[timestampHeader];
  if (timestampHeader !== undefined && timestamp === undefined)
    return `The header ${timestampHeader} is missing.`;
  const hmac = createHmac('sha256', source.secret);
  for (const part of signedParts(source.signedContent))
    hmac.update(part === '{body}' ? body : part === '{timestamp}' ? (timestamp ?? '') : part);
  const digest = hmac.digest();
  const isRight = [digest.toString('hex'), digest.toString('base64')].some((signature) =>
    isSameText(given, `${signaturePrefix}${signature}`),
  );
  if (!isRight) return `The signature in ${signatureHeader} is not right for this body.`;
  // After the signature: only whoever knows the secret learns about the clock.
  if (timestamp === undefined || toleranceSeconds === undefined) return undefined;
  const offSeconds = Math.abs(nowMs / 1000 - timestampSeconds(timestamp));
  if (!(offSeconds <= toleranceSeconds))
    return `The timestamp in ${timestampHeader} is more than ${toleranceSeconds} s off.`;
  return undefined;
}

/** Seconds since the epoch, as a number or as an instant of ISO 8601. */
function timestampSeconds(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text) / 1000;
}

function signedParts(signedContent: string): string[] {
  return signedContent.split(/(\{body\}|\{timestamp\})/);
}

/** In a time that says nothing about where they differ. */
export function isSameText(given: string, expected: string): boolean {
  return timingSafeEqual(sha256(given), sha256(expected));
}

function sha256(content: string | Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}

/**
 * What names one delivery: the sender's own id where there is one, else the signature where a timestamp is part of it.
 * A body alone names nothing: the same may be said twice and meant twice.
 */
export function webhookKey(source: WebhookSource, headers: RequestHeaders): string | undefined {
  const { name, idHeader, timestampHeader, signatureHeader, signaturePrefix } = source;
  const id = idHeader === undefined ? undefined : headers[idHeader];
  if (id !== undefined) return `webhook/${name}/id/${sha256(id).toString('hex')}`;
  const signature = timestampHeader === undefined ? undefined : headers[signatureHeader];
  return signature === undefined
    ? undefined
    : `webhook/${name}/signature/${sha256(inHexadecimal(signature, signaturePrefix)).toString('hex')}`;
}

/** One signature has two texts that are right: whoever writes it in the other has the same request. */
function inHexadecimal(signature: string, prefix: string): string {
  const text = signature.slice(prefix.length);
  return text.length === BASE64_CHARACTERS
    ? `${prefix}${Buffer.from(text, 'base64').toString('hex')}`
    : signature;
}

/** Of a SHA-256. */
const BASE64_CHARACTERS = 44;

/** @returns the event that a webhook's body becomes: its `detail`, or why it cannot be */
export function eventOfWebhook(
  source: WebhookSource,
  body: string,
  envelope: Pick<EventEnvelope, 'id' | 'account' | 'region' | 'time'>,
): { event: EventEnvelope } | { reason: string } {
  const read = readObject(body);
  if ('problem' in read) return { reason: `The body becomes the detail of an event, and ${read.problem}.` };
  return {
    event: {
      version: '0',
      ...envelope,
      'detail-type': source.detailType,
      source: source.source,
      resources: [],
      detail: read.object,
    },
  };
}
