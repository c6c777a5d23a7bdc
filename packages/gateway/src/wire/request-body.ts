import type { IncomingMessage } from 'node:http';

/**
 * The whole body, or `undefined` when it is longer than `limitBytes`: the rest is then read and thrown away, so that
 * a client that is still sending can read the answer.
 * @throws Error when the connection breaks, or broke, before the body is complete
 */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Uint8Array | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) {
    request.resume();
    return Promise.resolve(undefined);
  }
  if (request.destroyed) return Promise.reject(brokenOff());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes <= limitBytes) chunks.push(chunk);
      else {
        chunks.length = 0;
        resolve(undefined);
      }
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
    request.on('close', () => reject(brokenOff()));
  });
}

function brokenOff(): Error {
  return new Error('The connection closed before the request was complete');
}
