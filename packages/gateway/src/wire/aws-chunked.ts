/**
 * Bodies that newer S3 clients send in chunks of their own (`aws-chunked`), with checksums behind the last one:
 * `<hex size>\\r\\n<bytes>\\r\\n … 0\\r\\n<trailer name>:<value>\\r\\n\\r\\n`.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
import { ServiceError } from '@riposte/engine';
import { headerValues, type WireRequest } from './canonical-request.ts';

/** What `x-amz-content-sha256` says of chunks without signatures of their own. */
export const UNSIGNED_CHUNKS = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

/**
 * The body as it was before it was cut, with the trailers among the headers; any other request as it is.
 * @throws ServiceError IncompleteBody
 */
export function chunkedBody(request: WireRequest): Pick<WireRequest, 'headers' | 'body'> {
  const { headers, body } = request;
  const values = headerValues(headers);
  if (values.get('x-amz-content-sha256')?.join(',') !== UNSIGNED_CHUNKS) return { headers, body };
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const pieces: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf('\r\n', at);
    const size = /^[0-9a-f]{1,8}$/i.exec(bytes.subarray(at, end === -1 ? at : end).toString('latin1'))?.[0];
    if (size === undefined) throw incomplete('a chunk has no size');
    const from = end + 2;
    const to = from + Number.parseInt(size, 16);
    at = to + 2;
    if (to === from) {
      const trailers = trailersIn(bytes.subarray(from));
      const content = Buffer.concat(pieces);
      const told = values.get('x-amz-decoded-content-length')?.join(',');
      if (told !== undefined && Number(told) !== content.byteLength)
        throw incomplete(`${content.byteLength} bytes came, and the header tells of ${told}`);
      return { headers: [...withoutChunking(headers), ...trailers], body: content };
    }
    if (bytes.subarray(to, at).toString('latin1') !== '\r\n') throw incomplete('a chunk ends early');
    pieces.push(bytes.subarray(from, to));
  }
}

/** Name, value, name, value, … */
function trailersIn(bytes: Buffer): string[] {
  return bytes
    .toString('latin1')
    .split('\r\n')
    .flatMap((line) => {
      const colon = line.indexOf(':');
      return colon === -1 ? [] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    });
}

/** The object's own encoding stays. */
function withoutChunking(headers: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index]!; // in range, see the loop's condition
    const value = headers[index + 1]!;
    const lower = name.toLowerCase();
    if (lower === 'content-length') continue; // of the chunks
    if (lower !== 'content-encoding') {
      kept.push(name, value);
      continue;
    }
    const encodings = value.split(',').map((encoding) => encoding.trim());
    const own = encodings.filter((encoding) => encoding !== 'aws-chunked').join(',');
    if (own !== '') kept.push(name, own);
  }
  return kept;
}

function incomplete(why: string): ServiceError {
  return new ServiceError(
    'IncompleteBody',
    `The request body terminated unexpectedly: its chunks (aws-chunked) cannot be read, ${why}.`,
  );
}
