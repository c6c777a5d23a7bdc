import type { InspectionDataRequest, InspectionDataResponse } from '@riposte/asl';
import type { HttpAnswer } from '../../http/http-client.ts';
import type { HttpRequest } from './request.ts';

/**
 * A request as TestState shows it at level TRACE.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html, "Using TRACE inspectionLevel"
 */
export function shownRequest({ method, url, headers, body }: HttpRequest): InspectionDataRequest {
  const lines = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value) => `${name}: ${value}`),
  );
  return {
    protocol: protocolOf(url),
    method,
    url: url.href,
    headers: listText(lines),
    ...(body !== undefined && { body }),
  };
}

/** @param body  absent where it is more than a state may carry */
export function shownResponse(
  { url }: HttpRequest,
  { status, statusText, rawHeaders }: HttpAnswer,
  body: string | undefined,
): InspectionDataResponse {
  const lines: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2)
    lines.push(`${rawHeaders[index]?.toLowerCase()}: ${rawHeaders[index + 1]}`); // as in HTTP/2, and in the guide
  return {
    protocol: protocolOf(url),
    statusCode: String(status),
    statusMessage: statusText,
    headers: listText(lines),
    ...(body !== undefined && { body }),
  };
}

/** Without its colon. */
function protocolOf({ protocol }: URL): string {
  return protocol.slice(0, -1);
}

function listText(lines: readonly string[]): string {
  return `[${lines.join(', ')}]`;
}
