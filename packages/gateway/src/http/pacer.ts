/** How far ahead of its slot a request may go: short bursts pass without being put off. */
const AHEAD_MS = 100;

/**
 * Holds requests of each destination to its rate: a request that comes too early is given a slot of its own. Slots are in
 * memory. A request that comes at a slot of before a restart is a new one, so that the rate holds among those that wait
 * and those that are new.
 */
export class Pacer {
  /** When the next slot of a destination is free. */
  readonly #free = new Map<string, number>();
  /** Slots that were given, by request. */
  readonly #given = new Map<string, number>();

  /**
   * @param request.id  it comes again at its slot
   * @param request.untilMs  it does not come after this: a slot beyond is told, and stays free for others
   * @returns when to come again in milliseconds since the epoch, or undefined: now
   */
  admit(
    destination: string,
    ratePerSecond: number,
    request: { id: string; untilMs: number },
    nowMs: number,
  ): number | undefined {
    const given = this.#given.get(request.id);
    if (given !== undefined) {
      if (given > nowMs) return given;
      this.#given.delete(request.id);
      return undefined;
    }
    const slot = Math.max(nowMs, this.#free.get(destination) ?? 0);
    if (Math.ceil(slot) > Math.max(request.untilMs, nowMs + AHEAD_MS)) return Math.ceil(slot);
    this.#free.set(destination, slot + 1000 / ratePerSecond);
    if (slot <= nowMs + AHEAD_MS) return undefined;
    this.#given.set(request.id, Math.ceil(slot));
    return Math.ceil(slot);
  }
}
