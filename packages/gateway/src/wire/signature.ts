/**
 * Verifies AWS Signature Version 4 on the request as it came over the wire.
 *
 * V1  The body is hashed here; a hash that the client claims is only compared with it. S3 alone, as on AWS, takes a
 *     body that the client says it has not signed.
 * V2  `host`, the date and every `x-amz-*` header that is present must be signed.
 * V3  The date lies within fifteen minutes of the clock, and the scope's day is its day.
 * V4  A session token must be exactly the one that belongs to the access key.
 * V5  Secrets and signatures are compared in constant time.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Caller } from '@riposte/account';
import type { CredentialLookup, SigningCredentials } from '../credentials.ts';
import { UNSIGNED_CHUNKS } from './aws-chunked.ts';
import { parseAuthorization, type Authorization } from './authorization.ts';
import { canonicalRequest, headerValues, sha256Hex, type WireRequest } from './canonical-request.ts';

export interface SignedRequest extends WireRequest {
  /** Milliseconds since the epoch. */
  nowMs: number;
  credentials: CredentialLookup;
  /** Signing names this door answers to. Default: any. */
  allowServices?: readonly string[];
}

export type Verification =
  | { ok: true; caller: Caller; accessKeyId: string; region: string; service: string }
  /** `code` as awsQuery names it, e.g. `SignatureDoesNotMatch`. */
  | { ok: false; code: string; message: string; status: number };

const SKEW_MAX_MINUTES = 15;
const INVALID_TOKEN = 'The security token included in the request is invalid.';

type Refused = Extract<Verification, { ok: false }>;

/** What the request's head says, and whom the named key belongs to. */
interface Claim {
  headers: ReadonlyMap<string, string[]>;
  authorization: Authorization;
  credentials: SigningCredentials;
}

/**
 * What can be held against a request before its body is read: no signature, an unknown key, a date far off.
 * @returns undefined when only the body can tell
 */
export async function signerRefusal(request: Omit<SignedRequest, 'body'>): Promise<Refused | undefined> {
  const claim = await readClaim(request);
  return 'ok' in claim ? claim : undefined;
}

/** Never throws for what a client sent; rejects only when the credential lookup does. */
export async function verifySignature(request: SignedRequest): Promise<Verification> {
  const claim = await readClaim(request);
  if ('ok' in claim) return claim;
  const { headers, authorization, credentials } = claim;
  const { accessKeyId, region, service } = authorization;
  const unsigned = service === 's3' ? unsignedBody(headers) : undefined;
  const bodyHash = unsigned ?? sha256Hex(request.body);
  const wrongHash = unsigned === undefined ? checkClaimedHash(headers, bodyHash) : undefined;
  if (wrongHash !== undefined) return wrongHash;
  const pathForm = service === 's3' ? 'as-sent' : 'encoded-again';
  const signed = canonicalRequest(request, authorization.signedHeaders, bodyHash, pathForm);
  const wanted = sign(credentials.secretAccessKey, authorization, requestDate(headers), signed);
  if (!isSame(wanted, authorization.signature))
    return mismatch(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  return { ok: true, caller: credentials.caller(), accessKeyId, region, service };
}

async function readClaim(request: Omit<SignedRequest, 'body'>): Promise<Claim | Refused> {
  const headers = headerValues(request.headers);
  const [header, ...more] = headers.get('authorization') ?? [];
  if (header === undefined)
    return refused('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
  if (more.length > 0) return incomplete('There is more than one Authorization header.');
  const authorization = parseAuthorization(header);
  if ('problem' in authorization) return incomplete(authorization.problem);
  const early =
    checkService(authorization.service, request.allowServices) ??
    checkSignedHeaders(headers, authorization) ??
    checkDate(headers, authorization, request.nowMs);
  if (early !== undefined) return early;

  const credentials = await request.credentials.find(authorization.accessKeyId);
  if (credentials === undefined || !credentials.active || !hasToken(credentials, headers))
    return refused('InvalidClientTokenId', INVALID_TOKEN, 403);
  if (credentials.expiresAtMs !== undefined && credentials.expiresAtMs <= request.nowMs)
    return refused('ExpiredToken', 'The security token included in the request is expired', 403);

  return { headers, authorization, credentials };
}

function checkService(service: string, allowed: readonly string[] | undefined): Refused | undefined {
  if (allowed === undefined || allowed.includes(service)) return undefined;
  return mismatch(`Credential should be scoped to correct service: '${allowed.join("' or '")}'.`);
}

function checkSignedHeaders(
  headers: ReadonlyMap<string, string[]>,
  authorization: Authorization,
): Refused | undefined {
  const signed = new Set(authorization.signedHeaders);
  const needed = [...headers.keys()].filter((name) => name.startsWith('x-amz-'));
  if (!headers.has('x-amz-date')) needed.push('date');
  const unsigned = ['host', ...needed].filter((name) => !signed.has(name));
  if (unsigned.length === 0) return undefined;
  return mismatch(`'${unsigned.join("', '")}' must be a 'SignedHeader' in the AWS Authorization.`);
}

function checkDate(
  headers: ReadonlyMap<string, string[]>,
  authorization: Authorization,
  nowMs: number,
): Refused | undefined {
  const date = requestDate(headers);
  const dateMs = parseDate(date);
  if (dateMs === undefined)
    return incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  const now = basicDate(nowMs);
  const skewMs = SKEW_MAX_MINUTES * 60_000;
  if (dateMs < nowMs - skewMs)
    return mismatch(
      `Signature expired: ${date} is now earlier than ${basicDate(nowMs - skewMs)} (${now} - ${SKEW_MAX_MINUTES} min.)`,
    );
  if (dateMs > nowMs + skewMs)
    return mismatch(
      `Signature not yet current: ${date} is still later than ${basicDate(nowMs + skewMs)} (${now} + ${SKEW_MAX_MINUTES} min.)`,
    );
  const day = basicDate(dateMs).slice(0, 8);
  if (authorization.day === day) return undefined;
  const difference = `'${authorization.day}' != '${day}'`;
  return mismatch(
    `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ${difference}, in '${date}'.`,
  );
}

/** What stands in the place of the body's hash when S3's client signed none. */
function unsignedBody(headers: ReadonlyMap<string, string[]>): string | undefined {
  const claimed = headers.get('x-amz-content-sha256')?.join(',');
  return claimed === 'UNSIGNED-PAYLOAD' || claimed === UNSIGNED_CHUNKS ? claimed : undefined;
}

function checkClaimedHash(headers: ReadonlyMap<string, string[]>, bodyHash: string): Refused | undefined {
  const claimed = headers.get('x-amz-content-sha256')?.join(',');
  if (claimed === undefined || isSame(claimed.toLowerCase(), bodyHash)) return undefined;
  if (/^[0-9a-f]{64}$/i.test(claimed))
    return mismatch('The body does not have the SHA-256 that the header x-amz-content-sha256 claims.');
  return refused(
    'InvalidRequest',
    `x-amz-content-sha256 '${claimed}' is not supported: the whole body must be signed, and not in chunks with signatures of their own (aws-chunked).`,
    400,
  );
}

function hasToken(credentials: SigningCredentials, headers: ReadonlyMap<string, string[]>): boolean {
  return isSame(headers.get('x-amz-security-token')?.join(',') ?? '', credentials.sessionToken ?? '');
}

function requestDate(headers: ReadonlyMap<string, string[]>): string {
  return (headers.get('x-amz-date') ?? headers.get('date') ?? []).join(',').trim();
}

/** @param date `20150830T123600Z`, or an HTTP date where only `Date` was sent */
function parseDate(date: string): number | undefined {
  const basic = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  const ms = Date.parse(
    basic === null ? date : `${basic[1]}-${basic[2]}-${basic[3]}T${basic[4]}:${basic[5]}:${basic[6]}Z`,
  );
  return Number.isNaN(ms) ? undefined : ms;
}

/** `20150830T123600Z` */
function basicDate(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

function sign(secret: string, authorization: Authorization, date: string, signed: string): string {
  const { day, region, service } = authorization;
  const stamp = /^\d{8}T/.test(date) ? date : basicDate(parseDate(date) ?? 0);
  // Header values came in as Latin-1: this gives back the bytes that were sent.
  const hash = sha256Hex(Buffer.from(signed, 'latin1'));
  const text = ['AWS4-HMAC-SHA256', stamp, `${day}/${region}/${service}/aws4_request`, hash];
  return hmac(signingKey(secret, day, region, service), text.join('\n')).toString('hex');
}

/** Four of the five HMACs of a signature depend only on these, and a client uses the same ones all day. */
const signingKeys = new Map<string, Buffer>();
const SIGNING_KEYS_MAX = 1000;

function signingKey(secret: string, day: string, region: string, service: string): Buffer {
  const name = JSON.stringify([secret, day, region, service]);
  const known = signingKeys.get(name);
  if (known !== undefined) return known;
  const key = [day, region, service, 'aws4_request'].reduce<Buffer>(hmac, Buffer.from(`AWS4${secret}`));
  if (signingKeys.size >= SIGNING_KEYS_MAX) signingKeys.clear();
  signingKeys.set(name, key);
  return key;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** In a time that depends on neither text's content nor its length: what is compared are digests. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(sha256Hex(a)), Buffer.from(sha256Hex(b)));
}

function refused(code: string, message: string, status: number): Refused {
  return { ok: false, code, message, status };
}

function incomplete(message: string): Refused {
  return refused('IncompleteSignature', message, 400);
}

function mismatch(message: string): Refused {
  return refused('SignatureDoesNotMatch', message, 403);
}
