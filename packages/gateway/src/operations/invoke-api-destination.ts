import { isSimulated } from '@riposte/account';
import { ServiceError, SIMULATED_MARK } from '@riposte/engine';
import type { Target } from '@riposte/events';
import { BodyNotMergeable, type ConnectionRequest } from '../http/connection-requests.ts';
import { HttpUnanswered, HttpUnsendable, type HttpAnswer } from '../http/http-client.ts';
import { merged } from '../http/http-parameters.ts';
import { NotAuthorized } from '../http/oauth-tokens.ts';
import { filledEndpoint, UnfillableEndpoint } from '../http/filled-endpoint.ts';
import type { ServiceOperation } from '../pipeline/operation.ts';

const TIMEOUT_MS = 5000;
/** The answer is of no use but for its status. */
const ANSWER_BYTES_MAX = 64 * 1024;
const WITHOUT_BODY = new Set(['GET', 'HEAD', 'OPTIONS']);

interface InvokeApiDestinationInput {
  ApiDestinationArn: string;
  Payload: string;
  HttpParameters?: NonNullable<Target['HttpParameters']>;
}

/** An API destination that did not take what it was sent, as its delivery is told. */
export class ApiDestinationFailure extends ServiceError {
  /** ERROR_CODE of a dead letter. */
  readonly errorCode: string;
  readonly retryable: boolean;
  /** What the endpoint asked for. */
  readonly retryAfterMs: number | undefined;

  constructor(errorCode: string, reason: string, retryable: boolean, retryAfterMs?: number) {
    super(errorCode, `Unable to invoke ApiDestination endpoint: ${reason}`, 400);
    this.name = 'ApiDestinationFailure';
    this.errorCode = errorCode;
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * What rules do to an API destination. No operation of the API, only an action of policies, so nobody can ask for it
 * from outside.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
 */
export const invokeApiDestination: ServiceOperation<InvokeApiDestinationInput> = {
  service: 'events',
  name: 'InvokeApiDestination',
  isOffered: false,
  access: 'write',
  resourceArn: (_context, { ApiDestinationArn }) => ApiDestinationArn,
  touched: (_context, { ApiDestinationArn }) => [
    { type: 'AWS::Events::ApiDestination', name: ApiDestinationArn },
  ],
  async handle(context, { ApiDestinationArn, Payload, HttpParameters }) {
    const { services, connectionRequests, nowMs, caller } = context;
    const destination = await services.events.apiDestinationByArn(ApiDestinationArn);
    if (!destination) throw new ApiDestinationFailure('NO_RESOURCE', 'it does not exist.', false);
    const connection = await services.events.connectionByArn(destination.ConnectionArn);
    if (!connection) throw new ApiDestinationFailure('NO_RESOURCE', 'its connection does not exist.', false);
    const { InvocationEndpoint, HttpMethod } = destination;
    const request: ConnectionRequest = {
      method: HttpMethod,
      url: urlOf(InvocationEndpoint, HttpParameters),
      headers: {
        ...merged(HttpParameters?.HeaderParameters ?? {}, FIXED_HEADERS),
        // the endpoint may want to know that nothing has happened
        ...(isSimulated(caller) && { [SIMULATED_MARK]: 'true' }),
      },
      ...(!WITHOUT_BODY.has(HttpMethod) && { body: Payload }),
      timeoutMs: TIMEOUT_MS,
      bodyBytesMax: ANSWER_BYTES_MAX,
    };
    let answer: HttpAnswer;
    try {
      answer = await connectionRequests.send(connection, request);
    } catch (error) {
      throw failureOf(error);
    }
    if (answer.status < 200 || answer.status > 299) throw refusalOf(answer, nowMs);
    return { StatusCode: answer.status };
  },
};

/** As AWS sends them; a target cannot change them. */
const FIXED_HEADERS = {
  'User-Agent': 'Amazon/EventBridge/ApiDestinations',
  'Content-Type': 'application/json; charset=utf-8',
  Range: 'bytes=0-1048575',
  'Accept-Encoding': 'gzip,deflate',
  Connection: 'close',
};

function urlOf(endpoint: string, parameters: InvokeApiDestinationInput['HttpParameters']): URL {
  let url: URL;
  try {
    url = filledEndpoint(endpoint, parameters?.PathParameterValues ?? []);
  } catch (error) {
    throw failureOf(error);
  }
  for (const [name, value] of Object.entries(parameters?.QueryStringParameters ?? {}))
    url.searchParams.set(name, value);
  return url;
}

function failureOf(error: unknown): unknown {
  if (error instanceof HttpUnanswered)
    return new ApiDestinationFailure(error.isTimeout ? 'TIMEOUT' : 'CONNECTION_FAILURE', error.message, true);
  if (error instanceof HttpUnsendable)
    return new ApiDestinationFailure(
      'INVALID_PARAMETER',
      `the request cannot be sent: ${error.message}.`,
      false,
    );
  if (error instanceof NotAuthorized)
    return new ApiDestinationFailure(
      'SDK_CLIENT_ERROR',
      `The connection has no token. ${error.message}`,
      true,
    );
  if (error instanceof UnfillableEndpoint || error instanceof BodyNotMergeable)
    return new ApiDestinationFailure('INVALID_PARAMETER', error.message, false);
  return error;
}

/** A retry can help where the endpoint or the token was not ready; anything else is a no for good. */
function refusalOf({ status, statusText, headers }: HttpAnswer, nowMs: number): ApiDestinationFailure {
  const retryable = [401, 407, 409, 429].includes(status) || status >= 500;
  const code = status === 429 ? 'THROTTLING' : retryable ? 'SDK_CLIENT_ERROR' : 'ERROR_FROM_TARGET';
  const reason = `it answered ${status} ${statusText}.`;
  return new ApiDestinationFailure(code, reason, retryable, retryAfterMs(headers['retry-after'], nowMs));
}

/** Seconds, or an instant. */
function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return ms > 0 ? ms : undefined;
}
