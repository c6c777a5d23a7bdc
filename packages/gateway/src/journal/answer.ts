import { ServiceError } from '@riposte/engine';

/** Larger answers are not kept: a repeated attempt makes such a call again. */
export const ANSWER_BYTES_MAX = 256 * 1024;

/** What an AWS call came to: output members or the service's refusal. */
export type Answer =
  | { kind: 'output'; requestId: string; output: Record<string, unknown> }
  | { kind: 'error'; requestId: string; error: ServiceError };

interface RecordedAnswer {
  requestId: string;
  output?: unknown;
  error?: { code: string; message: string; status: number };
}

/** Members that JSON has no value for are written as an object with this single member, e.g. `{"$date": 0}`. */
const DATE = '$date';
const BLOB = '$blob';
/** Wraps an object that would read as one of the above. */
const PLAIN = '$plain';
const TAGS = new Set([DATE, BLOB, PLAIN]);

/**
 * The answer as JSON text from which `decodeAnswer` gets the same values back, `Date` and `Uint8Array` included.
 * @returns undefined when it is larger than `ANSWER_BYTES_MAX`
 */
export function encodeAnswer(answer: Answer): string | undefined {
  const { requestId } = answer;
  const recorded: RecordedAnswer =
    answer.kind === 'output'
      ? { requestId, output: tagged(answer.output) }
      : {
          requestId,
          error: { code: answer.error.code, message: answer.error.message, status: answer.error.status },
        };
  const text = JSON.stringify(recorded);
  return Buffer.byteLength(text) > ANSWER_BYTES_MAX ? undefined : text;
}

/** @param text as `encodeAnswer` wrote it */
export function decodeAnswer(text: string): Answer {
  const { requestId, output, error } = JSON.parse(text) as RecordedAnswer;
  if (error)
    return { kind: 'error', requestId, error: new ServiceError(error.code, error.message, error.status) };
  return { kind: 'output', requestId, output: untagged(output) as Record<string, unknown> };
}

function tagged(value: unknown): unknown {
  if (value instanceof Date) return { [DATE]: value.getTime() };
  if (value instanceof Uint8Array) return { [BLOB]: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(tagged);
  if (typeof value !== 'object' || value === null) return value;
  const plain = mapMembers(value, tagged);
  return tagOf(value) === undefined ? plain : { [PLAIN]: plain };
}

function untagged(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untagged);
  if (typeof value !== 'object' || value === null) return value;
  const tag = tagOf(value);
  if (tag === undefined) return mapMembers(value, untagged);
  const content = (value as Record<string, unknown>)[tag];
  if (tag === DATE) return new Date(content as number);
  if (tag === BLOB) return new Uint8Array(Buffer.from(content as string, 'base64'));
  return mapMembers(content as object, untagged);
}

/** The tag that an object would be read as, when it is one. */
function tagOf(value: object): string | undefined {
  const names = Object.keys(value);
  return names.length === 1 && TAGS.has(names[0]!) ? names[0] : undefined;
}

function mapMembers(value: object, change: (member: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, change(member)]));
}
