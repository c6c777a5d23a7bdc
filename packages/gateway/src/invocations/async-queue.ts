import type { AccountReading, AccountTransaction } from '@riposte/account';
import type { StepReference } from '@riposte/engine';
import { lanePlace, type LanePlace } from '@riposte/events';
import { timeText } from './time-text.ts';

/** An invocation of type Event: answered before it runs. */
export interface AsyncInvocation {
  region: string;
  functionName: string;
  /** JSON text. */
  payload: string;
  /** The same for every attempt, as on AWS. */
  requestId: string;
  step?: StepReference;
  simulated?: boolean;
  clientContext?: string;
}

/** What waits behind one another: the invocations of one function. */
export interface FunctionLane {
  region: string;
  functionName: string;
}

/** The next attempt of an accepted invocation. Kept apart from what it sends, so that a look at many is cheap. */
export interface DueAttempt extends FunctionLane {
  requestId: string;
  acceptedAtMs: number;
  /** Attempts that ended. */
  attempts: number;
  dueAtMs: number;
}

interface ReadyAttempts {
  lane: FunctionLane;
  /** The longest due first, counted only as far as was asked for. */
  due: DueAttempt[];
}

/** What is sent, by request id. */
const REQUEST_TYPE = 'lambda:async-request';
/** By function and due time. */
const ATTEMPT_TYPE = 'lambda:async-attempt';
/** Places of functions, by function, and the same in the order in which they have waited. */
const LANE_TYPE = 'lambda:async-lane';
const LANE_ORDER_TYPE = 'lambda:async-lane-order';
/** Invocations in one order of due times, as earlier versions kept them. */
const EARLIER_TYPE = 'lambda:async-invocation';
const MOVED_MAX = 100;

export function putInvocation(
  transaction: AccountTransaction,
  invocation: AsyncInvocation,
  nowMs: number,
): void {
  add(transaction, invocation, { acceptedAtMs: nowMs, attempts: 0, dueAtMs: nowMs }, nowMs);
}

function add(
  transaction: AccountTransaction,
  invocation: AsyncInvocation,
  times: Pick<DueAttempt, 'acceptedAtMs' | 'attempts' | 'dueAtMs'>,
  nowMs: number,
): void {
  const { region, functionName, requestId } = invocation;
  const attempt: DueAttempt = { region, functionName, requestId, ...times };
  transaction.put(REQUEST_TYPE, requestId, invocation);
  transaction.put(ATTEMPT_TYPE, idOf(attempt), attempt);
  queueLane(transaction, attempt, { nowMs });
}

export function invocationOf(reading: AccountReading, requestId: string): AsyncInvocation | undefined {
  return reading.get<AsyncInvocation>(REQUEST_TYPE, requestId);
}

/** @param ended.tookMs  of the attempt that has ended */
export function postpone(
  transaction: AccountTransaction,
  attempt: DueAttempt,
  next: Pick<DueAttempt, 'attempts' | 'dueAtMs'>,
  ended: { nowMs: number; tookMs: number },
): void {
  const postponed: DueAttempt = { ...attempt, ...next };
  transaction.delete(ATTEMPT_TYPE, idOf(attempt));
  transaction.put(ATTEMPT_TYPE, idOf(postponed), postponed);
  queueLane(transaction, attempt, ended);
}

/** @param ended.tookMs  of the attempt that has ended */
export function forget(
  transaction: AccountTransaction,
  attempt: DueAttempt,
  ended: { nowMs: number; tookMs: number },
): void {
  transaction.delete(REQUEST_TYPE, attempt.requestId);
  transaction.delete(ATTEMPT_TYPE, idOf(attempt));
  queueLane(transaction, attempt, ended);
}

/**
 * Functions with attempts that are due and not under way, in the order of their places (`lanePlace`), and the first
 * instant at which there will be others; that one is left out where more functions are ready than are looked at.
 * @param lookAt  functions, and attempts of one that are due and not under way
 */
export function readyAttempts(
  reading: AccountReading,
  nowMs: number,
  lookAt: { lanes: number; perLane: number },
  underWay: { count(lane: FunctionLane): number; has(requestId: string): boolean },
): { ready: ReadyAttempts[]; nextMs: number | undefined } {
  const ready: ReadyAttempts[] = [];
  const next: number[] = [];
  for (const lane of reading.list<FunctionLane & LanePlace>(LANE_ORDER_TYPE, '', lookAt.lanes + 1)) {
    if (lane.readyAtMs > nowMs) {
      next.push(lane.readyAtMs);
      break; // the others are ready later still
    }
    // at worst all that are under way come first, and one more tells when there is work again
    const limit = underWay.count(lane) + lookAt.perLane + 1;
    const waiting = reading
      .list<DueAttempt>(ATTEMPT_TYPE, `${laneId(lane)}/`, limit)
      .filter(({ requestId }) => !underWay.has(requestId));
    const due = waiting.filter(({ dueAtMs }) => dueAtMs <= nowMs);
    const later = waiting[due.length];
    if (later) next.push(later.dueAtMs);
    ready.push({ lane, due });
  }
  return { ready, nextMs: next.length === 0 ? undefined : Math.min(...next) };
}

/** @returns whether there may be more */
export function moveEarlier(transaction: AccountTransaction, nowMs: number): boolean {
  const earlier = transaction.list<AsyncInvocation & DueAttempt>(EARLIER_TYPE, '', MOVED_MAX);
  for (const { acceptedAtMs, attempts, dueAtMs, ...invocation } of earlier) {
    transaction.delete(EARLIER_TYPE, `${timeText(dueAtMs)}/${invocation.requestId}`);
    add(transaction, invocation, { acceptedAtMs, attempts, dueAtMs }, nowMs);
  }
  return earlier.length === MOVED_MAX;
}

function queueLane(
  transaction: AccountTransaction,
  { region, functionName }: FunctionLane,
  change: { nowMs: number; tookMs?: number },
): void {
  const id = laneId({ region, functionName });
  const before = transaction.get<LanePlace>(LANE_TYPE, id);
  const first = transaction.list<DueAttempt>(ATTEMPT_TYPE, `${id}/`, 1)[0];
  const place = first && lanePlace(before, { firstDueMs: first.dueAtMs, ...change });
  if (place && place.readyAtMs === before?.readyAtMs && place.usedMs === before.usedMs) return;
  if (before) transaction.delete(LANE_ORDER_TYPE, `${timeText(before.readyAtMs)}/${id}`);
  if (!place) return void transaction.delete(LANE_TYPE, id);
  transaction.put(LANE_TYPE, id, place);
  transaction.put(LANE_ORDER_TYPE, `${timeText(place.readyAtMs)}/${id}`, { region, functionName, ...place });
}

/** @returns the same for one function alone: neither regions nor names of functions have a slash */
export function laneId({ region, functionName }: FunctionLane): string {
  return `${region}/${functionName}`;
}

function idOf(attempt: DueAttempt): string {
  return `${laneId(attempt)}/${timeText(attempt.dueAtMs)}/${attempt.requestId}`;
}
