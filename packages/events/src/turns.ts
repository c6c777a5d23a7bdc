/** So many units of matching take some tens of milliseconds. */
const TURN_UNITS_MAX = 1_000_000;

/** Long work in turns: the rest of the server has its own in between. */
export class Turns {
  readonly #pause: () => Promise<void>;
  #units = 0;

  constructor({ pause }: { pause: () => Promise<void> }) {
    this.#pause = pause;
  }

  /**
   * After some work.
   * @param units  of matching, as the steps of a `PatternIndex` and what is spent on explaining tell
   */
  async did(units: number): Promise<void> {
    this.#units += units;
    if (this.#units < TURN_UNITS_MAX) return;
    this.#units = 0;
    await this.#pause();
  }
}
