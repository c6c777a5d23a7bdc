import type { Connection } from '@riposte/events';

type HttpParameter = { Key: string; Value?: string };

/** What a connection adds to a request; it holds secrets. */
export interface ConnectionParameters {
  headers: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
  body: Readonly<Record<string, string>>;
}

/**
 * @returns undefined for a connection with OAuth client credentials, whose token somebody must fetch first
 */
export function connectionParameters({ AuthParameters }: Connection): ConnectionParameters | undefined {
  const { BasicAuthParameters, ApiKeyAuthParameters, OAuthParameters, InvocationHttpParameters } =
    AuthParameters;
  if (OAuthParameters) return undefined;
  const { HeaderParameters, QueryStringParameters, BodyParameters } = InvocationHttpParameters ?? {};
  return {
    headers: {
      ...record(HeaderParameters),
      ...(BasicAuthParameters && {
        authorization: basic(BasicAuthParameters.Username, BasicAuthParameters.Password),
      }),
      ...(ApiKeyAuthParameters && {
        [ApiKeyAuthParameters.ApiKeyName]: ApiKeyAuthParameters.ApiKeyValue,
      }),
    },
    query: record(QueryStringParameters),
    body: record(BodyParameters),
  };
}

function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

function record(parameters: readonly HttpParameter[] | undefined): Record<string, string> {
  return Object.fromEntries((parameters ?? []).map(({ Key, Value }) => [Key, Value ?? '']));
}
