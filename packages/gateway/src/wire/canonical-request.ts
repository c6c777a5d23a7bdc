/** The text that Signature Version 4 signs, rebuilt from the request as it came over the wire. */
import { createHash } from 'node:crypto';

/** A request before anything is decoded. */
export interface WireRequest {
  method: string;
  /** Path and query exactly as sent. */
  url: string;
  /** Name, value, name, value, …, as `IncomingMessage.rawHeaders` has them. */
  headers: readonly string[];
  body: Uint8Array;
}

/**
 * @param signedHeaders lower case, in the order in which the client lists them
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function canonicalRequest(
  request: WireRequest,
  signedHeaders: readonly string[],
  bodyHash: string,
  pathForm: 'encoded-again' | 'as-sent' = 'encoded-again',
): string {
  const { path, query } = splitUrl(request.url);
  const values = headerValues(request.headers);
  return [
    request.method,
    pathForm === 'as-sent' ? canonicalObjectPath(path) : canonicalPath(path),
    canonicalQuery(query),
    ...signedHeaders.map((name) => `${name}:${canonicalHeader(values.get(name) ?? [])}`),
    '',
    signedHeaders.join(';'),
    bodyHash,
  ].join('\n');
}

/** @param query without the question mark */
export function splitUrl(url: string): { path: string; query: string } {
  const mark = url.indexOf('?');
  return mark === -1 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}

/** All values of each header, names in lower case. */
export function headerValues(raw: readonly string[]): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index]!.toLowerCase(); // in range, see the loop's condition
    const known = values.get(name);
    if (known === undefined) values.set(name, [raw[index + 1]!]);
    else known.push(raw[index + 1]!);
  }
  return values;
}

export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

// Every service but S3 signs the path encoded once more than it is sent: `%3A` becomes `%253A`.
function canonicalPath(path: string): string {
  return path.split('/').map(encode).join('/');
}

// S3 signs the path as it is sent, whatever characters a client chose to encode.
function canonicalObjectPath(path: string): string {
  return path
    .split('/')
    .map((segment) => encode(decode(segment)))
    .join('/');
}

function canonicalQuery(query: string): string {
  if (query === '') return '';
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      const name = equals === -1 ? part : part.slice(0, equals);
      const value = equals === -1 ? '' : part.slice(equals + 1);
      return [encode(decode(name)), encode(decode(value))] as const;
    })
    .sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function canonicalHeader(values: readonly string[]): string {
  return values.map((value) => value.trim().replaceAll(/ +/g, ' ')).join(',');
}

// By code unit: a locale's order is not the one that was signed.
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** RFC 3986: encodeURIComponent leaves five characters too many as they are. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

// A stray percent sign was signed as it stands.
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
