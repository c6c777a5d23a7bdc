/** restXml, which S3 speaks: as restJson1, with XML for the bodies that are no object. */
import { XmlShapeDeserializer, XmlShapeSerializer } from '@aws-sdk/core/protocols';
import { ServiceError } from '@riposte/engine';
import { headerValues, splitUrl } from './canonical-request.ts';
import { chunkedBody } from './aws-chunked.ts';
import { unknownOperation, wireError } from './errors.ts';
import { readBound, writeBound } from './http-bindings.ts';
import { plainBytes } from './json-shapes.ts';
import type { OperationModel, Schema } from './models.ts';
import type { WireProtocol } from './protocol.ts';
import { boundNeeds, matchRoute } from './rest-routes.ts';
import { escapeXml, legalXml } from './xml.ts';

const contentType = { 'Content-Type': 'application/xml' };
const DATE_TIME = 5;
const xmlSettings = {
  timestampFormat: { useTrait: true, default: DATE_TIME },
  httpBindings: true,
  serviceNamespace: 'com.amazonaws.s3',
} as const;

/** What S3 calls failures that the other services have other names for. */
const S3_CODES: Readonly<Record<string, string>> = {
  InternalFailure: 'InternalError',
  InvalidClientTokenId: 'InvalidAccessKeyId',
  MalformedInput: 'InvalidArgument',
  MissingAuthenticationToken: 'AccessDenied',
  RequestEntityTooLarge: 'EntityTooLarge',
  ValidationError: 'InvalidArgument',
};

export const restXml: WireProtocol = {
  read(service, request) {
    const { path: sent, query } = splitUrl(request.url);
    const path = `${hostBucket(request.headers)}${sent}`;
    const parameters = new URLSearchParams(query);
    const { headers, body } = chunkedBody(request);
    const given = headerValues(headers);
    const match = matchRoute(service, request.method, path, parameters, (operation) =>
      hasWhatItNeeds(operation, parameters, given),
    );
    if (match === undefined) throw unknownOperation(service, `at ${request.method} ${path}`);
    const { operation, labels } = match;
    const input: Record<string, unknown> = {};
    const { payload } = readBound(operation.input, { labels, parameters, headers }, input);
    if (payload && body.byteLength > 0) {
      const [name, member] = payload;
      input[name] = member.isBlobSchema() ? plainBytes(body) : readXml(member, body);
    } else if (payload?.[1].isBlobSchema() === true) input[payload[0]] = new Uint8Array();
    return { operation, input };
  },
  write(service, operation, output, requestId) {
    const members = output as Readonly<Record<string, unknown>>;
    const { payload, document, status, headers } = writeBound(operation, members);
    const bound = Object.entries(headers).map(([name, text]) => [headerName(name), headerText(text)]);
    const value = payload ? members[payload[0]] : undefined;
    return {
      status: headers['Content-Range'] === undefined ? status : 206,
      headers: {
        'x-amz-request-id': requestId,
        ...(payload?.[1].isBlobSchema() === true ? {} : contentType),
        ...(Object.fromEntries(bound) as Record<string, string>),
      },
      body:
        value instanceof Uint8Array
          ? value
          : writeDocument(operation, document.length, members, service.xmlNamespace),
    };
  },
  writeError(service, error, requestId) {
    const { code: common, status } = wireError(error, 'restXml', service);
    const code = Object.hasOwn(S3_CODES, common) ? S3_CODES[common]! : common; // its own
    const details = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(error.message)}</Message>`;
    return {
      status,
      headers: { ...contentType, 'x-amz-request-id': requestId },
      body: legalXml(
        `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${details}<RequestId>${escapeXml(requestId)}</RequestId></Error>`,
      ),
    };
  },
};

/**
 * Clients that were not told to put the bucket into the path may put it before the host name.
 * @returns `/data` for `data.localhost:4566`, else nothing
 */
function hostBucket(headers: readonly string[]): string {
  const [host = ''] = headerValues(headers).get('host') ?? [];
  const bucket = /^([a-z0-9][a-z0-9.-]+)\.localhost(?::\d+)?$/i.exec(host)?.[1];
  return bucket === undefined ? '' : `/${bucket.toLowerCase()}`;
}

/** Several operations share a route: CopyObject is the one with a source, UploadPart the one with a part's number. */
function hasWhatItNeeds(
  operation: OperationModel,
  parameters: URLSearchParams,
  headers: ReadonlyMap<string, string[]>,
): boolean {
  return boundNeeds(operation).every(({ httpQuery, httpHeader }) =>
    httpQuery === undefined ? headers.has(httpHeader ?? '') : parameters.has(httpQuery),
  );
}

function readXml(schema: Schema, body: Uint8Array): unknown {
  try {
    return new XmlShapeDeserializer({ ...xmlSettings, xmlNamespace: '' }).read(
      schema,
      Buffer.from(body).toString(),
    );
  } catch (error) {
    throw new ServiceError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
      400,
      { cause: error },
    );
  }
}

function writeDocument(
  { output }: OperationModel,
  memberCount: number,
  members: Readonly<Record<string, unknown>>,
  xmlNamespace: string,
): string {
  if (memberCount === 0) return '';
  const serializer = new XmlShapeSerializer({ ...xmlSettings, xmlNamespace });
  serializer.write(output, members);
  return legalXml(`<?xml version="1.0" encoding="UTF-8"?>\n${String(serializer.flush())}`);
}

/** What no header can carry goes as RFC 2047 has it, which is how S3 gives back such metadata. */
function headerText(text: string): string {
  return /^[\t\u0020-\u007E]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`;
}

function headerName(name: string): string {
  return name.replaceAll(/[^\w!#$%&'*+.^`|~-]/g, '-');
}
