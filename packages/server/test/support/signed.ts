import { createHash, createHmac } from 'node:crypto';

interface Request {
  url: URL;
  service: string;
  body: string;
  headers: Record<string, string>;
}

/**
 * The headers of a POST with the well-known key's signature: for requests that the SDK would never send.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export async function signed({ url, service, body, headers }: Request): Promise<Record<string, string>> {
  const now = new Date().toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const scope = `${now.slice(0, 8)}/us-east-1/${service}/aws4_request`;
  const sent: Record<string, string> = { ...headers, host: url.host, 'x-amz-date': now };
  const names = Object.keys(sent).toSorted();
  const canonical = [
    'POST',
    url.pathname,
    '',
    ...names.map((name) => `${name}:${sent[name] ?? ''}`),
    '',
    names.join(';'),
    sha256(body),
  ].join('\n');
  const key = scope.split('/').reduce<string | Buffer>((secret, part) => hmac(secret, part), 'AWS4test');
  const signature = hmac(key, ['AWS4-HMAC-SHA256', now, scope, sha256(canonical)].join('\n')).toString('hex');
  const { host: _host, ...rest } = sent; // fetch sets it
  return {
    ...rest,
    authorization: `AWS4-HMAC-SHA256 Credential=test/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
