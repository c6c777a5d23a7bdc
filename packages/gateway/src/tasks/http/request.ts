import { merged, type ConnectionParameters } from '../../http/http-parameters.ts';
import { InvalidParameters } from '../parameters.ts';
import { formEncoded } from './form.ts';
import type { HttpInvocation } from './parameters.ts';

/** A request as it goes out. */
export interface HttpRequest {
  method: string;
  url: URL;
  /** Those of the task, the connection and the service; what the body itself says of its type is not among them. */
  headers: Headers;
  body?: { text: string; contentType: string };
}

type Headers = Readonly<Record<string, string | readonly string[]>>;

/** No more of an answer is asked for; the service's limit for data of a state. */
const RANGE = 'bytes=0-262144';
const NOTHING: ConnectionParameters = { headers: {}, query: {}, body: {} };

/**
 * What the task asks for, and over it what its connection adds.
 * @throws InvalidParameters when the connection adds members to a body that has none
 */
export function httpRequest(
  invocation: HttpInvocation,
  connection: ConnectionParameters,
  region: string,
): HttpRequest {
  const body = bodyOf(invocation, connection.body);
  return {
    method: invocation.Method,
    url: urlOf(invocation, connection.query),
    headers: merged<string | readonly string[]>(invocation.Headers, connection.headers, {
      'User-Agent': `Amazon|StepFunctions|HttpInvoke|${region}`,
      Range: RANGE,
    }),
    ...(body && { body }),
  };
}

/** All headers, with the type of the body where nobody else says it. */
export function sentHeaders({ headers, body }: HttpRequest): Headers {
  return body ? merged({ 'Content-Type': body.contentType }, headers) : headers;
}

/**
 * The request as it may be told to those who must not see the connection's secrets: without all that the connection
 * adds, and without what that takes the place of, for it was not sent. Made from the task alone, so nothing of the
 * connection can be in it.
 */
export function requestWithoutSecrets(
  invocation: HttpInvocation,
  connection: ConnectionParameters,
  region: string,
): HttpRequest {
  const { ApiEndpoint, Headers, QueryParameters, RequestBody } = invocation;
  const url = new URL(ApiEndpoint);
  for (const name of Object.keys(connection.query)) url.searchParams.delete(name);
  const headers = new Set(Object.keys(connection.headers).map((name) => name.toLowerCase()));
  const own = {
    ...invocation,
    ApiEndpoint: url.href,
    Headers: without(Headers, (name) => headers.has(name.toLowerCase())),
    QueryParameters: without(QueryParameters, (name) => Object.hasOwn(connection.query, name)),
    ...(isObject(RequestBody) && {
      RequestBody: without(RequestBody, (name) => Object.hasOwn(connection.body, name)),
    }),
  };
  return httpRequest(own, NOTHING, region);
}

function without<Value>(
  members: Readonly<Record<string, Value>>,
  isHidden: (name: string) => boolean,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !isHidden(name)));
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
  if (isMerged && RequestBody !== undefined && !isObject(RequestBody))
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
