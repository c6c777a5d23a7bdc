import type { OperationModel, Schema } from '../wire/models.ts';
import { serviceModels } from '../wire/service-models.ts';
import type { Integration } from './integration.ts';
import type { MemberNaming } from './parameters.ts';

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

/** How one kind of integration shows an answer. */
export interface ResultStyle {
  nameOf: MemberNaming;
  /** `iso` in results of `aws-sdk:` integrations, `epoch-ms` in optimised ones. */
  dates: 'iso' | 'epoch-ms';
}

/**
 * An operation's output as states see it: members in PascalCase, keys of maps as they are, blobs as text.
 * @param output as the SDK for JavaScript types it
 */
export function resultOf({ output: schema }: OperationModel, output: object, style: ResultStyle): object {
  return schema.isStructSchema() ? structResult(schema, output, style) : {};
}

function valueResult(schema: Schema, value: unknown, style: ResultStyle): unknown {
  if (value instanceof Date) return style.dates === 'iso' ? isoText(value) : value.getTime();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (typeof value !== 'object' || value === null) return value;
  if (schema.isListSchema())
    return (value as unknown[])
      .filter(isThere)
      .map((item) => valueResult(schema.getValueSchema(), item, style));
  if (schema.isMapSchema())
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => isThere(item))
        .map(([key, item]) => [key, valueResult(schema.getValueSchema(), item, style)]),
    );
  return schema.isStructSchema() ? structResult(schema, value, style) : value;
}

/** What the model does not have is no part of an answer, as on the wire. */
function structResult(schema: Schema, value: object, style: ResultStyle): object {
  const shown: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const item = (value as Record<string, unknown>)[name];
    if (isThere(item)) shown[style.nameOf(name)] = valueResult(member, item, style);
  }
  return shown;
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Without a fraction where it is zero, as the Java SDK writes instants. */
function isoText(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}
