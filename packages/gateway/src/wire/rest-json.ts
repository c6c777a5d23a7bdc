/** restJson1: method and path name the operation; members lie in path, query, headers and body. */
import { ServiceError } from '@riposte/engine';
import { parseJson } from './aws-json.ts';
import { splitUrl } from './canonical-request.ts';
import { errorBody, unknownOperation, wireError } from './errors.ts';
import { readBound, writeBound } from './http-bindings.ts';
import { plainBytes, readJson, writeJson } from './json-shapes.ts';
import type { OperationModel, Schema } from './models.ts';
import type { Reply, WireProtocol } from './protocol.ts';
import { matchRoute } from './rest-routes.ts';

const contentType = { 'Content-Type': 'application/json' };

export const restJson: WireProtocol = {
  read(service, request) {
    const { path, query } = splitUrl(request.url);
    const parameters = new URLSearchParams(query);
    const match = matchRoute(service, request.method, path, parameters);
    if (match === undefined) throw unknownOperation(service, `at ${request.method} ${path}`);
    const { operation, labels } = match;
    const input: Record<string, unknown> = {};
    const { headers, body } = request;
    const { payload, document } = readBound(operation.input, { labels, parameters, headers }, input);
    if (payload && body.byteLength > 0) {
      const [name, member] = payload;
      input[name] = member.isBlobSchema() ? plainBytes(body) : readJson(member, parseJson(body), name);
    }
    const json = document.length === 0 ? {} : parseObject(body);
    for (const [name, member] of document) {
      const value = Object.hasOwn(json, name) ? json[name] : undefined;
      if (value !== undefined && value !== null) input[name] = readJson(member, value, name);
    }
    return { operation, input };
  },
  write(_service, operation, output) {
    return writeOutput(operation, output as Record<string, unknown>);
  },
  writeError(service, error) {
    const { code, status, model } = wireError(error, 'restJson1', service);
    return {
      status,
      headers: { ...contentType, 'X-Amzn-ErrorType': code },
      body: JSON.stringify(errorBody(error, model)),
    };
  },
};

function writeOutput(operation: OperationModel, output: Record<string, unknown>): Reply {
  const { payload, document, status, headers } = writeBound(operation, output);
  const json = document.map(([name, member]) => [name, writeJson(member, output[name])]);
  const isEmpty = status === 204 || operation.output.isUnitSchema();
  return {
    status,
    headers: { ...contentType, ...headers },
    body: isEmpty
      ? ''
      : payload
        ? writePayload(payload[1], output[payload[0]])
        : JSON.stringify(Object.fromEntries(json)),
  };
}

function writePayload(member: Schema, value: unknown): string | Uint8Array {
  if (value === undefined || value === null) return '';
  if (member.isBlobSchema()) return value instanceof Uint8Array ? value : String(value);
  return JSON.stringify(writeJson(member, value));
}

function parseObject(body: Uint8Array): Record<string, unknown> {
  const json = parseJson(body);
  if (typeof json === 'object' && json !== null && !Array.isArray(json))
    return json as Record<string, unknown>;
  throw new ServiceError('SerializationException', 'The request body is not a JSON object.');
}
