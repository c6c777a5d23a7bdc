import type { Caller } from '@riposte/account';
import type { Clock } from '@riposte/engine';
import type { Runs } from './runs.ts';

/**
 * Sessions that a step's function got from AssumeRole: their calls are counted as long as the session lasts, below
 * its access key id. A repeated attempt is given the same session again, by the answer of its AssumeRole call.
 */
export class AssumedSessions {
  readonly #runs: Runs;
  readonly #clock: Clock;
  readonly #callers = new Map<string, { caller: Caller; expiresAtMs: number }>();

  constructor(runs: Runs, clock: Clock) {
    this.#runs = runs;
    this.#clock = clock;
  }

  /** @returns one and the same caller for all requests of a session; callers without a step pass unchanged */
  callerOf(accessKeyId: string, caller: Caller, expiresAtMs = 0): Caller {
    if (caller.kind !== 'role-session' || !caller.step) return caller;
    const held = this.#callers.get(accessKeyId);
    if (held) return held.caller;
    this.#forgetExpired();
    const counted: Caller = { ...caller, step: { ...caller.step, callPath: accessKeyId } };
    this.#runs.begin(counted);
    this.#callers.set(accessKeyId, { caller: counted, expiresAtMs });
    return counted;
  }

  /** Never one that can still sign: its numbers would begin at 0 again, and meet answers of this very run. */
  #forgetExpired(): void {
    const nowMs = this.#clock.now();
    for (const [accessKeyId, { expiresAtMs }] of this.#callers)
      if (expiresAtMs < nowMs) this.#callers.delete(accessKeyId);
  }
}
