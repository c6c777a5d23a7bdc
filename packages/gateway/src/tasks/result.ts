import { serviceModels } from '../wire/service-models.ts';
import type { Integration } from './integration.ts';

/** When and under which id a call was answered. */
export interface Told {
  requestId: string;
  atMs: number;
}

/**
 * The part of an optimised integration's result that tells of the request: what the service's own HTTP answer would
 * carry. Names are spelled as recorded from the service, `Connection` by front ends of REST, `connection` by the others.
 */
export function metadataOf(
  { service, operation }: Pick<Integration, 'service' | 'operation'>,
  output: object,
  { requestId, atMs }: Told,
): Record<string, unknown> {
  const written = serviceModels.writtenAnswer(service, operation, output, requestId);
  const headers: Record<string, string> = {
    [written.protocol === 'restJson1' ? 'Connection' : 'connection']: 'keep-alive',
    'Content-Length': String(written.bodyBytes),
    Date: new Date(atMs).toUTCString(),
    ...written.headers,
    ...(service === 'lambda' && functionHeaders(requestId, atMs)),
    'x-amzn-RequestId': requestId,
  };
  const all = Object.entries(headers).map(([name, value]) => [name, [value]]);
  return {
    SdkHttpMetadata: {
      AllHttpHeaders: Object.fromEntries(all) as Record<string, string[]>,
      HttpHeaders: headers,
      HttpStatusCode: written.status,
    },
    SdkResponseMetadata: { RequestId: requestId },
  };
}

/** What Lambda adds. The trace is one that nobody samples: its id says when and for which request. */
function functionHeaders(requestId: string, atMs: number): Record<string, string> {
  const seconds = Math.floor(atMs / 1000).toString(16);
  const random = requestId.replaceAll('-', '').slice(0, 24);
  return {
    'x-amzn-Remapped-Content-Length': '0',
    'X-Amzn-Trace-Id': `Root=1-${seconds}-${random};Sampled=0`,
  };
}

/**
 * Output members as states see them: names in PascalCase, blobs as text.
 * @param dates `iso` in results of `aws-sdk:` integrations, `epoch-ms` in optimised ones
 */
export function pascalResult(value: unknown, dates: 'iso' | 'epoch-ms'): unknown {
  if (value instanceof Date) return dates === 'iso' ? isoText(value) : value.getTime();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (Array.isArray(value)) return value.map((item) => pascalResult(item, dates));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => [upperFirst(name), pascalResult(member, dates)]);
  return Object.fromEntries(members) as Record<string, unknown>;
}

/** Without a fraction where it is zero, as the Java SDK writes instants. */
function isoText(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}

function upperFirst(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
