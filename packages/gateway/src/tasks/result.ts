/** The part of an optimised integration's result that tells of the request. */
export function metadataOf(requestId: string, status = 200): Record<string, unknown> {
  const headers: Record<string, string> = { 'x-amzn-RequestId': requestId };
  const all = Object.entries(headers).map(([name, value]) => [name, [value]]);
  return {
    SdkHttpMetadata: {
      AllHttpHeaders: Object.fromEntries(all) as Record<string, string[]>,
      HttpHeaders: headers,
      HttpStatusCode: status,
    },
    SdkResponseMetadata: { RequestId: requestId },
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
