/** awsJson 1.0 and 1.1: one path, the operation in `X-Amz-Target`, JSON both ways. */
import { double } from '@riposte/asl';
import { ServiceError } from '@riposte/engine';
import { headerValues } from './canonical-request.ts';
import { errorBody, queryErrorHeader, unknownOperation, wireError } from './errors.ts';
import { readJson, writeJson } from './json-shapes.ts';
import type { WireProtocol } from './protocol.ts';

export function awsJson(version: '1.0' | '1.1'): WireProtocol {
  const headers = { 'Content-Type': `application/x-amz-json-${version}` };
  return {
    read(service, request) {
      const target = headerValues(request.headers).get('x-amz-target')?.join(',') ?? '';
      const dot = target.lastIndexOf('.');
      const prefix = target.slice(0, Math.max(dot, 0));
      const operation = service.operations.get(target.slice(dot + 1));
      // The CLI writes CloudTrail's prefix with a Java package before it.
      const isOurs = prefix === service.target || prefix.endsWith(`.${service.target}`);
      if (operation === undefined || !isOurs || request.method !== 'POST')
        throw unknownOperation(service, target === '' ? "without a header 'X-Amz-Target'" : `'${target}'`);
      return { operation, input: readJson(operation.input, parseJson(request.body)) as object };
    },
    write(_service, operation, output) {
      const isEmpty = operation.output.isUnitSchema();
      return {
        status: 200,
        headers,
        body: isEmpty ? '' : JSON.stringify(writeJson(operation.output, output, serviceSeconds)),
      };
    },
    writeError(service, error) {
      const { code, status, model } = wireError(
        error,
        `awsJson${version === '1.0' ? '1_0' : '1_1'}`,
        service,
      );
      return {
        status,
        headers: { ...headers, ...(service?.isQueryCompatible && queryErrorHeader(error, service)) },
        body: JSON.stringify({ __type: code, ...errorBody(error, model) }),
      };
    },
  };
}

/** In the service's own digits, `1.688132536441E9`: the recorded length of answers shows it. */
function serviceSeconds(date: Date): unknown {
  return double(date.getTime() / 1000);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * @returns an empty object for an empty body
 * @throws ServiceError `SerializationException`
 */
export function parseJson(body: Uint8Array): unknown {
  if (body.byteLength === 0) return {};
  try {
    return JSON.parse(utf8.decode(body));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServiceError('SerializationException', `The request body is not valid JSON: ${reason}`, 400, {
      cause: error,
    });
  }
}
