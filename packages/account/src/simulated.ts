import type { Caller } from './ports/caller.ts';

/** Whether the caller acts because of an injected event: what it causes says SIMULATED. */
export function isSimulated(caller: Caller): boolean {
  switch (caller.kind) {
    case 'service':
      return caller.simulated === true;
    case 'role-session':
      return caller.step?.simulated ?? caller.simulated === true;
    default:
      return false;
  }
}
