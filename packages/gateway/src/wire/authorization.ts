/** The `Authorization` header of Signature Version 4. */

export interface Authorization {
  accessKeyId: string;
  /** `yyyymmdd` */
  day: string;
  region: string;
  /** Signing name, e.g. `iam`: with awsQuery nothing else in the request names the service. */
  service: string;
  /** Lower case, as listed. */
  signedHeaders: readonly string[];
  /** Hex. */
  signature: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** @returns what the header says, or what is wrong with it in one sentence */
export function parseAuthorization(header: string): Authorization | { problem: string } {
  const space = header.search(/\s/);
  const algorithm = space === -1 ? header : header.slice(0, space);
  if (algorithm.startsWith('AWS4-ECDSA'))
    return { problem: `SigV4a (${algorithm}) is not supported; sign with ${ALGORITHM}.` };
  if (algorithm !== ALGORITHM)
    return { problem: `The Authorization header must begin with ${ALGORITHM}, not '${algorithm}'.` };
  const parts = new Map<string, string>();
  for (const part of header.slice(algorithm.length).split(',')) {
    const equals = part.indexOf('=');
    if (equals !== -1) parts.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  const missing = ['Credential', 'Signature', 'SignedHeaders'].filter((name) => !parts.get(name));
  if (missing.length > 0)
    return { problem: missing.map((name) => `Authorization header requires '${name}' parameter.`).join(' ') };
  return readParts(
    parts.get('Credential') ?? '',
    parts.get('SignedHeaders') ?? '',
    parts.get('Signature') ?? '',
  );
}

function readParts(
  credential: string,
  signedHeaders: string,
  signature: string,
): Authorization | { problem: string } {
  const match = /^([^/]+)\/(\d{8})\/([\w-]+)\/([\w-]+)\/aws4_request$/.exec(credential);
  if (match === null)
    return {
      problem:
        'Credential must be <access key id>/<yyyymmdd>/<region>/<service>/aws4_request in the Authorization header.',
    };
  const [, accessKeyId = '', day = '', region = '', service = ''] = match;
  return {
    accessKeyId,
    day,
    region,
    service,
    signedHeaders: signedHeaders.toLowerCase().split(';'),
    signature,
  };
}
