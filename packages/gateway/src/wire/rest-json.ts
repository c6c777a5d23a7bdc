/** restJson1: method and path name the operation; members lie in path, query, headers and body. */
import { ServiceError } from '@riposte/engine';
import { parseJson } from './aws-json.ts';
import { headerValues, splitUrl } from './canonical-request.ts';
import { errorBody, unknownOperation, wireError } from './errors.ts';
import { plainBytes, readJson, writeJson } from './json-shapes.ts';
import type { OperationModel, Schema } from './models.ts';
import type { Reply, WireProtocol } from './protocol.ts';
import { readText } from './query-form.ts';
import { matchRoute } from './rest-routes.ts';

const contentType = { 'Content-Type': 'application/json' };

export const restJson: WireProtocol = {
  read(service, request) {
    const { path, query } = splitUrl(request.url);
    const parameters = new URLSearchParams(query);
    const match = matchRoute(service, request.method, path, parameters);
    if (match === undefined) throw unknownOperation(service, `at ${request.method} ${path}`);
    const headers = headerValues(request.headers);
    const input: Record<string, unknown> = {};
    let json: Record<string, unknown> | undefined;
    for (const [name, member] of membersOf(match.operation.input)) {
      const { httpLabel, httpQuery, httpHeader, httpPayload } = member.getMergedTraits();
      if (httpLabel) input[name] = readText(member, match.labels.get(name) ?? '', name);
      else if (httpQuery) setText(input, name, member, parameters.getAll(httpQuery));
      else if (httpHeader) setText(input, name, member, headers.get(httpHeader.toLowerCase()) ?? []);
      else if (httpPayload) setPayload(input, name, member, request.body);
      else {
        json ??= parseObject(request.body);
        const value = Object.hasOwn(json, name) ? json[name] : undefined;
        if (value !== undefined && value !== null) input[name] = readJson(member, value, name);
      }
    }
    return { operation: match.operation, input };
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
  const headers: Record<string, string> = { ...contentType };
  const json: Record<string, unknown> = {};
  let status = operation.http?.[2] ?? 200;
  let payload: string | Uint8Array | undefined;
  for (const [name, member] of membersOf(operation.output)) {
    const value = output[name];
    const { httpHeader, httpPayload, httpResponseCode } = member.getMergedTraits();
    if (httpPayload) payload = writePayload(member, value);
    else if (value === undefined || value === null) continue;
    else if (httpResponseCode) status = Number(value);
    else if (httpHeader) headers[httpHeader] = value instanceof Date ? value.toUTCString() : String(value);
    else json[name] = writeJson(member, value);
  }
  const isEmpty = status === 204 || operation.output.isUnitSchema();
  return { status, headers, body: isEmpty ? '' : (payload ?? JSON.stringify(json)) };
}

function writePayload(member: Schema, value: unknown): string | Uint8Array {
  if (value === undefined || value === null) return '';
  if (member.isBlobSchema()) return value instanceof Uint8Array ? value : String(value);
  return JSON.stringify(writeJson(member, value));
}

function membersOf(schema: Schema): Iterable<[string, Schema]> {
  return schema.isUnitSchema() ? [] : schema.structIterator();
}

function setText(
  input: Record<string, unknown>,
  name: string,
  member: Schema,
  texts: readonly string[],
): void {
  const [first] = texts;
  if (first === undefined) return;
  input[name] = member.isListSchema()
    ? texts.map((text) => readText(member.getValueSchema(), text, name))
    : readText(member, first, name);
}

function setPayload(input: Record<string, unknown>, name: string, member: Schema, body: Uint8Array): void {
  if (body.byteLength === 0) return;
  input[name] = member.isBlobSchema() ? plainBytes(body) : readJson(member, parseJson(body), name);
}

function parseObject(body: Uint8Array): Record<string, unknown> {
  const json = parseJson(body);
  if (typeof json === 'object' && json !== null && !Array.isArray(json))
    return json as Record<string, unknown>;
  throw new ServiceError('SerializationException', 'The request body is not a JSON object.');
}
