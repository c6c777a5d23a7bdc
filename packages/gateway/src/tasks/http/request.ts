import type { ConnectionParameters } from '../../http/http-parameters.ts';
import { InvalidParameters } from '../parameters.ts';
import { formEncoded } from './form.ts';
import type { HttpInvocation } from './parameters.ts';

/** A request as it goes out. */
export interface HttpRequest {
  method: string;
  url: URL;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | readonly string[]>>;
  body?: string;
}

/** No more of an answer is asked for; the service's limit for data of a state. */
const RANGE = 'bytes=0-262144';

/**
 * What the task asks for, and over it what its connection adds.
 * @throws InvalidParameters when the connection adds members to a body that has none
 */
export function httpRequest(
  invocation: HttpInvocation,
  connection: ConnectionParameters,
  region: string,
): HttpRequest {
  const headers: Record<string, string | readonly string[]> = {};
  for (const [name, values] of Object.entries(invocation.Headers)) headers[name.toLowerCase()] = values;
  const body = bodyOf(invocation, connection.body);
  if (body !== undefined) headers['content-type'] ??= body.contentType;
  for (const [name, value] of Object.entries(connection.headers)) headers[name.toLowerCase()] = value;
  headers['user-agent'] = `Amazon|StepFunctions|HttpInvoke|${region}`;
  headers['range'] = RANGE;
  return {
    method: invocation.Method,
    url: urlOf(invocation, connection.query),
    headers,
    ...(body && { body: body.text }),
  };
}

function urlOf(
  { ApiEndpoint, QueryParameters }: HttpInvocation,
  ofConnection: Readonly<Record<string, string>>,
): URL {
  const url = new URL(ApiEndpoint);
  for (const [name, values] of Object.entries(QueryParameters))
    for (const value of values) url.searchParams.append(name, value);
  for (const [name, value] of Object.entries(ofConnection)) url.searchParams.set(name, value);
  return url;
}

function bodyOf(
  { RequestBody, arrayFormat }: HttpInvocation,
  ofConnection: Readonly<Record<string, string>>,
): { text: string; contentType: string } | undefined {
  const isMerged = Object.keys(ofConnection).length > 0;
  const isObject = typeof RequestBody === 'object' && RequestBody !== null && !Array.isArray(RequestBody);
  if (isMerged && RequestBody !== undefined && !isObject)
    throw new InvalidParameters([
      "The value of the field 'RequestBody' has an invalid format: the connection adds members to it",
    ]);
  const value = isMerged ? { ...(RequestBody as object | undefined), ...ofConnection } : RequestBody;
  if (value === undefined) return undefined;
  if (arrayFormat !== undefined)
    return {
      text: formEncoded(value as object, arrayFormat), // checked when the parameters were read
      contentType: 'application/x-www-form-urlencoded',
    };
  if (typeof value === 'string') return { text: value, contentType: 'text/plain' };
  return { text: JSON.stringify(value), contentType: 'application/json' };
}
