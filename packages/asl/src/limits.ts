import type { Json } from '@riposte/json';
import { stringifyJson, utf8Length } from '@riposte/json';

/** Bytes of UTF-8 that an input, a result or an output may have. */
export const PAYLOAD_BYTES_MAX = 262_144;
/** The event with this id ends a Standard execution. */
export const HISTORY_EVENTS_MAX = 25_000;
/** Observed: a Wait of 24,855 days is taken, one of 24,856 is not. */
export const WAIT_SECONDS_MAX = 2 ** 31 - 1;
/** Inline iterations that run at the same time, whatever MaxConcurrency says. */
export const INLINE_CONCURRENCY_MAX = 40;
/** Child executions of a distributed Map that run at the same time, whatever MaxConcurrency says. */
export const DISTRIBUTED_CONCURRENCY_MAX = 10_000;
/** Items that a reader takes, whatever MaxItems says. */
export const ITEMS_MAX = 100_000_000;
/** Characters that an intrinsic function takes for encoding and hashing. */
export const INTRINSIC_TEXT_MAX = 10_000;

/** @param wanted  0 asks for no limit */
export function boundedConcurrency(wanted: number, max: number): number {
  return wanted === 0 ? max : Math.min(wanted, max);
}

export function isPayloadTooLarge(value: Json): boolean {
  return utf8Length(stringifyJson(value)) > PAYLOAD_BYTES_MAX;
}
