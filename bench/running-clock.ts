import type { Clock } from '../packages/engine/src/index.ts';

/** The machine's clock. Unlike the server's, its timers keep the process alive: no door is open while it measures. */
export const runningClock: Clock = {
  now: () => Date.now(),
  wakeAt: (atMs, wake) => {
    const timer = setTimeout(wake, Math.max(0, atMs - Date.now()));
    return () => clearTimeout(timer);
  },
};
