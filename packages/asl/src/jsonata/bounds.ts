/**
 * Keeps one evaluation within the service's limits. The library calls `enter` and `exit` around every node.
 *
 * B1  Nodes nest at most 100 deep; a value that is built holds at most MEMORY_BYTES_MAX.
 * B2  Nodes are evaluated one after the other: the library starts the parts of a constructor side by side, and here
 *     each waits for the one before. That makes depth a depth, and the order of chance the same each time.
 */
export class Bounds {
  readonly #workMax: number;
  readonly #sizes = new WeakMap<object, number>();
  readonly #open: Evaluation[] = [];
  #work = 0;
  /** What was entered last in this turn of the host; parts of a constructor are entered in the same turn. */
  #entered: Evaluation | undefined;

  constructor(workMax: number) {
    this.#workMax = workMax;
  }

  /** Nodes evaluated, and bytes built, so far. */
  get work(): number {
    return this.#work;
  }

  enter(): Promise<void> | undefined {
    const before = this.#entered;
    const evaluation: Evaluation = {};
    this.#entered = evaluation;
    if (before !== undefined)
      return new Promise((go) => {
        before.next = { evaluation, go };
      });
    void Promise.resolve().then(() => {
      this.#entered = undefined;
    });
    this.#push(evaluation);
    return undefined;
  }

  exit(isBuilt: boolean, result: unknown): void {
    const { next } = this.#open.pop() ?? {};
    if (next !== undefined) {
      this.#push(next.evaluation);
      next.go();
    }
    if (!isBuilt) return;
    const bytes = this.#size(result);
    if (bytes > MEMORY_BYTES_MAX) throw new EvaluationError(MEMORY_EXCEEDED);
    this.#spend(bytes / BYTES_PER_WORK);
  }

  /** Bytes of a value of JSON, as the service counts them. */
  #size(value: unknown): number {
    if (typeof value === 'string') return value.length;
    if (typeof value !== 'object' || value === null) return 8;
    const known = this.#sizes.get(value);
    if (known !== undefined) return known;
    if (isFunction(value)) return 8;
    this.#sizes.set(value, 0); // a value that holds itself ends here
    let bytes = 0;
    if (Array.isArray(value)) for (const item of value) bytes += this.#size(item);
    else for (const [name, member] of Object.entries(value)) bytes += name.length + this.#size(member);
    this.#sizes.set(value, bytes);
    return bytes;
  }

  #push(evaluation: Evaluation): void {
    this.#open.push(evaluation);
    if (this.#open.length > DEPTH_MAX)
      throw new EvaluationError(
        `Stack overflow error: Check for non-terminating recursive function.  Consider rewriting as tail-recursive. Depth=${this.#open.length} max=${DEPTH_MAX}`,
      );
    this.#spend(1);
  }

  #spend(work: number): void {
    this.#work += work;
    if (this.#work > this.#workMax) throw new WorkExceeded();
  }
}

interface Evaluation {
  /** The part of the same constructor that waits for this one. */
  next?: { evaluation: Evaluation; go: () => void };
}

/** Observed: a sum of 100 terms is taken, one of 101 is not. */
const DEPTH_MAX = 100;
/** Observed: `[1..873782]` is taken, one item more is not; an item counts 8, a character 1. */
export const MEMORY_BYTES_MAX = 6_990_256;
const MEMORY_EXCEEDED = 'Expression evaluation memory limit exceeded: Check for excessive memory usage';
const TIME_EXCEEDED = 'Expression evaluation timeout: Check for infinite loop';
/** A node costs as much time as copying so many bytes, roughly. */
const BYTES_PER_WORK = 512;

/** A limit that the service has too. It has no code of the language. */
export class EvaluationError extends Error {}

export function memoryExceeded(): EvaluationError {
  return new EvaluationError(MEMORY_EXCEEDED);
}

export function timeExceeded(): EvaluationError {
  return new EvaluationError(TIME_EXCEEDED);
}

/** More work than was allowed in this place. It may be done in another. */
export class WorkExceeded extends Error {}

/** Functions of the language are objects with a mark, those of the host are functions. */
export function isFunction(value: unknown): boolean {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null) return false;
  return '_jsonata_lambda' in value || '_jsonata_function' in value;
}
