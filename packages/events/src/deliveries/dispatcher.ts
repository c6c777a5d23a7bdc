import type { EventContext } from '../context.ts';
import type { ClaimedDelivery, Lane, LaneShare } from '../ports/event-store.ts';
import type { InvocationOutcome, TargetInvoker } from '../ports/targets.ts';
import { attemptDelivery } from './attempt.ts';
import { sendDeadLetter } from './dead-letter.ts';
import { endingOf, endingOfTooOld } from './ending.ts';
import { Lanes } from './lanes.ts';

/** Most of the time attempts only wait for an answer. */
const ATTEMPTS_MAX = { attempts: 128, perLane: 16, forFirst: 32 };
/** Invoking only hands work over; whoever needs longer has lost it. */
const ATTEMPT_MAX_MS = 60_000;
/** A lease outlives its attempt, so that the end of the attempt is written before the delivery is due again. */
const LEASE_MS = 90_000;
const STORE_PAUSE_MS = 1000;
const CLOSE_PATIENCE_MS = 5000;

/**
 * Takes due deliveries from the store, tries them, and writes down how it went.
 *
 * D1 A delivery is tried only while it is claimed on disk, and its id is the same for every attempt.
 * D2 After `close` only successes are written down: what the end of the server broke off is not held against its target.
 * D3 No polling: it wakes when something is recorded, when an attempt ends, and at the next due time.
 */
export class Dispatcher {
  readonly #context: EventContext;
  readonly #invoker: TargetInvoker;
  readonly #settled: () => void;
  readonly #running = new Set<Promise<void>>();
  readonly #lanes = new Lanes<Lane>(
    ATTEMPTS_MAX,
    ({ ruleArn, targetId }) => `${ruleArn} ${targetId}`, // an ARN of a rule has no space
  );
  #claiming: Promise<void> | undefined;
  #again = false;
  #open = false;
  #cancelWake: () => void = () => undefined;

  /** @param settled  called when the end of an attempt is on disk */
  constructor(context: EventContext, invoker: TargetInvoker, settled: () => void) {
    this.#context = context;
    this.#invoker = invoker;
    this.#settled = settled;
  }

  async start(): Promise<void> {
    await this.#context.store.releaseClaims(this.#context.clock.now());
    this.#open = true;
    this.notify();
  }

  /** There may be something due. */
  notify(): void {
    if (!this.#open) return;
    if (this.#claiming) this.#again = true;
    else
      this.#claiming = this.#claimAndStart().finally(() => {
        this.#claiming = undefined;
        if (this.#again) this.notify();
      });
  }

  /** Starts nothing more and waits a little for what runs; the rest is handed out again by the next start. */
  async close(): Promise<void> {
    this.#open = false;
    this.#cancelWake();
    const { clock } = this.#context;
    let cancel: () => void = () => undefined;
    const patience = new Promise<void>((resolve) => {
      cancel = clock.wakeAt(clock.now() + CLOSE_PATIENCE_MS, resolve);
    });
    await this.#claiming;
    await Promise.race([Promise.all(this.#running), patience]);
    cancel();
  }

  async #claimAndStart(): Promise<void> {
    try {
      do {
        this.#again = false;
        await this.#claimOnce();
      } while (this.#again && this.#open);
    } catch (error) {
      this.#context.report({ kind: 'store-failed', error });
      this.#wakeAt(this.#context.clock.now() + STORE_PAUSE_MS);
    }
  }

  async #claimOnce(): Promise<void> {
    const { store, clock } = this.#context;
    if (this.#lanes.free <= 0) return; // the end of an attempt notifies
    const nowMs = clock.now();
    const shares = await this.#shares(nowMs);
    const claimed =
      shares.length === 0
        ? []
        : await store.claimDeliveries({ nowMs, leaseUntilMs: nowMs + LEASE_MS, shares });
    if (!this.#open) return; // the next start takes back what was claimed
    for (const delivery of claimed) this.#run(delivery, nowMs + ATTEMPT_MAX_MS);
    const asked = shares.reduce((sum, { deliveries }) => sum + deliveries, 0);
    if (claimed.length > 0 && claimed.length < asked) this.#again = true; // they are large: the rest comes in another turn
    const dueAtMs = await store.nextReadyMs(nowMs);
    this.#cancelWake();
    if (dueAtMs !== undefined) this.#wakeAt(dueAtMs);
  }

  async #shares(nowMs: number): Promise<LaneShare[]> {
    const { lanes, perLane } = this.#lanes.lookAt;
    const ready = await this.#context.store.readyLanes(nowMs, { lanes, deliveries: perLane });
    const counts = this.#lanes.share(ready.map(({ due, ...lane }) => ({ lane, due })));
    return ready
      .map(({ ruleArn, targetId }, index) => ({ ruleArn, targetId, deliveries: counts[index] ?? 0 }))
      .filter(({ deliveries }) => deliveries > 0);
  }

  #wakeAt(atMs: number): void {
    this.#cancelWake();
    if (this.#open) this.#cancelWake = this.#context.clock.wakeAt(atMs, () => this.notify());
  }

  #run(delivery: ClaimedDelivery, deadlineMs: number): void {
    const lane = { ruleArn: delivery.ruleArn, targetId: delivery.target.Id };
    this.#lanes.began(lane);
    const run = this.#deliver(delivery, deadlineMs)
      .catch((error: unknown) => {
        if (this.#open) this.#context.report({ kind: 'store-failed', error });
      })
      .finally(() => {
        this.#running.delete(run);
        this.#lanes.ended(lane);
        this.notify();
      });
    this.#running.add(run);
  }

  async #deliver(delivery: ClaimedDelivery, deadlineMs: number): Promise<void> {
    const { clock, ids, store } = this.#context;
    const beganAtMs = clock.now();
    let ending = endingOfTooOld(delivery, beganAtMs);
    if (!ending) {
      const outcome = await this.#attemptUntil(delivery, deadlineMs);
      if (!this.#open && outcome.kind === 'failed') return;
      ending = endingOf(delivery, outcome, { nowMs: clock.now(), uniform: ids.uniform() });
    }
    const atMs = clock.now();
    const tookMs = Math.max(0, atMs - beganAtMs); // a clock that was set back takes nothing away
    await store.settleDelivery(delivery.deliveryId, delivery.attempts, { ...ending, atMs, tookMs });
    this.#settled();
    if (ending.kind !== 'dead') return;
    this.#context.report({
      kind: 'delivery-dead',
      deliveryId: delivery.deliveryId,
      eventId: delivery.eventId,
      ruleArn: delivery.ruleArn,
      targetArn: delivery.target.Arn,
      error: ending.error,
    });
  }

  async #attemptUntil(delivery: ClaimedDelivery, deadlineMs: number): Promise<InvocationOutcome> {
    let cancel: () => void = () => undefined;
    const timeout = new Promise<InvocationOutcome>((resolve) => {
      cancel = this.#context.clock.wakeAt(deadlineMs, () =>
        resolve({
          kind: 'failed',
          errorCode: 'TIMEOUT',
          errorMessage: `The target did not answer within ${ATTEMPT_MAX_MS / 1000} seconds.`,
          retryable: true,
        }),
      );
    });
    try {
      const attempt = delivery.deadLetter
        ? sendDeadLetter(delivery, delivery.deadLetter, this.#invoker)
        : attemptDelivery(delivery, this.#invoker);
      return await Promise.race([attempt, timeout]);
    } finally {
      cancel();
    }
  }
}
