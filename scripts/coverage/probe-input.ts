import { ServiceError } from '@riposte/engine';
// The gateway's own tables, past its door: nobody but this page needs them.
import type { ServiceOperation } from '../../packages/gateway/src/pipeline/operation.ts';
import { constraintOf } from '../../packages/gateway/src/wire/constraints.ts';
import type { Schema } from '../../packages/gateway/src/wire/models.ts';
import { requiredMembers } from '../../packages/gateway/src/wire/validation.ts';

/** What a handler does with its input. */
export interface InputProbe {
  /** Members that it looks at, dotted; items of lists as `[]`. */
  read: ReadonlySet<string>;
  /** By member: the message of a refusal that names it; of some values that were tried, or of all. */
  refused: ReadonlyMap<string, { message: string; always: boolean }>;
}

const DEFINITION = '{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}';
const REFUSED = /Riposte|this server/;

/**
 * Runs an operation's handler over made-up rooms that agree to everything, and watches which members of its input it
 * asks for, and which values of them it refuses by name.
 */
export async function probeInput(operation: ServiceOperation<object>, input: Schema): Promise<InputProbe> {
  const read = new Set<string>();
  for (const whole of samplesOf(input)) await run(operation, recording(whole as object, '', read)); // an input is a structure
  const refused = new Map<string, { message: string; always: boolean }>();
  for (const [name, member] of membersOf(input)) {
    const values = samplesOf(member, { structure: input.getName() ?? '', name });
    const messages: string[] = [];
    for (const value of values) {
      const message = await run(operation, recording({ ...required(input), [name]: value }, '', read));
      if (message !== undefined && REFUSED.test(message) && message.includes(name)) messages.push(message);
    }
    if (messages[0] !== undefined)
      refused.set(name, { message: messages[0], always: messages.length === values.length });
  }
  return { read, refused };
}

/** @returns the message of the refusal, if it is one */
async function run(operation: ServiceOperation<object>, input: object): Promise<string | undefined> {
  try {
    await operation.handle(agreeable(), input);
  } catch (error) {
    if (error instanceof ServiceError) return error.message;
  }
  return undefined;
}

/** An object of which every member is another like it, and can be called. */
function agreeable<T>(): T {
  return new Proxy(() => undefined, {
    get(_, name) {
      if (name === 'then') return undefined; // or an await would wait for it
      if (name === Symbol.toPrimitive) return () => '0';
      if (name === Symbol.iterator) return () => [].values();
      return agreeable();
    },
    apply: () => agreeable(),
  }) as T; // whatever is asked of it
}

function recording<T extends object>(value: T, at: string, read: Set<string>): T {
  return new Proxy(value, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof name === 'symbol' || !Object.hasOwn(target, name) || name === 'length') return member;
      const place = Array.isArray(target) ? `${at}[]` : at === '' ? name : `${at}.${name}`;
      read.add(place);
      const isPlain = typeof member === 'object' && member !== null && !(member instanceof Date);
      return isPlain ? recording(member, place, read) : member;
    },
  });
}

export function membersOf(schema: Schema): [string, Schema][] {
  return schema.isStructSchema() ? [...schema.structIterator()] : [];
}

function required(input: Schema): object {
  const structure = input.getName() ?? '';
  const needed = new Set(requiredMembers(input));
  return Object.fromEntries(
    membersOf(input)
      .filter(([name]) => needed.has(name))
      .map(([name, member]) => [name, samplesOf(member, { structure, name })[0]]),
  );
}

/** Values that differ in what a handler may refuse: every word of an enumeration, every structure with each of them. */
function samplesOf(schema: Schema, of?: { structure: string; name: string }): unknown[] {
  const words = of && constraintOf('states', of.structure, of.name)?.values;
  if (words) return [...words];
  if (schema.isBooleanSchema()) return [true];
  if (schema.isNumericSchema()) return [1];
  if (schema.isTimestampSchema()) return [new Date(0)];
  if (schema.isListSchema()) return samplesOf(schema.getValueSchema()).map((item) => [item]);
  if (schema.isMapSchema()) return samplesOf(schema.getValueSchema()).map((value) => ({ key: value }));
  if (!schema.isStructSchema()) return [textFor(of?.name ?? '')];
  const structure = schema.getName() ?? '';
  const members = membersOf(schema).map(
    ([name, member]) => [name, samplesOf(member, { structure, name })] as const,
  );
  const first = Object.fromEntries(members.map(([name, values]) => [name, values[0]]));
  return [
    first,
    ...members.flatMap(([name, values]) =>
      values.slice(1).map((value) => Object.assign({}, first, { [name]: value })),
    ),
  ];
}

function textFor(name: string): string {
  if (name === 'definition') return DEFINITION;
  if (/arn$/i.test(name)) return 'arn:aws:states:us-east-1:000000000000:stateMachine:machine';
  return '{}';
}
