import { dataLimitCause, type HttpTrace } from '@riposte/asl';
import { ServiceError, type Clock } from '@riposte/engine';
import type { HttpAnswer, HttpClient } from '../../http/http-client.ts';
import type { ConnectionParameters } from '../../http/http-parameters.ts';
import { NotAuthorized } from '../../http/oauth-tokens.ts';
import type { ServiceOperation } from '../../pipeline/operation.ts';
import type { Integration } from '../integration.ts';
import { InvalidParameters } from '../parameters.ts';
import { shownRequest, shownResponse } from './inspection.ts';
import { httpInvocation, httpNameProblems, type HttpInvocation } from './parameters.ts';
import { httpRequest, requestWithoutSecrets, sentHeaders } from './request.ts';

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html: "must respond within 60 seconds" */
const TIMEOUT_MS = 60_000;
/** Beyond what a state may carry, with room for what is not text. */
const BODY_BYTES_MAX = 1_048_576;

/** With the number behind it. */
const STATUS_ERROR = 'States.Http.StatusCode.';

/** `InvokeHTTPEndpoint` is an IAM action and no API: the pipeline asks policies about it, and keeps the record. */
const service = 'states';
const operation = 'InvokeHTTPEndpoint';

interface HttpResult {
  Headers: Record<string, string[]>;
  ResponseBody: unknown;
  StatusCode: number;
  StatusText: string;
}

/** `arn:…:states:::http:invoke`: the endpoint's answer, or its status as the error. */
export const httpInvoke: Integration = {
  service,
  operation,
  nameProblems: httpNameProblems,
  input: httpInvocation,
  result: (output) => output,
  refused({ code, message }) {
    if (code.startsWith('States.')) return { error: code, cause: message };
    return {
      error: code === 'AccessDeniedException' ? 'States.Permissions' : 'States.TaskFailed',
      cause: message,
    };
  },
};

/** Carries out what `httpInvoke` asks for. Of the audit record the body and the connection's secrets are no part. */
export function invokeHttpEndpoint(
  clock: Clock,
  client: HttpClient,
): ServiceOperation<HttpInvocation, HttpResult> {
  return {
    service,
    name: operation,
    access: 'write',
    resourceArn: ({ caller }) =>
      caller.kind === 'role-session' ? (caller.step?.stateMachineArn ?? '*') : '*',
    conditions: ({ ApiEndpoint, Method }) => ({
      'states:HTTPEndpoint': ApiEndpoint,
      'states:HTTPMethod': Method,
    }),
    furtherActions: ({ ConnectionArn }) => [
      { action: 'events:RetrieveConnectionCredentials', resourceArn: ConnectionArn },
    ],
    auditedInput: ({ ApiEndpoint, Method, ConnectionArn }) => ({ ApiEndpoint, Method, ConnectionArn }),
    auditedOutput: ({ StatusCode }) => ({ StatusCode }),
    // the text of a status is the endpoint's body, which may repeat what it was sent
    auditedMessage: ({ code, message }) =>
      code.startsWith(STATUS_ERROR) ? 'The endpoint answered with this status.' : message,
    async handle({ services, connectionRequests, region, signal, httpTrace }, invocation) {
      const connection = await services.events.connectionByArn(invocation.ConnectionArn);
      if (!connection)
        throw taskFailed(
          `The connection ${invocation.ConnectionArn} does not exist. Create it, or correct the ARN.`,
        );
      let parameters: ConnectionParameters;
      try {
        parameters = await connectionRequests.parameters(connection);
      } catch (error) {
        if (!(error instanceof NotAuthorized)) throw error;
        throw taskFailed(`The connection ${connection.Name} is not authorized. ${error.message}`);
      }
      const answer = await answerOf(clock, client, { invocation, parameters, region, signal, httpTrace });
      connectionRequests.answered(connection, answer.status);
      return resultOf(answer);
    },
  };
}

interface Sending {
  invocation: HttpInvocation;
  parameters: ConnectionParameters;
  region: string;
  signal: AbortSignal | undefined;
  httpTrace: HttpTrace | undefined;
}

/** @throws ServiceError */
async function answerOf(clock: Clock, client: HttpClient, sending: Sending): Promise<HttpAnswer> {
  const { signal } = sending;
  const timeout = new AbortController();
  const unset = clock.wakeAt(clock.now() + TIMEOUT_MS, () =>
    timeout.abort(new Error(`No answer within ${TIMEOUT_MS / 1000} seconds`)),
  );
  try {
    return await exchange(client, sending, AbortSignal.any([timeout.signal, ...(signal ? [signal] : [])]));
  } catch (error) {
    if (error instanceof InvalidParameters) throw new ServiceError('States.Runtime', error.message, 400);
    if (error instanceof ServiceError) throw error;
    // 500 and above: a repeated attempt makes the request again
    throw new ServiceError(
      'States.Http.Socket',
      textOf(timeout.signal.aborted ? timeout.signal.reason : error),
      504,
    );
  } finally {
    unset();
  }
}

/** Sends the request, and tells of it and of its answer whoever traces it. */
async function exchange(
  client: HttpClient,
  { invocation, parameters, region, httpTrace }: Sending,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const request = httpRequest(invocation, parameters, region);
  if (httpTrace) {
    const { revealsSecrets } = httpTrace;
    const told = revealsSecrets ? request : requestWithoutSecrets(invocation, parameters, region);
    httpTrace.requested(shownRequest(told));
  }
  const answer = await client.send({
    method: request.method,
    url: request.url,
    headers: sentHeaders(request),
    ...(request.body && { body: request.body.text }),
    timeoutMs: TIMEOUT_MS,
    bodyBytesMax: BODY_BYTES_MAX + 1, // one more tells that there is more
    signal,
  });
  const isTooLong = answer.body.length > BODY_BYTES_MAX;
  httpTrace?.answered(shownResponse(request, answer, isTooLong ? undefined : answer.body.toString('utf8')));
  if (isTooLong) throw answerTooLong();
  return answer;
}

/** @throws ServiceError `States.Http.StatusCode.NNN`, with the body as its text */
function resultOf({ status, statusText, rawHeaders, body: bytes }: HttpAnswer): HttpResult {
  const body = bytes.toString('utf8');
  const headers = headersOf(rawHeaders);
  if (status >= 400) throw new ServiceError(`${STATUS_ERROR}${status}`, body, status);
  return {
    Headers: headers,
    ResponseBody: bodyOf(headers, body),
    StatusCode: status,
    StatusText: statusText,
  };
}

/** Names as they came, with all their values. */
function headersOf(raw: readonly string[]): Record<string, string[]> {
  const headers: Record<string, string[]> = {};
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name, value] = [raw[index]!, raw[index + 1]!]; // within the list
    headers[name] = [...(headers[name] ?? []), value];
  }
  return headers;
}

/** JSON where the endpoint says that it is, else text. */
function bodyOf(headers: Record<string, string[]>, body: string): unknown {
  const [, [type = ''] = []] =
    Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type') ?? [];
  if (!/[/+]json\b/i.test(type)) return body;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}

function answerTooLong(): ServiceError {
  return new ServiceError('States.DataLimitExceeded', dataLimitCause('http'), 400);
}

function taskFailed(text: string): ServiceError {
  return new ServiceError('States.TaskFailed', text, 400);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
