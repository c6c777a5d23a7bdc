/** Time as a port: the system's clock in the server, a simulated one in tests. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Calls `wake` once, at or after `atMs` (milliseconds since the epoch; any distance, a past instant means soon).
   * @returns a function that takes the call back; calling it late does no harm.
   */
  wakeAt(atMs: number, wake: () => void): () => void;
}
