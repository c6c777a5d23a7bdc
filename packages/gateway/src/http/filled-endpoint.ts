/** The values make no address of the endpoint, or one that its owner did not mean. Values are not told. */
export class UnfillableEndpoint extends Error {
  constructor(problem: string) {
    super(`The path parameter values do not fit the endpoint: ${problem}.`);
    this.name = 'UnfillableEndpoint';
  }
}

const PARTS = /^(?<origin>\w+:[/\\]*[^/\\?#]*)(?<path>[^?#]*)(?<rest>.*)$/s;
/** What URLs take for `.` and `..`. */
const DOT_SEGMENT = /^(?:\.|%2e){1,2}$/i;
const HOST_LABEL = /^[A-Za-z0-9-]+$/;

/**
 * The address of an API destination. Values may come from events, that is, from anybody, and the request carries the
 * connection's credentials: each fills its place and no more, one segment of the path or one label of the host.
 * @param endpoint  an http(s) address; each `*` is a path parameter
 * @param values  in the order of the places; a place without a value is empty
 * @throws UnfillableEndpoint
 */
export function filledEndpoint(endpoint: string, values: readonly string[]): URL {
  const left = [...values];
  const take = () => left.shift() ?? '';
  const takeEncoded = () => encodeURIComponent(take().toWellFormed());
  const parts = PARTS.exec(endpoint)?.groups;
  const origin = parts?.['origin']?.replaceAll('*', () => {
    const label = take();
    if (!HOST_LABEL.test(label)) throw new UnfillableEndpoint('one is no label of a host name');
    return label;
  });
  const path = parts?.['path']?.replaceAll(/[^/\\]*\*[^/\\]*/g, (segment) => {
    const filled = segment.replaceAll('*', takeEncoded);
    if (DOT_SEGMENT.test(filled)) throw new UnfillableEndpoint('a segment of the path would lead elsewhere');
    return filled;
  });
  const rest = parts?.['rest']?.replaceAll('*', takeEncoded);
  try {
    return new URL(`${origin}${path}${rest}`);
  } catch {
    throw new UnfillableEndpoint('they give no URL');
  }
}
