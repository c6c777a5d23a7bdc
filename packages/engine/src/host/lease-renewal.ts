import type { Clock } from '../ports/clock.ts';
import type { Claim } from '../ports/store.ts';

export interface LeaseRenewalOptions {
  clock: Clock;
  worker: string;
  leaseMs: number;
  /** Moves the end of this worker's leases. */
  extend: (claim: Claim) => Promise<void>;
  /** Whether anything is held. */
  isHolding: () => boolean;
  report: (error: unknown) => void;
}

/** Gives leases, and keeps those that are held. */
export class LeaseRenewal {
  readonly #options: LeaseRenewalOptions;
  #stop: (() => void) | undefined;
  #isClosed = false;

  constructor(options: LeaseRenewalOptions) {
    this.#options = options;
  }

  lease(): Claim {
    const { worker, clock, leaseMs } = this.#options;
    return { worker, untilMs: clock.now() + leaseMs };
  }

  /** Something is held from now on. */
  held(): void {
    if (this.#stop || this.#isClosed) return;
    const { clock, leaseMs, extend, isHolding, report } = this.#options;
    // renewed at a third: two lost renewals must not end the lease
    this.#stop = clock.wakeAt(clock.now() + leaseMs / 3, () => {
      this.#stop = undefined;
      if (!isHolding()) return;
      extend(this.lease()).catch(report);
      this.held();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#stop?.();
  }
}
