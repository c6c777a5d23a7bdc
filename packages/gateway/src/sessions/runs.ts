import type { Caller } from '@riposte/account';
import { Run } from '../journal/run.ts';

/**
 * Which run of a task attempt a caller stands for. A caller object is made for one run and never shared, so the
 * object itself is the key: a call that comes late is still counted where it belongs.
 */
export class Runs {
  readonly #runs = new WeakMap<Caller, Run>();

  /** From here on calls of this caller are numbered from 0. */
  begin(caller: Caller): void {
    const path = caller.kind === 'role-session' ? caller.step?.callPath : undefined;
    this.#runs.set(caller, new Run(path));
  }

  of(caller: Caller): Run | undefined {
    return this.#runs.get(caller);
  }
}
