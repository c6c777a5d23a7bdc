import { validationError } from '../constraints.ts';
import { isConfidential } from './confidential.ts';
import type {
  ConnectionAuthParameters,
  HttpParameter,
  HttpParameters,
  ShownAuthParameters,
} from '../ports/connections.ts';

/** Which parameters each type of authorization needs. */
const NEEDED: Readonly<Record<string, 'BasicAuthParameters' | 'ApiKeyAuthParameters' | 'OAuthParameters'>> = {
  BASIC: 'BasicAuthParameters',
  API_KEY: 'ApiKeyAuthParameters',
  OAUTH_CLIENT_CREDENTIALS: 'OAuthParameters',
};
const OAUTH_METHODS = ['GET', 'POST', 'PUT'];
const KINDS = ['HeaderParameters', 'QueryStringParameters', 'BodyParameters'] as const;

/** @throws ServiceError ValidationException */
export function checkAuthParameters(type: string, parameters: ConnectionAuthParameters): void {
  const needed = NEEDED[type];
  if (needed === undefined || parameters[needed] === undefined)
    throw validationError(
      `Parameter AuthParameters is not valid. Reason: The authorization type ${type} needs ${needed}.`,
    );
  const method = parameters.OAuthParameters?.HttpMethod;
  // AWS takes methods in any case
  if (method !== undefined && !OAUTH_METHODS.includes(method.toUpperCase()))
    throw validationError(
      `Parameter AuthParameters.OAuthParameters.HttpMethod is not valid. Reason: It must be one of ${OAUTH_METHODS.join(', ')}.`,
    );
  const endpoint = parameters.OAuthParameters?.AuthorizationEndpoint;
  if (endpoint !== undefined) checkAuthorizationEndpoint(endpoint);
}

/**
 * The client's secret goes there, and whoever may describe the connection sees the address. AWS was seen to take what is
 * no address at all: such a connection never gets a token.
 */
function checkAuthorizationEndpoint(endpoint: string): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const problem =
    url && !isConfidential(url)
      ? `${endpoint} must be an https:// address, or an http:// address of this machine (localhost, 127.0.0.1, [::1])`
      : url && url.username + url.password !== ''
        ? 'it must have no user name and no password in it'
        : undefined;
  if (problem !== undefined)
    throw validationError(
      `Parameter AuthParameters.OAuthParameters.AuthorizationEndpoint is not valid. Reason: ${problem}.`,
    );
}

/** What may be told to anybody who may describe the connection. */
export function shownAuthParameters(parameters: ConnectionAuthParameters): ShownAuthParameters {
  const { BasicAuthParameters, ApiKeyAuthParameters, OAuthParameters, InvocationHttpParameters } = parameters;
  return {
    ...(BasicAuthParameters && { BasicAuthParameters: { Username: BasicAuthParameters.Username } }),
    ...(ApiKeyAuthParameters && { ApiKeyAuthParameters: { ApiKeyName: ApiKeyAuthParameters.ApiKeyName } }),
    ...(OAuthParameters && {
      OAuthParameters: {
        ClientParameters: { ClientID: OAuthParameters.ClientParameters.ClientID },
        AuthorizationEndpoint: OAuthParameters.AuthorizationEndpoint,
        HttpMethod: OAuthParameters.HttpMethod,
        ...(OAuthParameters.OAuthHttpParameters && {
          OAuthHttpParameters: shownHttpParameters(OAuthParameters.OAuthHttpParameters),
        }),
      },
    }),
    ...(InvocationHttpParameters && {
      InvocationHttpParameters: shownHttpParameters(InvocationHttpParameters),
    }),
  };
}

function shownHttpParameters(parameters: HttpParameters): HttpParameters {
  const kinds = KINDS.flatMap((kind) => {
    const list = parameters[kind];
    return list ? [[kind, list.map(shownParameter)] as const] : [];
  });
  return Object.fromEntries(kinds);
}

function shownParameter({ Key, Value, IsValueSecret }: HttpParameter): HttpParameter {
  return {
    Key,
    ...(Value !== undefined && IsValueSecret !== true && { Value }),
    ...(IsValueSecret !== undefined && { IsValueSecret }),
  };
}
