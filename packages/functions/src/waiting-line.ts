interface Lane<Call> {
  waiting: Call[];
  /** Places that its calls hold now. */
  held: number;
  /** When it got its last place, counted in places given. One that comes stands before who got the last one only. */
  lastTurn: number;
}

/**
 * The calls that wait for a place, one lane for each function. It says who comes next and knows nothing of processes.
 *
 * W1 The next place is for the function that holds fewest, of those for the one whose last turn is longest ago, however
 *    many calls another has waiting. A function alone may hold them all: who comes then waits for one end, not for all.
 * W2 Calls of one function keep their order.
 */
export class WaitingLine<Call> {
  readonly #lanes = new Map<string, Lane<Call>>();
  #turns = 0;

  join(functionArn: string, call: Call): void {
    this.#laneOf(functionArn).waiting.push(call);
  }

  /** The call had a place and could not use it: it waits again, before those that came after it. */
  rejoin(functionArn: string, call: Call): void {
    this.#laneOf(functionArn).waiting.unshift(call);
  }

  /** Takes a call out that is not to be served any more. */
  leave(functionArn: string, call: Call): void {
    const lane = this.#laneOf(functionArn);
    lane.waiting = lane.waiting.filter((other) => other !== call);
    this.#forgetUnused(functionArn, lane);
  }

  isWaiting(functionArn: string): boolean {
    return (this.#lanes.get(functionArn)?.waiting.length ?? 0) > 0;
  }

  /** The first call of each function that has one waiting, in the order in which they are to be served. */
  firsts(): Call[] {
    return [...this.#lanes.values()]
      .sort((a, b) => a.held - b.held || a.lastTurn - b.lastTurn)
      .flatMap(({ waiting }) => waiting.slice(0, 1));
  }

  /** Every waiting call. */
  all(): Call[] {
    return [...this.#lanes.values()].flatMap(({ waiting }) => waiting);
  }

  /** The first call of the function gets a place and waits no more. */
  began(functionArn: string): void {
    const lane = this.#laneOf(functionArn);
    lane.waiting.shift();
    lane.held += 1;
    lane.lastTurn = this.#turns += 1;
  }

  /** A place is given back. */
  ended(functionArn: string): void {
    const lane = this.#laneOf(functionArn);
    lane.held -= 1;
    this.#forgetUnused(functionArn, lane);
  }

  #laneOf(functionArn: string): Lane<Call> {
    let lane = this.#lanes.get(functionArn);
    if (!lane) this.#lanes.set(functionArn, (lane = { waiting: [], held: 0, lastTurn: this.#turns - 0.5 }));
    return lane;
  }

  #forgetUnused(functionArn: string, { waiting, held }: Lane<Call>): void {
    if (waiting.length === 0 && held === 0) this.#lanes.delete(functionArn);
  }
}
