import { createHash } from 'node:crypto';

/**
 * One run of one task attempt, as far as the gateway sees it: it numbers the calls that name the same thing. A
 * crashed attempt that runs again is a new run, numbers its calls from 0 again, and so finds the recorded answers.
 */
export class Run {
  readonly #prefix: string;
  readonly #counts = new Map<string, number>();

  /** @param callPath  the journal key of the invocation that this run came from, when a function invoked it */
  constructor(callPath?: string) {
    this.#prefix = callPath === undefined ? '' : `${digest(callPath)}/`;
  }

  /** Names the next call of this kind in this run; see docs/decisions/0004. */
  nextKey(call: { service: string; operation: string; subject: string }): string {
    const subject = call.subject.length > SUBJECT_MAX ? digest(call.subject) : call.subject;
    const name = `${this.#prefix}${call.service}:${call.operation}:${subject}`;
    const count = this.#counts.get(name) ?? 0;
    this.#counts.set(name, count + 1);
    return `${name}:${count}`;
  }
}

/** Characters. Longer ones are told apart by their digest, so that a key stays a short text. */
const SUBJECT_MAX = 500;

/**
 * What a call is about. A change is recognised by what it names, because its other members may hold the time or a
 * random token; a read by its whole request.
 * @param touched  names of resources, from the request alone: the state of the account may differ in the next run
 */
export function subjectOf(call: {
  access: 'read' | 'write';
  region: string;
  input: object;
  resourceArn: string;
  touched: readonly string[];
  /** What the operation itself says it is about. */
  named?: string | undefined;
}): string {
  if (call.access === 'read') return digest(JSON.stringify([call.region, sorted(call.input)]));
  if (call.named !== undefined) return digest(call.named);
  return call.touched.length > 0 ? call.touched.join(' ') : call.resourceArn;
}

/** The same value with members in order of name: the order they were written in means nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
