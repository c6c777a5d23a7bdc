import jsonata from 'jsonata';
import { MEMORY_BYTES_MAX, memoryExceeded } from './bounds.ts';
import type { Evaluating, Hash } from './guard.ts';
import { evaluatingIn } from './guard.ts';
import { lookUp } from './own-members.ts';
import { uniformsFrom, uuidFrom } from './prng.ts';

type Focus = jsonata.Focus;
type Builtin = { implementation(this: unknown, ...values: unknown[]): unknown };

/** The library's own functions, as it hands them out; an expression may give their names to variables of its own. */
const builtins = jsonata('{"fromMillis": $fromMillis, "toMillis": $toMillis, "pad": $pad}').evaluate(
  undefined,
) as Promise<Record<'fromMillis' | 'toMillis' | 'pad', Builtin>>;

/** Observed: `$range(1, 360145, 1)` is taken, one item more is not. */
const RANGE_ITEMS_MAX = 360_145;

/**
 * Adds the service's functions, takes `$eval` away, and gives those that ask for time or chance the evaluation's own.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
export function defineServiceFunctions(expression: jsonata.Expression): void {
  const define = expression.registerFunction.bind(expression);
  expression.assign('eval', undefined);
  define('partition', partition, '<an?:a>');
  define('range', range, '<n?n?n?:a>');
  define('hash', hash, '<s?s?:s>');
  define('random', random, '<n?:n>');
  define('uuid', uuid, '<:s>');
  define(
    'parse',
    (text?: string) => (text === undefined ? undefined : (JSON.parse(text) as unknown)),
    '<s-:x>',
  );
  define('shuffle', shuffle, '<a:a>');
  define('millis', millis, '<:n>');
  define('now', now, '<s?s?:s>');
  define('toMillis', toMillis, '<s-s?:n>');
  define('pad', pad, '<s-ns?:s>');
  define('lookup', (input: unknown, name: string) => lookUp(input, name), '<x-s:x>');
}

function evaluating(focus: Focus): Evaluating {
  return evaluatingIn(focus.environment);
}

/** Chunks of `size` items, the last maybe shorter. None at all, or no size, is undefined. */
function partition(items?: unknown[], size?: number): unknown[][] | undefined {
  const length = Math.trunc(size ?? 0);
  if (items === undefined || items.length === 0 || length <= 0) return undefined;
  const chunks: unknown[][] = [];
  for (let at = 0; at < items.length; at += length) chunks.push(items.slice(at, at + length));
  return chunks;
}

/** Both ends included. A step that leads away from the end, or none, is undefined; one item alone is no array. */
function range(start?: number, end?: number, step?: number): unknown {
  if (start === undefined || end === undefined || step === undefined) return undefined;
  const [from, to, by] = [start, end, step].map(Math.trunc) as [number, number, number];
  const count = by === 0 ? 0 : Math.floor((to - from) / by) + 1;
  if (count <= 0) return undefined;
  if (count > RANGE_ITEMS_MAX) throw memoryExceeded();
  return count === 1 ? from : Array.from({ length: count }, (_, index) => from + index * by);
}

const ALGORITHMS = ['MD5', 'SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'] as const;

function hash(this: Focus, text?: string, name?: string): string | undefined {
  if (text === undefined || name === undefined) return undefined;
  const algorithm = ALGORITHMS.find((known) => known === name);
  const digest: Hash | undefined = evaluating(this).hash;
  if (algorithm === undefined || digest === undefined) throw new Error(`Invalid hashing algorithm: ${name}`);
  return digest(algorithm, text);
}

function random(this: Focus, seed?: number): number {
  if (seed === undefined) return evaluating(this).uniform();
  const word = Math.trunc(seed);
  return uniformsFrom([word | 0, Math.floor(word / 2 ** 32) | 0, 0, 1])();
}

function uuid(this: Focus): string {
  return uuidFrom(evaluating(this).uniform);
}

function shuffle(this: Focus, items?: unknown[]): unknown[] | undefined {
  if (items === undefined || items.length < 2) return items;
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = Math.floor(evaluating(this).uniform() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other], shuffled[last]];
  }
  return shuffled;
}

function millis(this: Focus): number {
  return evaluating(this).nowMs;
}

async function now(this: Focus, picture?: string, timezone?: string): Promise<unknown> {
  const { fromMillis } = await builtins;
  return fromMillis.implementation.call(this, evaluating(this).nowMs, picture, timezone);
}

/** A text without a date means the evaluation's own day. */
async function toMillis(this: Focus, text?: string, picture?: string): Promise<unknown> {
  const { toMillis } = await builtins;
  const timestamp = new Date(evaluating(this).nowMs);
  return toMillis.implementation.call({ environment: { timestamp } }, text, picture);
}

async function pad(this: Focus, text?: string, width?: number, fill?: string): Promise<unknown> {
  if (Math.abs(width ?? 0) > MEMORY_BYTES_MAX) throw memoryExceeded();
  const { pad } = await builtins;
  return pad.implementation.call(this, text, width, fill);
}

/** Whether an expression that names these functions needs a seed. */
export function asksForChance(names: ReadonlySet<string>): boolean {
  return names.has('random') || names.has('uuid') || names.has('shuffle');
}
