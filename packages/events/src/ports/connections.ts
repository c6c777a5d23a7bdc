import type { PageRequest } from '../pages.ts';

export type AuthorizationType = 'BASIC' | 'OAUTH_CLIENT_CREDENTIALS' | 'API_KEY';
type ConnectionState = 'AUTHORIZING' | 'AUTHORIZED' | 'DEAUTHORIZED';

/** Added to every request. The value of a secret one is never shown. */
export interface HttpParameter {
  Key: string;
  Value?: string;
  IsValueSecret?: boolean;
}

/** What a connection adds to each request: headers, members of the query, members of a JSON object that is the body. */
export interface HttpParameters {
  HeaderParameters?: HttpParameter[];
  QueryStringParameters?: HttpParameter[];
  BodyParameters?: HttpParameter[];
}

/** As the API takes it: with the secrets. */
export interface ConnectionAuthParameters {
  BasicAuthParameters?: { Username: string; Password: string };
  ApiKeyAuthParameters?: { ApiKeyName: string; ApiKeyValue: string };
  OAuthParameters?: {
    ClientParameters: { ClientID: string; ClientSecret: string };
    AuthorizationEndpoint: string;
    HttpMethod: string;
    OAuthHttpParameters?: HttpParameters;
  };
  InvocationHttpParameters?: HttpParameters;
}

/** As the API shows it: without the secrets. */
export interface ShownAuthParameters {
  BasicAuthParameters?: { Username: string };
  ApiKeyAuthParameters?: { ApiKeyName: string };
  OAuthParameters?: {
    ClientParameters: { ClientID: string };
    AuthorizationEndpoint: string;
    HttpMethod: string;
    OAuthHttpParameters?: HttpParameters;
  };
  InvocationHttpParameters?: HttpParameters;
}

/** Times in milliseconds since the epoch. */
export interface ConnectionDescription {
  Name: string;
  ConnectionArn: string;
  Description?: string;
  AuthorizationType: AuthorizationType;
  ConnectionState: ConnectionState;
  StateReason?: string;
  /** Where AWS would keep the secrets. Here they lie with the connection, and no service gives them out. */
  SecretArn: string;
  AuthParameters: ShownAuthParameters;
  creationTimeMs: number;
  lastModifiedTimeMs: number;
  lastAuthorizedTimeMs?: number;
}

/** A connection as it is kept: for whoever makes the request, never for an answer or a log. */
export interface Connection extends Omit<ConnectionDescription, 'AuthParameters'> {
  AuthParameters: ConnectionAuthParameters;
}

/** Times in milliseconds since the epoch. */
export interface ApiDestination {
  Name: string;
  ApiDestinationArn: string;
  Description?: string;
  ConnectionArn: string;
  InvocationEndpoint: string;
  HttpMethod: string;
  InvocationRateLimitPerSecond: number;
  creationTimeMs: number;
  lastModifiedTimeMs: number;
}

/** ACTIVE while its connection is authorized. */
export interface ApiDestinationDescription extends ApiDestination {
  ApiDestinationState: 'ACTIVE' | 'INACTIVE';
}

/** Gets a token for a connection with OAuth client credentials. Implemented over HTTP by the gateway. */
export interface ConnectionAuthorizer {
  /** @returns why it was refused, or undefined when there is a token now */
  authorize(connection: Connection): Promise<string | undefined>;
}

export interface CreateConnectionInput {
  Name: string;
  Description?: string;
  AuthorizationType: string;
  AuthParameters: ConnectionAuthParameters;
}

export interface CreateApiDestinationInput {
  Name: string;
  Description?: string;
  ConnectionArn: string;
  InvocationEndpoint: string;
  HttpMethod: string;
  InvocationRateLimitPerSecond?: number;
}

/** The part of the service that knows where requests go and who they come from. */
export interface ConnectionOperations {
  createConnection(region: string, input: CreateConnectionInput): Promise<ConnectionDescription>;
  /** Authorization parameters are replaced as a whole, when they are given. */
  updateConnection(
    region: string,
    input: Pick<CreateConnectionInput, 'Name'> & Partial<CreateConnectionInput>,
  ): Promise<ConnectionDescription>;
  describeConnection(region: string, name: string): Promise<ConnectionDescription>;
  listConnections(
    region: string,
    request: PageRequest & { ConnectionState?: string },
  ): Promise<{ Connections: ConnectionDescription[]; NextToken?: string }>;
  /** Forgets the secrets. */
  deauthorizeConnection(region: string, name: string): Promise<ConnectionDescription>;
  /** @returns as it was */
  deleteConnection(region: string, name: string): Promise<ConnectionDescription>;

  createApiDestination(region: string, input: CreateApiDestinationInput): Promise<ApiDestinationDescription>;
  updateApiDestination(
    region: string,
    input: Pick<CreateApiDestinationInput, 'Name'> & Partial<CreateApiDestinationInput>,
  ): Promise<ApiDestinationDescription>;
  describeApiDestination(region: string, name: string): Promise<ApiDestinationDescription>;
  listApiDestinations(
    region: string,
    request: PageRequest & { ConnectionArn?: string },
  ): Promise<{ ApiDestinations: ApiDestinationDescription[]; NextToken?: string }>;
  /** Deleting one that is not there is refused. */
  deleteApiDestination(region: string, name: string): Promise<void>;

  /**
   * With its secrets: for whoever makes the request.
   * @returns undefined when there is none with that ARN
   */
  connectionByArn(arn: string): Promise<Connection | undefined>;
  apiDestinationByArn(arn: string): Promise<ApiDestination | undefined>;
  /** A token was fetched or refused while a request was made. */
  connectionAuthorized(arn: string, refusal: string | undefined): Promise<void>;
}
