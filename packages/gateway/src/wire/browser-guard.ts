/**
 * Keeps browsers out of the AWS door. A page cannot be stopped from sending requests to loopback, but it cannot hide
 * that it is a page either: it sends `Origin` or fetch metadata, and a name it rebound to this machine is its own.
 */
import { headerValues, splitUrl } from './canonical-request.ts';

/** On every answer: should a browser get one, it neither guesses its type, nor runs, shows or keeps it. */
export const protectiveHeaders: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "sandbox; default-src 'none'",
  'Cache-Control': 'no-store',
};

export interface GuardedRequest {
  url: string;
  /** Name, value, name, value, … */
  headers: readonly string[];
  /** Where the connection came in. */
  port: number | undefined;
  /** The address of this machine that the client reached: as a `Host` it is no name that anybody could rebind. */
  address?: string | undefined;
  /** Our names besides those of loopback, `host` or `host:port`. */
  allowedHosts: readonly string[];
}

/** @returns why the request is refused, in a sentence for a person, or undefined */
export function browserRefusal(request: GuardedRequest): string | undefined {
  const headers = headerValues(request.headers);
  const hosts = headers.get('host') ?? [];
  const [host] = hosts;
  if (host === undefined || hosts.length > 1) return 'The request must carry exactly one Host header.';
  if (!request.url.startsWith('/')) return 'The request target must be a path.';
  const reached = request.address?.replace(/^::ffff:/, '').toLowerCase();
  const ours = reached === undefined ? [] : [reached.includes(':') ? `[${reached}]` : reached];
  const allowed = [...ours, ...request.allowedHosts.map((name) => name.toLowerCase())];
  if (!isOurHost(host.toLowerCase(), request.port, allowed))
    return `The host '${host}' is not a name of this server. Use localhost or 127.0.0.1, or start the server with --allowed-host ${host}.`;
  if (headers.has('origin'))
    return 'Requests with an Origin header come from web pages, and are not answered.';
  const site = headers.get('sec-fetch-site');
  if (site !== undefined && site.join(',') !== 'none')
    return 'Requests with Sec-Fetch-Site other than none come from web pages, and are not answered.';
  const names = [...new URLSearchParams(splitUrl(request.url).query).keys()];
  if (names.some((name) => /^(x-amz-(signature|algorithm|credential)|awsaccesskeyid)$/i.test(name)))
    return 'Signatures in the query string (presigned URLs) are not accepted. Sign with the Authorization header.';
  return undefined;
}

const LOOPBACK = /^(localhost|([a-z0-9-]+\.)+localhost|127\.0\.0\.1|\[::1\])$/;

function isOurHost(host: string, port: number | undefined, allowedHosts: readonly string[]): boolean {
  const bare = host.replace(/:\d+$/, '');
  const isOurPort = bare === host || host === `${bare}:${port}`;
  // StartSyncExecution and TestState put `sync-` before whatever host name the client has.
  return [host, host.replace(/^sync-/, '')].some((name) => {
    const bareName = name.replace(/:\d+$/, '');
    return (
      allowedHosts.includes(name) ||
      (isOurPort && (LOOPBACK.test(bareName) || allowedHosts.includes(bareName)))
    );
  });
}
