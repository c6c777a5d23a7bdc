/** @see https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html, "HTTP Task fields" */
const REFUSED: ReadonlySet<string> = new Set(
  (
    'a-im accept-charset accept-datetime accept-encoding authorization cache-control connection content-encoding ' +
    'content-md5 date expect forwarded from host http2-settings max-forwards origin pragma proxy-authorization ' +
    'referer server te trailer transfer-encoding upgrade via warning'
  ).split(' '),
);
const REFUSED_STARTS = ['if-', 'x-forwarded-', 'x-amz-', 'x-amzn-'];
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/** Those that the connection or the service sets, and what is no header's name. */
export function isRefusedHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return REFUSED.has(lower) || REFUSED_STARTS.some((start) => lower.startsWith(start)) || !TOKEN.test(name);
}

/**
 * In the service's words, of which a public account of a refused definition is the source.
 * @see https://dev.classmethod.jp/articles/stepfunctions-http-endpoint-unsupported-authorization-header
 */
export function headerProblems(names: readonly string[]): string[] {
  const refused = names.filter(isRefusedHeader).map((name) => name.toLowerCase());
  return refused.length === 0
    ? []
    : [`The 'Headers' field contains unsupported values: [${refused.join(', ')}]`];
}
