import type { Clock } from '@riposte/engine';

/** The longest distance that setTimeout keeps. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

/** The machine's clock. Its timers do not keep the process alive: the open doors do. */
export const systemClock: Clock = {
  now: () => Date.now(),
  wakeAt(atMs, wake) {
    let timer: NodeJS.Timeout;
    const arm = () => {
      const distanceMs = atMs - Date.now();
      if (distanceMs > LONGEST_TIMEOUT_MS) timer = setTimeout(arm, LONGEST_TIMEOUT_MS);
      else timer = setTimeout(wake, Math.max(0, distanceMs));
      timer.unref();
    };
    arm();
    return () => clearTimeout(timer);
  },
};
