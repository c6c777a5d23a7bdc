import { dataLimitCause, type HttpTrace } from '@riposte/asl';
import { isSimulated } from '@riposte/account';
import { ServiceError, SIMULATED_MARK, type Clock } from '@riposte/engine';
import type { HttpAnswer, HttpClient } from '../../http/http-client.ts';
import type { ConnectionParameters } from '../../http/http-parameters.ts';
import { NotAuthorized } from '../../http/oauth-tokens.ts';
import type { ServiceOperation } from '../../pipeline/operation.ts';
import type { Integration } from '../integration.ts';
import { InvalidParameters } from '../parameters.ts';
import { outputOf, resultOf, STATUS_ERROR, type HttpOutput } from './answer.ts';
import { shownRequest, shownResponse } from './inspection.ts';
import { httpInvocation, httpLiteralProblems, httpNameProblems, type HttpInvocation } from './parameters.ts';
import { httpRequest, requestWithoutSecrets, sentHeaders } from './request.ts';

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html: "must respond within 60 seconds" */
const TIMEOUT_MS = 60_000;
/** What a state may carry. */
const BODY_BYTES_MAX = 262_144;

/** With a name behind it. @see the guide, "Connection errors" */
const CONNECTION_ERROR = 'Events.ConnectionResource.';

/** `InvokeHTTPEndpoint` is an IAM action and no API: the pipeline asks policies about it, and keeps the record. */
const service = 'states';
const operation = 'InvokeHTTPEndpoint';

/** The connection keeps its secrets itself here, but whose role may not read them is refused, as on AWS. */
const SECRET_ACTIONS = ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'];

/** `arn:…:states:::http:invoke`: the endpoint's answer, or its status as the error. */
export const httpInvoke: Integration = {
  service,
  operation,
  nameProblems: httpNameProblems,
  input: httpInvocation,
  literalProblems: httpLiteralProblems,
  result: (output) => resultOf(output as unknown as HttpOutput), // what the operation below gave
  refused({ code, message }) {
    if (code === 'AccessDeniedException') return { error: deniedError(message), cause: message };
    const isNamed = code.startsWith('States.') || code.startsWith(CONNECTION_ERROR);
    return { error: isNamed ? code : 'States.TaskFailed', cause: message };
  },
};

/** Carries out what `httpInvoke` asks for. Of the audit record the body and the connection's secrets are no part. */
export function invokeHttpEndpoint(
  clock: Clock,
  client: HttpClient,
): ServiceOperation<HttpInvocation, HttpOutput> {
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
    async furtherActions({ ConnectionArn }, { events }) {
      const secretArn = (await events.connectionByArn(ConnectionArn))?.SecretArn;
      return [
        { action: 'events:RetrieveConnectionCredentials', resourceArn: ConnectionArn },
        ...(secretArn === undefined
          ? []
          : SECRET_ACTIONS.map((action) => ({ action, resourceArn: secretArn }))),
      ];
    },
    auditedInput: ({ ApiEndpoint, Method, ConnectionArn }) => ({ ApiEndpoint, Method, ConnectionArn }),
    auditedOutput: ({ StatusCode }) => ({ StatusCode }),
    // the text of a status is the endpoint's body, which may repeat what it was sent
    auditedMessage: ({ code, message }) =>
      code.startsWith(STATUS_ERROR) ? 'The endpoint answered with this status.' : message,
    async handle({ services, connectionRequests, region, signal, httpTrace, caller }, invocation) {
      const connection = await services.events.connectionByArn(invocation.ConnectionArn);
      if (!connection)
        throw connectionError(
          'ResourceNotFound',
          `The connection ${invocation.ConnectionArn} does not exist. Create it, or correct the ARN.`,
        );
      let parameters: ConnectionParameters;
      try {
        parameters = await connectionRequests.parameters(connection);
      } catch (error) {
        if (!(error instanceof NotAuthorized)) throw error;
        throw connectionError(
          'InvalidConnectionState',
          `The connection ${connection.Name} is not authorized. ${error.message}`,
        );
      }
      const simulated = isSimulated(caller);
      const sending = { invocation, parameters, region, simulated, signal, httpTrace };
      const answer = await answerOf(clock, client, sending);
      connectionRequests.answered(connection, parameters, answer.status);
      return outputOf(answer);
    },
  };
}

interface Sending {
  invocation: HttpInvocation;
  parameters: ConnectionParameters;
  region: string;
  /** A rehearsal asks: the endpoint is told. */
  simulated: boolean;
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
  { invocation, parameters, region, simulated, httpTrace }: Sending,
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
    headers: { ...sentHeaders(request), ...(simulated && { [SIMULATED_MARK]: 'true' }) },
    ...(request.body !== undefined && { body: request.body }),
    timeoutMs: TIMEOUT_MS,
    bodyBytesMax: BODY_BYTES_MAX + 1, // one more tells that there is more
    signal,
  });
  const isTooLong = answer.body.length > BODY_BYTES_MAX;
  httpTrace?.answered(shownResponse(request, answer, isTooLong ? undefined : answer.body.toString('utf8')));
  if (isTooLong && answer.status < 400) throw answerTooLong();
  return answer;
}

function answerTooLong(): ServiceError {
  return new ServiceError('States.DataLimitExceeded', dataLimitCause('http'), 400);
}

function connectionError(name: 'InvalidConnectionState' | 'ResourceNotFound', text: string): ServiceError {
  return new ServiceError(`${CONNECTION_ERROR}${name}`, text, 400);
}

/**
 * The guide names the error of a connection whose credentials the role may not have. Public accounts of the service tell
 * of both.
 */
function deniedError(text: string): string {
  return text.includes(` perform: ${service}:${operation} `)
    ? 'States.Http.AccessDenied'
    : `${CONNECTION_ERROR}AccessDenied`;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
