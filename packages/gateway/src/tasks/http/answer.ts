import { MIMEType } from 'node:util';
import { parseJson } from '@riposte/asl';
import { ServiceError } from '@riposte/engine';
import type { HttpAnswer } from '../../http/http-client.ts';

/** With the number behind it. */
export const STATUS_ERROR = 'States.Http.StatusCode.';

/** What `SendTaskFailure` takes as a cause; that the service cuts here too is a guess. */
const CAUSE_LENGTH_MAX = 32_768;

/** What becomes of an answer before its body is read as JSON: the call's output, of which a journal may be kept. */
export interface HttpOutput {
  Headers: Record<string, string[]>;
  ResponseBody: string;
  StatusCode: number;
  StatusText: string;
}

/**
 * @throws ServiceError `States.Http.StatusCode.NNN` from 400 on, with the body as its text; `States.Runtime` for what is
 *   not text. That the status comes first is a guess.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html, "Unsupported HTTP Task responses"
 */
export function outputOf({ status, statusText, rawHeaders, body }: HttpAnswer): HttpOutput {
  if (status >= 400)
    throw new ServiceError(
      `${STATUS_ERROR}${status}`,
      body.toString('utf8').slice(0, CAUSE_LENGTH_MAX),
      status,
    );
  const headers = headersOf(rawHeaders);
  return {
    Headers: headers,
    ResponseBody: textOf(contentType(headers), body),
    StatusCode: status,
    StatusText: statusText,
  };
}

/** The task's result: a body that the endpoint calls JSON, and that is JSON, is read; any other stays text. */
export function resultOf({ Headers, ResponseBody, ...output }: HttpOutput): object {
  return { Headers, ResponseBody: bodyOf(contentType(Headers), ResponseBody), ...output };
}

/** With all their values, names in lower case: as in HTTP/2, and in the guide's example. */
function headersOf(raw: readonly string[]): Record<string, string[]> {
  const headers = new Map<string, string[]>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name, value] = [raw[index]!.toLowerCase(), raw[index + 1]!]; // within the list
    headers.set(name, [...(headers.get(name) ?? []), value]);
  }
  return Object.fromEntries(headers);
}

function contentType({ 'content-type': [type = ''] = [] }: Record<string, string[]>): MIMEType | undefined {
  try {
    return new MIMEType(type);
  } catch {
    return undefined;
  }
}

/** @throws ServiceError States.Runtime */
function textOf(type: MIMEType | undefined, body: Buffer): string {
  if (
    type &&
    (['image', 'video', 'audio'].includes(type.type) || type.essence === 'application/octet-stream')
  )
    throw unsupported(`its content type ${type.essence} is not supported`);
  try {
    return decoderOf(type?.params.get('charset')).decode(body);
  } catch {
    throw unsupported('its body is not valid text');
  }
}

function decoderOf(charset: string | null | undefined): TextDecoder {
  const options = { fatal: true };
  try {
    return new TextDecoder(charset ?? 'utf-8', options);
  } catch {
    return new TextDecoder('utf-8', options); // of a charset that nobody knows
  }
}

function bodyOf(type: MIMEType | undefined, text: string): unknown {
  if (!type || !/^json$|\+json$/.test(type.subtype)) return text;
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

function unsupported(reason: string): ServiceError {
  return new ServiceError('States.Runtime', `The response cannot be the task's result: ${reason}.`, 400);
}
