import { fillInteger, fillTyped } from '../data/jsonata.ts';
import { parsePath } from '../data/paths.ts';
import { select } from '../data/select.ts';
import { effectiveInput, leave } from '../data/flow.ts';
import { EvaluationFailure, runtimeFailure } from '../errors/failure.ts';
import type { Json } from '@riposte/json';
import { stringifyJson } from '@riposte/json';
import { WAIT_SECONDS_MAX } from '../limits.ts';
import type { WaitState } from '../machine.ts';
import { parseTimestamp } from '../timestamps.ts';
import type { StateHandler, Visit } from './handler.ts';

const SECONDS_MAX = 99_999_999;

/** Waits for a number of seconds or until an instant; one that has passed does not delay. */
export const Wait: StateHandler<WaitState> = {
  evaluatesAfterEntered: true,
  async enter(state, visit) {
    const input = await effectiveInput(state, visit);
    const untilMs = await wakeUpMs(state, visit, input);
    if (untilMs > visit.nowMs + WAIT_SECONDS_MAX * 1000)
      throw runtimeFailure('Wait state delay is too long.');
    return { type: 'wait', untilMs };
  },
  async complete(state, visit) {
    const input = await effectiveInput(state, visit);
    return { type: 'exit', left: await leave(state, visit, input, input), next: state.Next };
  },
};

async function wakeUpMs(state: WaitState, visit: Visit, input: Json): Promise<number> {
  if (visit.language === 'JSONata') return evaluatedWakeUpMs(state, visit);
  if (state.Seconds !== undefined) return visit.nowMs + Number(state.Seconds) * 1000; // a number: checked
  if (state.SecondsPath !== undefined) return visit.nowMs + secondsAt(state.SecondsPath, visit, input) * 1000;
  if (state.TimestampPath !== undefined) return instantAt(state.TimestampPath, visit, input);
  return Math.ceil(parseTimestamp(state.Timestamp ?? '') ?? visit.nowMs); // checked: one of four, and well-formed
}

async function evaluatedWakeUpMs({ Seconds, Timestamp }: WaitState, visit: Visit): Promise<number> {
  if (Seconds !== undefined)
    return visit.nowMs + (await fillInteger(Seconds, 'Seconds', visit, { min: 0, max: SECONDS_MAX })) * 1000;
  const text = await fillTyped('string', Timestamp ?? '', 'Timestamp', visit); // checked: one of the two
  const ms = parseTimestamp(text);
  if (ms === undefined)
    throw new EvaluationFailure(
      `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${text}`,
      'Timestamp',
    );
  return Math.ceil(ms);
}

function secondsAt(path: string, visit: Visit, input: Json): number {
  const found = select(parsePath(path), visit.evaluation(input));
  if (!found.found)
    throw runtimeFailure(`The SecondsPath parameter does not reference an input value: ${path}`);
  const seconds = found.value;
  if (typeof seconds !== 'number' || !Number.isSafeInteger(seconds))
    throw runtimeFailure(
      `The SecondsPath parameter cannot be parsed as a long value: ${path} == ${plainText(seconds)}`,
    );
  if (seconds < 0)
    throw runtimeFailure(`The SecondsPath parameter references a negative value: ${path} == ${seconds}`);
  return seconds;
}

function instantAt(path: string, visit: Visit, input: Json): number {
  const found = select(parsePath(path), visit.evaluation(input));
  if (!found.found)
    throw runtimeFailure(`The TimestampPath parameter does not reference an input value: ${path}`);
  const ms = typeof found.value === 'string' ? parseTimestamp(found.value) : undefined;
  if (ms === undefined)
    throw runtimeFailure(
      `The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: ${path} == ${plainText(found.value)}`,
    );
  return Math.ceil(ms);
}

function plainText(value: Json): string {
  return typeof value === 'string' ? value : stringifyJson(value);
}
