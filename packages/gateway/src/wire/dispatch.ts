/** One signed request on its way through: who, which operation, call, answer. */
import { ServiceError, StoreUnavailable, type Clock } from '@riposte/engine';
import type { AwsCalls } from '../call.ts';
import type { CredentialLookup } from '../credentials.ts';
import { parseAuthorization } from './authorization.ts';
import { headerValues, splitUrl, type WireRequest } from './canonical-request.ts';
import {
  serviceModel,
  serviceNames,
  type OperationModel,
  type Protocol,
  type ServiceModel,
} from './models.ts';
import type { Reply, WireProtocol } from './protocol.ts';
import { protocols } from './protocols.ts';
import { signerRefusal, verifySignature } from './signature.ts';
import { checkInput } from './validation.ts';

export interface DispatchOptions {
  calls: AwsCalls;
  credentials: CredentialLookup;
  clock: Clock;
  report: (line: string) => void;
}

type RequestHead = Omit<WireRequest, 'body'>;

export interface Origin {
  sourceIpAddress?: string;
  requestId: string;
  /** Aborted when the caller has gone. */
  callerGone?: AbortSignal;
}

/** Never rejects: whatever goes wrong becomes an answer in the request's own protocol. */
export async function dispatch(
  request: WireRequest,
  origin: Origin,
  options: DispatchOptions,
): Promise<Reply> {
  const service = claimedService(request);
  const protocol = protocolOf(service, request);
  try {
    return await answer(request, origin, options, protocol);
  } catch (error) {
    const known = error instanceof ServiceError ? error : internalFailure(error, request, origin, options);
    return protocol.writeError(service, known, origin.requestId);
  }
}

/**
 * The answer to a request that is refused whatever its body holds, see `signerRefusal`; never rejects.
 * @returns undefined when the body must be read
 */
export async function refuseUnread(
  request: RequestHead,
  origin: Origin,
  options: DispatchOptions,
): Promise<Reply | undefined> {
  const service = claimedService(request);
  const protocol = protocolOf(service, request);
  const { clock, credentials } = options;
  try {
    const refused = await signerRefusal({ ...request, nowMs: clock.now(), credentials });
    if (refused === undefined) return undefined;
    const error = new ServiceError(refused.code, refused.message, refused.status);
    return protocol.writeError(service, error, origin.requestId);
  } catch (error) {
    const failure = internalFailure(error, request, origin, options);
    return protocol.writeError(service, failure, origin.requestId);
  }
}

/** A request whose body is too long was not read, and is not verified either. */
export function bodyTooLarge(request: RequestHead, origin: Origin, limitBytes: number): Reply {
  const service = claimedService(request);
  const protocol = protocolOf(service, request);
  // Lambda has a name of its own for it.
  const own = 'RequestTooLargeException';
  const code = service?.errors.has(own) === true ? own : 'RequestEntityTooLargeException';
  const message = `The request body is longer than the ${limitBytes} bytes that this server accepts.`;
  return protocol.writeError(service, new ServiceError(code, message, 413), origin.requestId);
}

async function answer(
  request: WireRequest,
  origin: Origin,
  { calls, credentials, clock }: DispatchOptions,
  protocol: WireProtocol,
): Promise<Reply> {
  const verified = await verifySignature({ ...request, nowMs: clock.now(), credentials });
  if (!verified.ok) throw new ServiceError(verified.code, verified.message, verified.status);
  const service = serviceModel(verified.service);
  if (service === undefined)
    throw new ServiceError(
      'UnknownOperationException',
      `The service '${verified.service}' is not available here. Available are ${serviceNames.join(', ')}.`,
    );
  const { operation, input } = protocol.read(service, request);
  refuseStreams(operation);
  checkInput(service.service, operation.input, input);
  const headers = headerValues(request.headers);
  const userAgent = headers.get('user-agent')?.join(' ');
  const host = headers.get('host')?.[0];
  const output = await calls.call({
    service: service.service,
    operation: operation.name,
    input,
    region: verified.region,
    caller: verified.caller,
    requestId: origin.requestId,
    ...(host !== undefined && { endpointUrl: `http://${host}` }),
    ...(origin.sourceIpAddress !== undefined && { sourceIpAddress: origin.sourceIpAddress }),
    ...(userAgent !== undefined && { userAgent }),
    ...(origin.callerGone && { callerGone: origin.callerGone }),
  });
  return protocol.write(service, operation, output, origin.requestId);
}

function refuseStreams({ name, input, output }: OperationModel): void {
  if (input.getEventStreamMember() === '' && output.getEventStreamMember() === '') return;
  throw new ServiceError(
    'UnknownOperationException',
    `${name} needs an event stream, which is not supported here.`,
  );
}

/** The service that the request says it is for, not yet verified: it decides only how an error is written. */
function claimedService(request: RequestHead): ServiceModel | undefined {
  const [header = ''] = headerValues(request.headers).get('authorization') ?? [];
  const authorization = parseAuthorization(header);
  return 'problem' in authorization ? undefined : serviceModel(authorization.service);
}

/** A service that spoke awsQuery before still does to clients of that time. */
function protocolOf(service: ServiceModel | undefined, request: RequestHead): WireProtocol {
  const isOlder = service?.isQueryCompatible === true && !headerValues(request.headers).has('x-amz-target');
  return protocols[isOlder ? 'awsQuery' : (service?.protocol ?? guessProtocol(request))];
}

function guessProtocol(request: RequestHead): Protocol {
  const headers = headerValues(request.headers);
  if (headers.has('x-amz-target')) {
    return headers.get('content-type')?.join(',').includes('1.0') ? 'awsJson1_0' : 'awsJson1_1';
  }
  const isForm = headers
    .get('content-type')
    ?.some((type) => type.startsWith('application/x-www-form-urlencoded'));
  const hasAction = new URLSearchParams(splitUrl(request.url).query).has('Action');
  return isForm === true || hasAction ? 'awsQuery' : 'restJson1';
}

function internalFailure(
  error: unknown,
  request: RequestHead,
  { requestId }: Origin,
  { report }: DispatchOptions,
): ServiceError {
  const target = headerValues(request.headers).get('x-amz-target')?.join(',') ?? '';
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  report(`Request ${requestId} failed (${request.method} ${splitUrl(request.url).path} ${target}): ${cause}`);
  // what a disk says is for whoever can free it, and tells nothing of anybody's
  const why = error instanceof StoreUnavailable ? error.message : 'An internal error occurred.';
  return new ServiceError(
    'InternalServerException',
    `${why} The server's log has it under request id ${requestId}.`,
    500,
    { cause: error },
  );
}
