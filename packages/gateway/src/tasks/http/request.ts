import { merged, type ConnectionParameters } from '../../http/http-parameters.ts';
import { InvalidParameters } from '../parameters.ts';
import { encodedPairs, formEncoded } from './form.ts';
import { isObject, type HttpInvocation } from './parameters.ts';

/** A request as it goes out. */
export interface HttpRequest {
  method: string;
  url: URL;
  /** Those of the task, the connection and the service; what the body itself says of its type is not among them. */
  headers: Headers;
  body?: string;
}

type Headers = Readonly<Record<string, string | readonly string[]>>;

/**
 * The guide's examples show it for JSON. That forms and texts are sent with it too, unless the task or the connection
 * says otherwise, is a guess: the guide asks for a header wherever the body is a form.
 */
const CONTENT_TYPE = 'application/json; charset=UTF-8';
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
    ...(body !== undefined && { body }),
  };
}

/** All headers, with the type of the body where nobody else says it. */
export function sentHeaders({ headers, body }: HttpRequest): Headers {
  return body !== undefined
    ? merged<string | readonly string[]>({ 'Content-Type': CONTENT_TYPE }, headers)
    : headers;
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
  const isHidden = (name: string): boolean => Object.hasOwn(connection.query, name);
  const url = new URL(ApiEndpoint);
  url.search = ownQuery(url, isHidden).join('&');
  const headers = new Set(Object.keys(connection.headers).map((name) => name.toLowerCase()));
  const own = {
    ...invocation,
    ApiEndpoint: url.href,
    Headers: without(Headers, (name) => headers.has(name.toLowerCase())),
    QueryParameters: without(QueryParameters, isHidden),
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
  const added = Object.entries({ ...QueryParameters, ...ofConnection }).flatMap(([name, value]) =>
    [value].flat().map((text) => [name, text] as const),
  );
  const own = ownQuery(url, (name) => Object.hasOwn(ofConnection, name));
  url.search = [...own, ...(added.length > 0 ? [encodedPairs(added)] : [])].join('&');
  return url;
}

/** What stands in the endpoint's address already, as it is written there. */
function ownQuery({ search }: URL, isLeftOut: (name: string) => boolean): string[] {
  const pairs = search === '' ? [] : search.slice(1).split('&');
  return pairs.filter((pair) => ![...new URLSearchParams(pair).keys()].some(isLeftOut));
}

function bodyOf(
  { RequestBody, arrayFormat }: HttpInvocation,
  ofConnection: Readonly<Record<string, string>>,
): string | undefined {
  const isMerged = Object.keys(ofConnection).length > 0;
  if (isMerged && RequestBody !== undefined && !isObject(RequestBody))
    throw new InvalidParameters([
      "The value of the field 'RequestBody' has an invalid format: the connection adds members to it",
    ]);
  const value = isMerged ? { ...(RequestBody as object | undefined), ...ofConnection } : RequestBody;
  if (value === undefined) return undefined;
  if (arrayFormat !== undefined) return formEncoded(value as object, arrayFormat); // checked when the parameters were read
  return typeof value === 'string' ? value : JSON.stringify(value);
}
