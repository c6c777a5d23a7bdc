import type { Integrations, Machine } from '@riposte/asl';
import { LruMap } from './host/lru-map.ts';
import type { StateMachineType } from './ports/state-machines.ts';
import type { Interpreter } from './interpreter.ts';

const MACHINES_MAX = 500;

/** Definitions, read once for each text. */
export class MachineCache {
  readonly #interpreter: Interpreter;
  readonly #machines = new LruMap<string, Machine>(MACHINES_MAX);

  constructor(interpreter: Interpreter) {
    this.#interpreter = interpreter;
  }

  /** @throws Error for a definition that does not pass the checks: those of executions have passed them on create */
  get(definition: string, type: StateMachineType = 'STANDARD'): Machine {
    const key = `${type} ${definition}`;
    const known = this.#machines.get(key);
    if (known) return known;
    const read = this.#interpreter.read(definition, type);
    if ('problems' in read)
      throw new Error(`A stored definition no longer passes the checks: ${read.problems}`);
    this.#machines.set(key, read.machine);
    return read.machine;
  }

  /** Of a definition that is new. */
  problemsOf(
    definition: string,
    type: StateMachineType,
    integrations: Integrations | undefined,
  ): string | undefined {
    const read = this.#interpreter.read(definition, type, integrations);
    return 'problems' in read ? read.problems : undefined;
  }
}
